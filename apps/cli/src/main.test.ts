import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '@isthmus/bundle';
import { afterAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/isthmus.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'isthmus-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const isthmus = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [launcher, ...args], {
    encoding: 'utf8',
    input,
    env: { ...process.env, FORCE_COLOR: '' },
  });

let folders = 0;
function folder(files: Readonly<Record<string, string>>): string {
  const path = join(scratch, `case-${folders++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const route = `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: seats, namespace: air}
spec: {egress: [{hosts: ["./*"]}]}
`;
const reportOf = (args: readonly string[], input?: string): Report =>
  JSON.parse(isthmus(['translate', ...args, '--report', '-'], input).stdout) as Report;

test('a folder is translated: paths are relative to it, and the report says what became of every field', () => {
  const path = folder({ 'mesh/seats.yaml': route, 'notes.txt': 'nothing', '.git/config.yaml': 'a: [' });
  const out = join(path, 'out');
  const { status, stderr } = isthmus(['translate', path, '--out', out, '--report', join(path, 'report.json')]);
  expect(stderr).toContain('Read 1 document in 1 file: 1 Istio resource, 0 others kept, 0 left out.');
  expect(status).toBe(0);
  const report = JSON.parse(readFileSync(join(path, 'report.json'), 'utf8')) as Report;
  expect(report.sources).toEqual([{ file: 'mesh/seats.yaml', documents: 1, resources: 1, skipped: [] }]);
  expect(report.ledger[0]?.resource).toMatchObject({ kind: 'Sidecar', file: 'mesh/seats.yaml', line: 1 });
  expect(readdirSync(out)).toContain('kustomization.yaml');
});

test('a bundle in Universal form is for kumactl, with a script in the place of kustomizations', () => {
  const out = join(folder({}), 'out');
  const entry = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: air}
spec: {hosts: [api.partner.example], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}
`;
  expect(isthmus(['translate', '-', '--format', 'universal', '--out', out], entry).status).toBe(0);
  expect(readdirSync(out)).toContain('apply.sh');
  expect(readdirSync(out)).not.toContain('kustomization.yaml');
  const [file = ''] = readdirSync(join(out, '50-egress'));
  const text = readFileSync(join(out, '50-egress', file), 'utf8');
  expect(text).toContain('type: MeshExternalService');
  expect(text).not.toContain('apiVersion');
});

test('standard input is named -, and a broken document blocks without stopping the others', () => {
  const report = reportOf(['-'], `${route}---\nkind: [\n`);
  expect(report.sources[0]?.file).toBe('-');
  expect(report.diagnostics).toContainEqual(expect.objectContaining({ code: 'ISTHMUS-READ-001', file: '-', line: 7 }));
  expect(report.ledger).toHaveLength(1);
  expect(isthmus(['translate', '-'], `${route}---\nkind: [\n`).status).toBe(1);
});

