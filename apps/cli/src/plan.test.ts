import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FanOut, PlanReport } from '@isthmus/migration';
import { afterAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'isthmus-plan-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const isthmus = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8', input, env: { ...process.env, NO_COLOR: '1' } });

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: {selector: {app: ${name}}}\n---\n`;
const estate = `${service('cart')}${service('pay')}apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http:
    - route:
        - destination: {host: pay}
`;

test('a plan says the waves, what crosses after each, why, and the answer in a sentence', () => {
  const { status, stdout, stderr } = isthmus(['plan', '-'], estate);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`Wave 1 · 1 service of shop
  shop/pay
  afterwards 1 call crosses: 1 from Istio to Kong Mesh, 0 from Kong Mesh to Istio

Wave 2 · 1 service of shop
  shop/cart
  afterwards no known call crosses


Callees move before their callers: calls that cross go from Istio to Kong Mesh, where weights of the existing routes shift them and take them back.
2 services move in 2 waves; at most 1 call crosses between the meshes at once.
Known calls: 1 order the waves, 0 have too little evidence to. --verbose lists them with their evidence.
`);
});

test('--verbose lists the evidence with its place; the report holds it too', () => {
  const file = join(scratch, 'plan.json');
  const { stdout } = isthmus(['plan', '-', '--verbose', '--report', file], estate);
  expect(stdout).toContain(
    '  shop/cart → shop/pay\n      -:18:25 spec.http[0].route[0].destination.host (route: requests for cart are sent to pay)\n',
  );
  const report = JSON.parse(readFileSync(file, 'utf8')) as PlanReport;
  expect(report.summary).toEqual({ services: 2, waves: 2, groups: 0, calls: 1, weak: 0, crossing: 1 });
  expect(report.calls[0]?.evidence[0]).toMatchObject({ file: '-', line: 18, kind: 'route' });
});

test('what could not be kept ends with 1', () => {
  const { status, stdout } = isthmus(['plan', '-', '--pin', 'shop/cart=1', '--pin', 'shop/pay=2'], estate);
  expect(stdout).toContain('◐ not kept shop/cart calls shop/pay, but a pin moves shop/cart in wave 1');
  expect(status).toBe(1);
  expect(isthmus(['plan', '-'], `${estate}---\nkind: [\n`).status).toBe(1);
});

test('order, limits, exclusions and observed traffic are taken', () => {
  const seen = join(scratch, 'seen.json');
  const metric = {
    source_workload: 'pay',
    source_workload_namespace: 'shop',
    destination_service_name: 'cart',
    destination_service_namespace: 'shop',
  };
  const result = [{ metric, value: [0, '9'] }];
  writeFileSync(seen, JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  const { stdout, stderr } = isthmus(['plan', '-', '--observed', seen, '--most', '1'], estate);
  expect(stderr).toMatch(
    /^Observed traffic: \d+ calls? of workloads, which make \d+ between services of the import\.\n$/,
  );
  expect(stdout).toContain('    together, because of shop/cart → shop/pay → shop/cart\n');
  expect(stdout).toContain('1 group moves together; no known call crosses');
  expect(isthmus(['plan', '-', '--order', 'callers-first'], estate).stdout).toMatch(/^Wave 1 .*\n {2}shop\/cart\n/);
  expect(isthmus(['plan', '-', '--exclude', 'shop/pay'], estate).stdout).toContain(
    '○ shop/pay stays in Istio: 1 call crosses for good.\n',
  );
});

test.each([
  ['an unknown order', ['--order', 'sideways'], '--order is callees-first or callers-first'],
  ['a limit that is no number', ['--most', '0'], '--most takes a whole number'],
  [
    'two waves for one service',
    ['--pin', 'shop/cart=1', '--pin', 'shop/cart=2'],
    '--pin names shop/cart for wave 1 and for wave 2',
  ],
  ['a pin without a wave', ['--pin', 'shop/cart'], "--pin takes <namespace>/<name>=<wave>, not 'shop/cart'"],
  ['an exclusion that is no service', ['--exclude', 'cart'], '--exclude takes <namespace>/<name>'],
  ['a confidence that is none', ['--confidence', '7'], '--confidence takes a number from 0 to 1'],
  ['traffic that is not there', ['--observed', '/nowhere/at/all'], 'it cannot be read (ENOENT)'],
  [
    'traffic that is something else',
    ['--observed', fileURLToPath(new URL('../package.json', import.meta.url))],
    "neither Prometheus' answer",
  ],
])('%s ends with 2 and one clear line', (_, args, message) => {
  const { status, stderr } = isthmus(['plan', '-', ...args], estate);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});

const whole = `${estate}---
apiVersion: apps/v1
kind: Deployment
metadata: {name: pay, namespace: shop}
spec: {selector: {matchLabels: {app: pay}}, template: {metadata: {labels: {app: pay}}, spec: {containers: [{name: app}]}}}
`;
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name))] : []))
    .sort();

test('--out writes runbooks, manifests stage by stage and the way back, the same bytes each time', () => {
  const [first, second] = ['first', 'second'].map((name) => join(scratch, name)) as [string, string];
  for (const out of [first, second]) {
    const { status, stderr } = isthmus(['plan', '-', '--complete', '--out', out, '--start', '2027-01-11'], whole);
    expect(status).toBe(0);
    expect(stderr).toContain('of 2 waves were written to');
  }
  const files = filesIn(first);
  expect(files).toEqual(expect.arrayContaining(['README.md', 'wave-01/runbook.md', 'wave-01/runbook.html']));
  expect(files).toEqual(
    expect.arrayContaining(['wave-01/10-bridge/apply.yaml', 'wave-01/10-bridge/rollback/rollback.sh']),
  );
  expect(files.filter((path) => path.startsWith('wave-02/') && path.includes('end'))).not.toEqual([]);
  for (const path of files)
    expect(readFileSync(join(first, path), 'utf8')).toBe(readFileSync(join(second, path), 'utf8'));
  expect(readFileSync(join(first, 'wave-02/runbook.md'), 'utf8')).toContain('Planned for 2027-01-18.');
  expect(isthmus(['plan', '-', '--out', first], whole).stderr).toContain('is not empty');
  expect(isthmus(['plan', '-', '--out', first, '--force'], whole).status).toBe(0);
});

test('a plan in Universal form is for kumactl where it is Kong Mesh’s own, and for kubectl elsewhere', () => {
  const out = join(scratch, 'universal');
  expect(isthmus(['plan', '-', '--complete', '--format', 'universal', '--out', out], whole).status).toBe(0);
  const files = filesIn(out);
  const yaml = files.filter((path) => path.endsWith('.yaml'));
  expect(yaml.filter((path) => !/-(?:kubectl|kumactl)\.yaml$/.test(path))).toEqual([]);
  const kumactl = yaml.find((path) => path.endsWith('-kumactl.yaml')) ?? '';
  expect(readFileSync(join(out, kumactl), 'utf8')).toMatch(/^type: Mesh\w+\nmesh: default\nname: /);
  expect(readFileSync(join(out, 'wave-01/runbook.md'), 'utf8')).toContain('kumactl apply -f wave-01/');
});

test('waves have days, behind the freezes', () => {
  const args = ['--start', '2027-01-11', '--every', '1', '--freeze', '2027-01-12..2027-01-13=stocktaking'];
  const { stdout } = isthmus(['plan', '-', ...args], estate);
  expect(stdout).toContain('Wave 1 · 1 service of shop · 2027-01-11\n');
  expect(stdout).toContain('Wave 2 · 1 service of shop · 2027-01-14, behind stocktaking\n');
});

test.each([
  ['a day that is none', ['--start', '2027-02-30'], '2027-02-30 is no day'],
  ['a freeze without a first day', ['--freeze', '2027-01-01..2027-01-02=x'], '--freeze needs --start'],
  ['a distance without a first day', ['--every', '3'], '--every needs --start'],
  ['a freeze without a reason', ['--start', '2027-01-01', '--freeze', '2027-01-01..2027-01-02'], '--freeze takes'],
  ['a form without a bundle', ['--format', 'universal'], '--format is for a bundle: say --out DIR too'],
  [
    'a form that is not known',
    ['--format', 'helm', '--out', join(scratch, 'helm')],
    'choose one of kubernetes, universal',
  ],
  ['shares that do not grow', ['--shift', '50,10,100'], '--shift takes shares'],
  ['shares that are no numbers', ['--shift', 'all'], '--shift takes shares'],
  ['an unknown topology', ['--topology', 'mixed'], '--topology is same-cluster or separate-clusters'],
  ['a service widened without a reason', ['--widen', 'shop/pay'], '--widen takes'],
  ['a root that is not there', ['--istio-root', '/nowhere/at/all'], 'it cannot be read (ENOENT)'],
  [
    'a root that is something else',
    ['--kong-root', fileURLToPath(new URL('../package.json', import.meta.url))],
    'It holds no certificate',
  ],
])('of the bridge, %s ends with 2 and one clear line', (_, args, message) => {
  const { status, stderr } = isthmus(['plan', '-', ...args], estate);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});

test('--fan-out counts what each proxy holds in both meshes; the report holds it too', () => {
  const file = join(scratch, 'fan-out.json');
  const text = estate.replaceAll('}}\n---', '}, ports: [{name: http, port: 80}]}\n---');
  const { status, stdout, stderr } = isthmus(['plan', '-', '--fan-out', '--report', file], text);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /namespace +proxies +mesh +listeners +clusters +routes +endpoints +size\n {2}shop +2 +Istio +3 +6 +3 +2 /,
  );
  expect(stdout).toMatch(/Kong Mesh, reachable backends: own namespace +\d+/);
  expect(stdout).toContain('one pod with a sidecar is assumed behind each');
  expect(stdout).toMatch(/Each of 2 proxies holds 6 clusters and .* in Kong Mesh, in the mean\.\n$/);
  const { fanOut } = JSON.parse(readFileSync(file, 'utf8')) as { fanOut: FanOut };
  expect([fanOut.services, fanOut.proxies, fanOut.scopings.length]).toEqual([2, 2, 8]);
  const without = isthmus(['plan', '-', '--report', '-'], text);
  expect(JSON.parse(without.stdout)).not.toHaveProperty('fanOut');
});

test('of several clusters each has a bundle of its own, with waves of the same numbers and the cluster as its zone', () => {
  for (const cluster of ['east', 'west']) {
    mkdirSync(join(scratch, 'both', `cluster=${cluster}`), { recursive: true });
    const own = cluster === 'east' ? whole : `${service('pay')}`;
    writeFileSync(join(scratch, 'both', `cluster=${cluster}`, 'estate.yaml'), own);
  }
  const out = join(scratch, 'of-both');
  expect(isthmus(['plan', join(scratch, 'both'), '--complete', '--out', out]).status).toBe(0);
  const files = filesIn(out);
  expect(files).toEqual(
    expect.arrayContaining(['README.md', 'cluster=east/wave-02/runbook.md', 'cluster=west/wave-01/runbook.md']),
  );
  expect(files).not.toContain('cluster=west/wave-02/runbook.md');
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('- [west](cluster=west/README.md): 1 service\n');
  const runbook = readFileSync(join(out, 'cluster=west/wave-01/runbook.md'), 'utf8');
  expect(runbook).toContain('kumactl install control-plane --mode zone --zone west ');
  for (const path of files.filter((one) => one.startsWith('cluster=west/') && one.endsWith('.yaml')))
    expect(readFileSync(join(out, path), 'utf8')).not.toContain('kind: Deployment');
  const universal = join(scratch, 'of-both-universal');
  const inForm = ['plan', join(scratch, 'both'), '--complete', '--format', 'universal', '--out', universal];
  expect(isthmus(inForm).status).toBe(0);
  const names = (cluster: string): string[] =>
    filesIn(universal)
      .filter((path) => path.startsWith(`cluster=${cluster}/`) && path.endsWith('-kumactl.yaml'))
      .flatMap((path) => readFileSync(join(universal, path), 'utf8').split('---\n'))
      .flatMap((text) => /^type: (?!Mesh$)\S+[\s\S]*?^name: (\S+)/m.exec(text)?.[1] ?? []);
  // At one global control plane they would be the same resources without their zone.
  for (const cluster of ['east', 'west']) {
    expect(names(cluster).length).toBeGreaterThan(0);
    for (const name of names(cluster)) expect(name).toMatch(new RegExp(`^${cluster}[.-]`));
  }
  const between = isthmus([...inForm, '--topology', 'separate-clusters', '--force']);
  expect([between.status, between.stderr]).toEqual([2, expect.stringContaining('is for one zone')]);
});
