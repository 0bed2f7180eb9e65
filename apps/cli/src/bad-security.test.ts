import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

// Bad input of the security kinds, as people meet it: a finding for each, where it stands.

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'isthmus-bad-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const isthmus = (...args: readonly string[]) =>
  spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '' } });

const workload = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: sales}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: []}}}
---
`;
const policy = (kind: string, spec: string): string => `${workload}apiVersion: security.istio.io/v1
kind: ${kind}
metadata: {name: bad, namespace: sales}
spec:
${spec}
`;
const gone = '  selector: {matchLabels: {app: gone}}';
const rule = (source: string): string => `  rules:\n    - from:\n        - source: ${source}`;

test.each([
  [
    'an AuthorizationPolicy that selects nothing',
    policy('AuthorizationPolicy', `${gone}\n  rules: [{}]`),
    'AP-024',
    '10:3',
  ],
  [
    'a PeerAuthentication that selects nothing',
    policy('PeerAuthentication', `${gone}\n  mtls: {mode: STRICT}`),
    'PA-012',
    '10:3',
  ],
  [
    'a RequestAuthentication that selects nothing',
    policy('RequestAuthentication', `${gone}\n  jwtRules: [{issuer: https://a.example}]`),
    'RA-007',
    '10:3',
  ],
  [
    'an unknown key of a condition',
    policy('AuthorizationPolicy', '  rules:\n    - when:\n        - key: request.cookies[a]\n          values: [b]'),
    'AP-011',
    '12:11',
  ],
  [
    'a SPIFFE ID with its scheme',
    policy('AuthorizationPolicy', rule('{principals: ["spiffe://cluster.local/ns/sales/sa/web"]}')),
    'AP-012',
    '12:33',
  ],
  [
    'a SPIFFE ID without a namespace',
    policy('AuthorizationPolicy', rule('{principals: ["cluster.local/ns//sa/web"]}')),
    'AP-012',
    '12:33',
  ],
  [
    'a SPIFFE ID of characters that names cannot have',
    policy('AuthorizationPolicy', rule('{principals: ["cluster.local/ns/Sales Team/sa/web"]}')),
    'AP-012',
    '12:33',
  ],
  ['a malformed CIDR', policy('AuthorizationPolicy', rule('{ipBlocks: ["10.0.0.0/33"]}')), 'AP-011', '12:31'],
  ['a malformed address', policy('AuthorizationPolicy', rule('{notIpBlocks: [10.0.0]}')), 'AP-011', '12:34'],
  ['an unknown mode', policy('PeerAuthentication', '  mtls: {mode: strict}'), 'PA-013', '10:10'],
  [
    'a port that is a name',
    policy('PeerAuthentication', '  selector: {matchLabels: {app: web}}\n  portLevelMtls: {http: {mode: STRICT}}'),
    'PA-015',
    '11:19',
  ],
])('%s is a finding with line and column', (name, text, code, place) => {
  const file = join(scratch, `${name.replaceAll(/\W+/g, '-')}.yaml`);
  writeFileSync(file, text);
  const { stderr, status } = isthmus('translate', file, '--complete', '--verbose');
  const block = stderr.split('\n\n').find((one) => one.includes(`ISTHMUS-${code} `)) ?? stderr;
  expect(block).toContain(`:${place} `);
  expect(status).toBeLessThan(2);
});

test('a private key of a token check is a finding, and goes nowhere', () => {
  const file = join(scratch, 'key.yaml');
  const key = '{"keys":[{"kty":"RSA","n":"abc","e":"AQAB","d":"never-to-be-seen"}]}';
  writeFileSync(
    file,
    policy('RequestAuthentication', `  jwtRules:\n    - issuer: https://a.example\n      jwks: '${key}'`),
  );
  const [out, report, page] = ['out', 'report.json', 'report.html'].map((one) => join(scratch, one)) as [
    string,
    string,
    string,
  ];
  const first = isthmus('translate', file, '--complete', '--verbose', '--out', out, '--report', report);
  const second = isthmus('translate', file, '--complete', '--report', page);
  expect(first.stderr).toMatch(/blocker ISTHMUS-RA-005[^\n]*\n {2}[^\n]*:12:7 spec\.jwtRules\[0\]\.jwks/);
  expect(first.status).toBe(1);
  const written = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const all = [
    ...written,
    readFileSync(report, 'utf8'),
    readFileSync(page, 'utf8'),
    first.stdout,
    first.stderr,
    second.stderr,
  ];
  expect(all.some((text) => text.includes('never-to-be-seen'))).toBe(false);
});
