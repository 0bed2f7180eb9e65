import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckReport } from '@isthmus/preflight';
import { afterAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'isthmus-check-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const isthmus = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', input, env: { ...process.env, NO_COLOR: '1' } });

const service = (protocol: string): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: http, port: 80, appProtocol: ${protocol}}]}
`;

test('what blocks ends with 1, with place, evidence, effect and remedy', () => {
  const { status, stderr, stdout } = isthmus(['check', '-'], service('redis'));
  expect(stderr).toContain('✕ blocker ISTHMUS-PF-012 Protocol that Kong Mesh does not know\n');
  expect(stderr).toContain('  -:4:');
  expect(stderr).toMatch(/\d+ checks: \d+ passed, 1 failed \(1 blocks 1 service\), \d+ skipped\.\n$/);
  expect([status, stdout]).toEqual([1, '']);
});

test('nothing that blocks ends with 0; --verbose says what passed and why others were skipped', () => {
  const { status, stderr } = isthmus(['check', '-', '--verbose'], service('http'));
  expect(status).toBe(0);
  expect(stderr).toContain(
    '● passed ISTHMUS-PF-012 Kong Mesh knows the protocols of ports (examined 1 Service, 1 port with an appProtocol)',
  );
  expect(stderr).toContain(
    '○ skipped ISTHMUS-PF-007 No pod of the mesh is on the network of its node: The import holds no workloads.',
  );
});

test('the target decides what is checked, and the report holds every result', () => {
  const file = join(scratch, 'checks.json');
  const { status } = isthmus(['check', '-', '--target', '3.0', '--report', file], service('kafka'));
  const report = JSON.parse(readFileSync(file, 'utf8')) as CheckReport;
  expect(report.target).toBe('3.0');
  expect(report.checks).toHaveLength(report.summary.checks);
  expect(report.checks.find(({ id }) => id === 'unknown-protocol')?.findings[0]?.patch).toContain('appProtocol: tcp');
  expect(status).toBe(1);
  expect(isthmus(['check', '-', '--report', '-'], service('kafka')).status).toBe(0);
});

test('what cannot be read is said and blocks, because it was not checked', () => {
  const { status, stderr } = isthmus(['check', '-'], `${service('http')}---\nkind: [\n`);
  expect(stderr).toContain('ISTHMUS-READ-001');
  expect(status).toBe(1);
});

test.each([
  ['a path that is not there', ['check', '/nowhere/at/all'], 'there is no such file or folder'],
  ['nothing to read', ['check', '-'], 'no document that could be read'],
  ['an unknown version', ['check', '-', '--target', '9.9'], 'Kong Mesh 9.9 is not known'],
  [
    'a report that cannot be written',
    ['check', '-', '--report', join(scratch, 'none', 'r.json')],
    'there is no folder',
  ],
])('%s ends with 2 and one clear line', (_, args, message) => {
  const { status, stderr } = isthmus(args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});

test('explain shows an example that fails and one that passes; help has examples', () => {
  const { stdout } = isthmus(['explain', 'isthmus-pf-007']);
  expect(stdout).toContain('hostNetwork: true');
  expect(stdout).toContain('This passes:');
  const example = stdout.split('Example:\n\n')[1]?.split('\nThis passes')[0] ?? '';
  const file = join(scratch, 'failing.yaml');
  writeFileSync(file, example.replace(/^ {2}/gm, ''));
  expect(isthmus(['check', file]).stderr).toContain('ISTHMUS-PF-007');
  expect(isthmus(['check', '--help']).stdout).toMatch(/Examples:\n {2}isthmus check/);
});