test.each([
  ['a path that is not there', ['translate', '/nowhere/at/all'], 'there is no such file or folder'],
  ['a form that is not known', ['translate', '-', '--format', 'helm'], 'choose one of kubernetes, universal'],
  ['nothing to read', ['translate', folder({ 'readme.md': 'x' })], 'no document that could be read'],
  ['an unknown version', ['translate', folder({ 'a.yaml': route }), '--target', '9.9'], 'Kong Mesh 9.9 is not known'],
  ['an unknown option', ['translate', '.', '--nonsense'], "unknown option '--nonsense'"],
  ['no path', ['translate'], 'say what to read'],
  [
    'an unknown setting',
    ['translate', folder({ 'a.yaml': route }), '--settings', join(folder({ 's.yaml': 'targett: "2.13"' }), 's.yaml')],
    "there is no setting 'targett'",
  ],
  ['an unknown code', ['explain', 'ISTHMUS-XX-999'], 'there is no code'],
])('%s ends with 2 and one clear line', (_, args, message) => {
  const { status, stderr } = isthmus(args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});

test('a folder with something in it is refused; --force replaces an earlier bundle and nothing else', () => {
  const path = folder({ 'in/a.yaml': route, 'out/precious.txt': 'keep me' });
  const out = join(path, 'out');
  const run = (...more: string[]) => isthmus(['translate', join(path, 'in'), '--out', out, ...more]);
  expect(run().status).toBe(2);
  expect(readdirSync(out)).toEqual(['precious.txt']);
  expect(run('--force').status).toBe(0);
  writeFileSync(join(out, '.isthmus-bundle'), '../in/a.yaml\n/etc/hostname\nREADME.md\n');
  expect(run('--force').status).toBe(0);
  expect(readdirSync(join(path, 'in'))).toEqual(['a.yaml']);
  expect(readFileSync(join(out, 'precious.txt'), 'utf8')).toBe('keep me');
});

test('the same input gives the same bytes', () => {
  const path = folder({ 'b.yaml': route, 'a/c.yaml': route.replace('seats', 'crew') });
  expect(reportOf([path])).toEqual(reportOf([path]));
});

test('two arguments with one relative path stay apart', () => {
  const path = folder({ 'one/a.yaml': route, 'two/a.yaml': route.replace('seats', 'crew') });
  const files = reportOf([join(path, 'one'), join(path, 'two')]).sources.map(({ file }) => file);
  expect(new Set(files).size).toBe(2);
});

test("control characters in a manifest do not reach the terminal, and a secret's value reaches nothing", () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n';
  const { stdout, stderr } = isthmus(
    ['translate', '-', '--report', '-'],
    `${route.replace('name: seats', 'name: "seats\\u001b[2J"')}---\n${secret}---\na: "\\u001b[31m`,
  );
  expect(stderr).not.toContain('\u001b[2J');
  expect(stdout + stderr).not.toContain('hunter2');
});

test('a store that is not there, or a file that is none, ends backup and restore with 2 and one line', () => {
  const path = folder({ 'not-a-store.sqlite': 'nonsense' });
  for (const args of [
    ['backup', join(path, 'copy'), '--data', path],
    ['restore', join(path, 'not-a-store.sqlite'), '--data', path],
  ]) {
    const { status, stderr } = isthmus(args);
    expect(stderr).toMatch(/^isthmus: .*\n$/);
    expect(status).toBe(2);
  }
});

