import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '@isthmus/bundle';
import type { VerdictRow } from '@isthmus/equivalence/tallies';
import { parseYaml } from '@isthmus/kubernetes';
import { type Override, writeOverrides } from '@isthmus/translation';
import { afterAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'isthmus-overrides-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const isthmus = (...args: readonly string[]) =>
  spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
function write(name: string, text: string): string {
  const path = join(scratch, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const mesh = (timeout: string): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: http, port: 80, appProtocol: http}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], http: [{timeout: ${timeout}, route: [{destination: {host: seats}}]}]}
`;
const input = write('mesh.yaml', mesh('3s'));
const out = join(scratch, 'plain');
isthmus('translate', input, '--out', out);
const file = join(out, '70-resilience/sales.seats.yaml');
const [ground] = parseYaml(readFileSync(file, 'utf8'))
  .map(({ value }) => value as { kind: string; metadata: { name: string } })
  .filter(({ kind, metadata }) => kind === 'MeshTimeout' && metadata.name === 'seats');
const override = {
  subject: { apiVersion: 'kuma.io/v1alpha1', kind: 'MeshTimeout', namespace: 'sales', name: 'seats' },
  change: 'edit',
  ground,
  patch: [{ op: 'replace', path: '/spec/to/0/default/http/requestTimeout', value: '30s' }],
  reason: 'measured',
  by: 'Ann',
} as unknown as Override;
const overrides = write('overrides/seats.yaml', writeOverrides([override]));

test('a file of overrides is part of the bundle, of its README and of the report, and is written into the bundle', () => {
  const bundle = join(scratch, 'changed');
  const { status, stderr, stdout } = isthmus(
    'translate',
    input,
    '--overrides',
    overrides,
    '--out',
    bundle,
    '--report',
    '-',
  );
  expect(stderr).toContain('ISTHMUS-OVR-001');
  expect(status).toBe(0);
  expect(readFileSync(join(bundle, '70-resilience/sales.seats.yaml'), 'utf8')).toContain('requestTimeout: 30s');
  expect(readFileSync(join(bundle, 'README.md'), 'utf8')).toContain(
    '- MeshTimeout `sales/seats`: changed by Ann: measured',
  );
  expect(readFileSync(join(bundle, 'overrides.yaml'), 'utf8')).toBe(readFileSync(overrides, 'utf8'));
  const report = JSON.parse(stdout) as Report;
  expect(report.resources.filter(({ overridden }) => overridden !== undefined)).toMatchObject([
    { name: 'seats', overridden: { by: 'Ann' } },
  ]);
});

test('what is compared is what is applied: an edit that changes traffic differs, with the folder as with the file', () => {
  const without = JSON.parse(isthmus('verify', input, '--json').stdout) as VerdictRow[];
  expect(without.some(({ verdict }) => verdict === 'differs')).toBe(false);
  for (const path of [overrides, join(overrides, '..')]) {
    const { status, stdout } = isthmus('verify', input, '--overrides', path, '--json');
    expect(status).toBe(1);
    const rows = JSON.parse(stdout) as VerdictRow[];
    expect(rows.find(({ verdict }) => verdict === 'differs')?.sentence).toContain('3 s in Istio, 30 s in Kong Mesh');
  }
});

test('an override whose ground has changed is not applied and blocks', () => {
  const later = write('later.yaml', mesh('5s'));
  const { status, stderr } = isthmus('verify', later, '--overrides', overrides);
  expect(status).toBe(1);
  expect(stderr).toContain('ISTHMUS-OVR-002');
  expect(isthmus('translate', later, '--overrides', overrides).status).toBe(1);
});

test.each([
  ['broken YAML', 'overrides:\n  - {', /broken\.yaml:2:\d+: /],
  ['no overrides', 'settings: {}', /a map with the list `overrides` was expected/],
  [
    'two for one resource',
    writeOverrides([override, override]),
    /MeshTimeout sales\/seats has an override in .* already/,
  ],
])('%s is a fault of usage, with its place', (_, text, message) => {
  const { status, stderr } = isthmus('translate', input, '--overrides', write('broken/broken.yaml', text));
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test('a file that is not there is a fault of usage', () => {
  expect(isthmus('verify', input, '--overrides', join(scratch, 'none.yaml'))).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('ENOENT'),
  });
});
