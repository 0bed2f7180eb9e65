import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '@isthmus/bundle';
import { type AccessRow, isAccessRow, type VerdictRow } from '@isthmus/equivalence/tallies';
import { afterAll, expect, test } from 'vitest';
import { sideBySide } from './columns.ts';

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'isthmus-verify-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const isthmus = (...args: readonly string[]) =>
  spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

function write(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

const service = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: http, port: 80, appProtocol: http}]}
`;
const plain = write(
  'plain.yaml',
  `${service}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec:
  hosts: [seats]
  http: [{timeout: 3s, route: [{destination: {host: seats}}]}]
`,
);
// A direct response behind a rule that takes some of its requests cannot be put in front, and is refused instead.
const lost = write(
  'lost.yaml',
  `${service}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec:
  hosts: [seats]
  http:
    - match: [{headers: {x-staff: {exact: 'yes'}}}]
      route: [{destination: {host: seats}}]
    - match: [{uri: {prefix: /cabin}}]
      directResponse: {status: 418}
    - route: [{destination: {host: seats}}]
`,
);

const rowsOf = (...args: readonly string[]): VerdictRow[] =>
  JSON.parse(isthmus('verify', ...args, '--json').stdout) as VerdictRow[];

test('an estate that stays the same is told in numbers', () => {
  const { stdout, stderr } = isthmus('verify', plain, '--complete');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Routing: 1 same, 0 different, 0 undecided, 0 accepted\.$/m);
  expect(rowsOf(plain, '--complete')).toContainEqual({
    service: 'sales/seats',
    port: 80,
    clients: 'all clients',
    aspect: 'routing',
    verdict: 'same',
    sentence: 'Same for all requests.',
  });
});

test('a difference is a sentence with the request and the findings that foretold it; the exit code is 1', () => {
  const { status, stdout } = isthmus('verify', lost, '--complete');
  expect(stdout).toContain('✕ routing, port 80, all clients');
  expect(stdout).toMatch(/Differs: `GET \/cabin` is answered with 418 in Istio and .* in Kong Mesh, because/);
  expect(stdout).toMatch(/Predicted by (?:ISTHMUS-VS-\d{3}(?:, )?)+/);
  expect(status).toBe(1);
});

test('what the settings accept is counted and shown, and fails nothing', () => {
  const open = rowsOf(lost, '--complete').filter(({ verdict }) => verdict !== 'same');
  const accepted = open.map(({ service: of, port, aspect }) => ({
    service: of,
    port,
    aspect,
    reason: 'nobody asks the teapot',
  }));
  const settings = write('settings.json', JSON.stringify({ accepted }));
  const { status, stdout } = isthmus('verify', lost, '--complete', '--settings', settings);
  expect(stdout).toContain('Accepted: nobody asks the teapot');
  expect(stdout).toContain('Routing: 0 same, 0 different, 0 undecided, 1 accepted.');
  expect(status).toBe(0);
});

const guarded = write(
  'guarded.yaml',
  `${service}---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec: {rules: [{from: [{source: {namespaces: [sales]}}]}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: sales}
spec: {mtls: {mode: STRICT}}
`,
);

test('who may call whom is said in a sentence; a whole estate fails nothing, of a part it is undecided', () => {
  const whole = isthmus('verify', guarded, '--complete');
  expect(whole.stdout).toMatch(/^Access: Nobody can call what they could not before: \d+ pairs the same\.$/m);
  expect(whole.stdout).toMatch(/^Transport: 1 same, 0 narrower, 0 wider, 0 undecided\.$/m);
  expect(whole.status).toBe(0);
  const rows = JSON.parse(isthmus('verify', guarded, '--complete', '--json').stdout) as (VerdictRow | AccessRow)[];
  expect(rows.filter(isAccessRow)).toContainEqual(
    expect.objectContaining({
      workload: 'sales/seats',
      port: 80,
      verdict: 'same',
      callers: ['any other account of sales'],
    }),
  );
  const part = isthmus('verify', guarded);
  expect(part.stdout).toMatch(/^◐ access {2}Undecided for .*the import is not declared complete/m);
  expect(part.status).toBe(1);
});

test('who may call whom on the way is a question of its own', () => {
  const direct = isthmus('verify', guarded, '--complete', '--phase', 'bridged');
  expect(direct.stdout).not.toMatch(/^Routing/m);
  expect(direct.stdout).toMatch(
    /^◐ access {2}.* could call `seats\.sales:80` before and cannot now, from Kong Mesh to Istio in plaintext/m,
  );
  expect(direct.stdout).toMatch(
    /^Access: Nobody can call what they could not before: \d+ pairs the same, \d+ narrower\.$/m,
  );
  expect(direct.status).toBe(0);
  const byGateways = (input: string): readonly (string | undefined)[] => {
    const { stdout } = isthmus('verify', input, '--complete', '--phase', 'migrated', '--bridge', 'gateways', '--json');
    const rows = JSON.parse(stdout) as AccessRow[];
    expect(rows.every(isAccessRow)).toBe(true);
    return rows.map(({ way }) => way);
  };
  // Behind a gateway every caller looks the same: the bridge of the plan leads none to what is restricted.
  expect(byGateways(guarded)).toContain('from Istio to Kong Mesh, where there is no way');
  expect(byGateways(plain)).toContain(
    'from Istio to Kong Mesh by a gateway, which the server sees as `spiffe://default.default.mesh.local/ns/kong/sa/kong-gateway`',
  );
});