test('the report is a page where its name ends in .html', () => {
  const path = folder({ 'a.yaml': route });
  isthmus(['translate', path, '--report', join(path, 'report.html')]);
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

test('many findings of one code are shown in part, all of them with --verbose, and always in the report', () => {
  const future = route.replace('Sidecar', 'Tomorrow');
  const text = Array.from({ length: 9 }, (_, index) => future.replace('seats', `seats-${index}`)).join('---\n');
  const lines = (args: readonly string[]): number =>
    isthmus(['translate', '-', ...args], text)
      .stderr.split('\n')
      .filter((line) => /^ {2}-:\d+:\d+ /.test(line)).length;
  expect(isthmus(['translate', '-'], text).stderr).toContain('(9)\n');
  expect(lines([])).toBe(5);
  expect(lines(['--verbose'])).toBe(9);
  expect(reportOf(['-'], text).diagnostics.filter(({ path }) => path?.startsWith('spec'))).toHaveLength(9);
});

test('limits of the command line hold for what it reads', () => {
  expect(isthmus(['translate', '-', '--limit', 'fileBytes=10'], route).stderr).toContain('ISTHMUS-READ-006');
  const { status, stderr } = isthmus(['translate', '-', '--limit', 'speed=10'], route);
  expect([status, stderr]).toEqual([2, expect.stringContaining("there is no limit 'speed'")]);
});

test('a report that cannot be written is refused before any work', () => {
  const path = folder({ 'a.yaml': route });
  const { status, stderr } = isthmus(['translate', path, '--report', join(path, 'none', 'report.json')]);
  expect([status, stderr]).toEqual([2, expect.stringContaining('there is no folder')]);
});

test('explain, help and version', () => {
  for (const command of ['', 'translate', 'explain', 'backup', 'restore']) {
    const { stdout, status } = isthmus([...(command === '' ? [] : [command]), '--help']);
    expect([stdout.match(/Examples?:\n {2}isthmus /)?.length, status], command).toEqual([1, 0]);
  }
  expect(isthmus(['explain', 'isthmus-est-002']).stdout).toContain('Object stands twice with different content');
  expect(isthmus(['translate', '--help']).stdout).toContain('Examples:');
  expect(isthmus(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(isthmus(['--version']).status).toBe(0);
});

test('clusters become zones: each has a folder, and requests are compared in one of them', () => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: seats, namespace: air}\nspec: {selector: {app: seats}, ports: [{name: http, port: 80}]}\n';
  const clusters = ['east', 'west'].flatMap((name) => ['--cluster', `${name}=${folder({ 'all.yaml': service })}`]);
  const out = join(folder({}), 'out');
  const { status } = isthmus(['translate', ...clusters, '--out', out]);
  expect(status).toBe(0);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['global', 'zones']));
  expect(readdirSync(join(out, 'zones'))).toEqual(['east', 'west']);
  const report = JSON.parse(readFileSync(join(out, 'report/report.json'), 'utf8')) as Report;
  expect(report.resources).toContainEqual(
    expect.objectContaining({ kind: 'MeshMultiZoneService', global: true, file: 'global/40-services/air.seats.yaml' }),
  );
  const all = isthmus(['verify', ...clusters]);
  expect([all.status, all.stderr]).toEqual([2, expect.stringContaining('choose one with --only-cluster')]);
  const missing = isthmus(['verify', ...clusters, '--only-cluster', 'north']);
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('it holds east, west')]);
  expect(isthmus(['verify', ...clusters, '--only-cluster', 'east', '--json']).stdout).toContain(
    '"service": "air/seats"',
  );
  expect(isthmus(['check', ...clusters]).status).not.toBe(2);
  expect(isthmus(['plan', ...clusters]).status).toBe(0);
  const between = ['--topology', 'separate-clusters'];
  const universal = isthmus([
    'plan',
    ...clusters,
    ...between,
    '--out',
    join(folder({}), 'plan'),
    '--format',
    'universal',
  ]);
  expect([universal.status, universal.stderr]).toEqual([
    2,
    expect.stringContaining('between clusters a plan in Universal form is for one zone'),
  ]);
});

test('a report can be Markdown, and under pseudonyms: new ones each time, or with a key the same as before', () => {
  const path = folder({ 'seats.yaml': route, key: 'k'.repeat(32), short: 'k' });
  const report = (name: string, ...more: string[]): string => {
    const { status, stderr } = isthmus(['translate', join(path, 'seats.yaml'), '--report', join(path, name), ...more]);
    expect([0, 1], stderr).toContain(status);
    return readFileSync(join(path, name), 'utf8');
  };
  expect(report('a.md')).toContain('`Sidecar air/seats`');
  const [first, second] = [report('b.md', '--pseudonyms'), report('c.md', '--pseudonyms')];
  expect(first).not.toMatch(/seats|\bair\b/);
  expect(second).not.toBe(first);
  const keyed = ['--pseudonyms', join(path, 'key')];
  expect(report('d.json', ...keyed, '--out', join(path, 'out'))).toBe(report('e.json', ...keyed));
  expect(readFileSync(join(path, 'out/report/report.json'), 'utf8')).toContain('seats');

  const refused = (...args: string[]) => isthmus(['translate', join(path, 'seats.yaml'), ...args]);
  expect(refused('--pseudonyms').stderr).toContain('say --report FILE too');
  const missing = refused('--report', '-', '--pseudonyms', join(path, 'none'));
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('openssl rand -hex')]);
  expect(refused('--report', '-', '--pseudonyms', join(path, 'short')).stderr).toContain('16 or more are needed');
});