test('differences of access are foretold, and accepted with a reason', () => {
  const lossy = write(
    'lossy.yaml',
    `${service}---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: sales}
spec: {mtls: {mode: STRICT}}
`,
  );
  const { stdout } = isthmus('verify', lossy, '--complete');
  expect(stdout).toMatch(
    /^◐ access {2}.* could call `seats\.sales:80` with some requests before and cannot now\.\n {4}Foretold by ISTHMUS-AP-\d+/m,
  );
  const settings = write(
    'accepted.yaml',
    'accepted: [{service: sales/seats, aspect: access, reason: the application checks methods itself}]\n',
  );
  const after = isthmus('verify', lossy, '--complete', '--settings', settings).stdout;
  expect(after).toMatch(/^○ access .*\n {4}Foretold by .*\n {4}Accepted: the application checks methods itself$/m);
  expect(after).toMatch(/^Access: Nobody can call .*, but for what is accepted: .* \d+ accepted\.$/m);
});

test.each([
  ['an unknown phase', ['verify', plain, '--phase', 'later'], '--phase later is not known; choose one of discovered'],
  ['an unknown bridge', ['verify', plain, '--bridge', 'rope'], '--bridge rope is not known; choose one of direct'],
  ['an accepted verdict that is none', ['verify', plain, '--settings', 'VERDICT'], 'accepted must be a list of'],
  ['a service that is not there', ['verify', plain, '--service', 'sales/none'], 'there is no Service sales/none'],
  ['accepted differences without a reason', ['verify', plain, '--settings', 'BAD'], 'accepted must be a list of'],
  ['a path that is not there', ['verify', '/nowhere'], 'there is no such file or folder'],
  ['no service to simulate', ['simulate', plain], "required option '--service"],
  ['half a service', ['simulate', plain, '--service', 'seats'], '--service takes <namespace>/<name>'],
  ['an unknown port', ['simulate', plain, '--service', 'sales/seats', '--port', '81'], 'its ports are 80'],
  ['a header without a name', ['simulate', plain, '--service', 'sales/seats', '--header', 'x'], '--header takes'],
  ['a relative path', ['simulate', plain, '--service', 'sales/seats', '--path', 'a'], '--path begins with a slash'],
])('%s is a matter of usage', (_, args, message) => {
  const bad = write('bad.yaml', 'accepted: [{service: sales/seats, aspect: routing}]\n');
  const verdict = write(
    'verdict.yaml',
    'accepted: [{service: sales/seats, aspect: access, verdict: same, reason: x}]\n',
  );
  const files: Readonly<Record<string, string>> = { BAD: bad, VERDICT: verdict };
  const { status, stderr } = isthmus(...args.map((one) => files[one] ?? one));
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test('a request is shown step by step in both meshes, side by side', () => {
  const { stdout, status } = isthmus('simulate', lost, '--service', 'sales/seats', '--path', '/cabin/1');
  expect(stdout).toMatch(/^Istio +│ Kong Mesh$/m);
  expect(stdout).toContain('2 ● path begins with `/cabin`');
  expect(stdout).toContain('VirtualService sales/seats `spec.http[1].match[0]`');
  expect(stdout).toContain('Answer: 418');
  expect(stdout).toMatch(/^✕ routing, (?:kind|response): .*418 in Istio, .* in Kong Mesh$/m);
  expect(status).toBe(1);
  const other = JSON.parse(
    isthmus('simulate', lost, '--service', 'sales/seats', '--path', '/', '--client-namespace', 'web', '--json').stdout,
  ) as { client: unknown; before: { steps: { missed?: string }[]; seen: unknown[] } };
  expect(other.client).toEqual({ namespace: 'web', labels: {} });
  expect(other.before.steps.map(({ missed }) => missed)).toEqual([
    'the request has none',
    'the request has `/`',
    undefined,
  ]);
  expect(other.before.seen).toMatchObject([{ share: 100, path: '/', authority: 'seats.sales' }]);
});

test('--verify puts the verdicts into the report and its page', () => {
  const [json, page] = [join(scratch, 'report.json'), join(scratch, 'report.html')];
  const { stderr } = isthmus('translate', lost, '--verify', '--report', json);
  expect(stderr).toMatch(/^Routing: \d+ same, \d+ different/m);
  isthmus('translate', lost, '--verify', '--report', page);
  const { equivalence = [] } = JSON.parse(readFileSync(json, 'utf8')) as Report;
  const rows = equivalence.filter((row) => !isAccessRow(row));
  expect(rows.map(({ service: of, port, aspect }) => [of, port, aspect])).toContainEqual([
    'sales/seats',
    80,
    'routing',
  ]);
  expect(readFileSync(page, 'utf8')).toContain('<h2>Behaviour</h2>');
  expect(stderr).toMatch(/^Access: /m);
  expect(equivalence.filter(isAccessRow).map(({ workload, aspect }) => [workload, aspect])).toContainEqual([
    'sales/seats',
    'transport',
  ]);
  expect(readFileSync(page, 'utf8')).toContain('<h2>Access</h2>');
  isthmus('translate', lost, '--report', json);
  expect(JSON.parse(readFileSync(json, 'utf8'))).not.toHaveProperty('equivalence');
});

test('columns wrap at spaces and give way to one list where there is no room', () => {
  expect(sideBySide(['a', 'b'], ['c'], 60)).toEqual(['a', 'b', '', 'c']);
  const lines = sideBySide([`  ${'word '.repeat(12)}`.trimEnd()], ['right'], 83);
  expect(lines).toEqual([
    `${'  word word word word word word word'.padEnd(40)} │ right`,
    expect.stringMatching(/^ {4}word/),
  ]);
});
