import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultLimits, type Limits } from '@isthmus/kubernetes';
import { gzipSync, zipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { afterAll, expect, test } from 'vitest';
import { argumentsOf, bytesIn, InputError, readInput } from './input.ts';
import { readLimits } from './limits.ts';

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-input-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folders = 0;
function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(scratch, `case-${folders++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;
const key =
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----\n';

async function read(paths: readonly string[], limits: Partial<Limits> = {}) {
  const input = await readInput(argumentsOf(paths), { ...defaultLimits, ...limits }, () => {});
  return {
    files: input.readings.map(({ file, resources }) => `${file}: ${resources.map(({ name }) => name).join(' ')}`),
    findings: [...input.diagnostics, ...input.readings.flatMap(({ diagnostics }) => diagnostics)].map(
      ({ code, file, line }) => `${code} ${file}${line === undefined ? '' : `:${line}`}`,
    ),
    otherFiles: input.otherFiles,
    texts: input.readings.map(({ file }) => input.texts.get(file)?.()),
  };
}

test('files, folders and archives of every kind give their manifests with relative paths', async () => {
  const inner = { 'mesh/b.yaml': bytes(service('b')), 'notes.md': bytes('no manifest') };
  const tar = await packTar(
    Object.entries(inner).map(([name, body]) => ({ header: { name, size: body.length }, body })),
  );
  const path = folder({
    'plain/a.yaml': service('a'),
    'plain/deep/list.json': JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: ['c', 'd'].map((name) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name } })),
    }),
    'plain/.git/e.yaml': service('e'),
    'z.zip': zipSync(inner),
    't.tar': tar,
    't.tgz': gzipSync(tar),
  });
  symlinkSync('/etc', join(path, 'plain', 'link'));
  expect((await read([join(path, 'plain')])).files).toEqual(['a.yaml: a', 'deep/list.json: c d']);
  for (const archive of ['z.zip', 't.tar', 't.tgz']) {
    const { files, otherFiles } = await read([join(path, archive)]);
    expect([files, otherFiles], archive).toEqual([['mesh/b.yaml: b'], 1]);
  }
  expect((await read([join(path, 'z.zip'), join(path, 't.tar')])).files).toEqual([
    'mesh/b.yaml: b',
    `${path}/t.tar/mesh/b.yaml: b`,
  ]);
});

test('limits hold for all arguments together, archives unpacked, and what exceeds one is a finding', async () => {
  const long = (name: string): string => `${service(name)}# ${'x'.repeat(1000)}\n`;
  const path = folder({
    'a.yaml': long('a'),
    'b.yaml': long('b'),
    'c.zip': zipSync({ 'c.yaml': bytes(long('c')), 'd.yaml': bytes(long('d')) }),
    'video.bin': 'x'.repeat(1000),
  });
  const args = ['a.yaml', 'b.yaml', 'c.zip'].map((name) => join(path, name));
  const each = long('a').length;
  expect(await read(args, { totalBytes: 3 * each })).toMatchObject({
    files: ['a.yaml: a', 'b.yaml: b', 'c.yaml: c'],
    findings: ['ISTHMUS-READ-025 c.zip'],
  });
  expect(await read(args, { totalBytes: each })).toMatchObject({
    files: ['a.yaml: a'],
    findings: ['ISTHMUS-READ-025 b.yaml'],
  });
  expect(await read(args, { entries: 3 })).toMatchObject({ findings: ['ISTHMUS-READ-024 c.zip'] });
  expect(await read([path], { fileBytes: each - 1 })).toMatchObject({
    files: [],
    findings: [
      'ISTHMUS-READ-006 a.yaml',
      'ISTHMUS-READ-006 b.yaml',
      'ISTHMUS-READ-006 c.yaml',
      'ISTHMUS-READ-006 d.yaml',
    ],
  });
  expect(await read([join(path, 'c.zip')], { totalBytes: 99 })).toMatchObject({ findings: ['ISTHMUS-READ-025 c.zip'] });
  // What is no manifest is only looked at.
  expect((await read([path], { totalBytes: 4 * each })).findings).toEqual([]);
});

test('depth, aliases and documents have their limits', async () => {
  const path = folder({
    'deep.yaml': `a: ${'['.repeat(50)}${']'.repeat(50)}\n`,
    'laughs.yaml': `a: &a [1,1,1,1]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n`,
    'many.yaml': `${service('a')}---\n${service('b')}---\n${service('c')}`,
  });
  const { findings } = await read([path], { depth: 20, aliasExpansion: 50, documents: 2 });
  expect(findings).toEqual([
    'ISTHMUS-READ-008 deep.yaml:1',
    'ISTHMUS-READ-009 laughs.yaml:3',
    'ISTHMUS-READ-007 many.yaml:9',
  ]);
});

test('a private key is found wherever it is, and neither it nor a Secret’s value is kept', async () => {
  const indented = key.replace(/^/gm, '    ');
  const path = folder({
    'config.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  key: |\n${indented}`,
    'comment.yaml': `${service('a')}${key.replace(/^/gm, '# ')}`,
    'encoded.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\nbinaryData: {key: ${btoa(key)}}\n`,
    'tls.key': key,
    'inside.zip': zipSync({ 'certs/tls.key': bytes(key) }),
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n`,
  });
  const { files, findings, texts } = await read([path]);
  expect(findings.sort()).toEqual([
    'ISTHMUS-READ-010 certs/tls.key:1',
    'ISTHMUS-READ-010 comment.yaml:4',
    'ISTHMUS-READ-010 config.yaml:6',
    'ISTHMUS-READ-010 encoded.yaml:4',
    'ISTHMUS-READ-010 tls.key:1',
    'ISTHMUS-READ-011 secret.yaml',
  ]);
  expect(files).toEqual(['comment.yaml: ', 'config.yaml: ', 'encoded.yaml: ', 'secret.yaml: s']);
  expect(texts.join('')).not.toMatch(/MII|TUlJ|LS0tLS1C|hunter2/);
});

test('a broken document and a template leave the others of their file alone', async () => {
  const path = folder({ 'a.yaml': `${service('a')}---\nkind: [\n---\nname: {{ .Values.x }}\n---\n${service('b')}` });
  expect(await read([path])).toMatchObject({
    files: ['a.yaml: a b'],
    findings: ['ISTHMUS-READ-001 a.yaml:6', 'ISTHMUS-READ-003 a.yaml:7'],
  });
});

test('a path that cannot be read is an error that names it', async () => {
  await expect(read(['/nowhere/at/all'])).rejects.toThrow('/nowhere/at/all: there is no such file or folder');
  await expect(read(['/nowhere/at/all'])).rejects.toThrow(InputError);
});

test('limits come from the options, then from the environment', () => {
  const environment = { ISTHMUS_LIMIT_DEPTH: '7', ISTHMUS_LIMIT_TOTAL_BYTES: '2 MiB' };
  expect(readLimits(['depth=9', 'fileBytes=1GiB'], environment)).toEqual({
    ...defaultLimits,
    depth: 9,
    totalBytes: 2 * 1024 * 1024,
    fileBytes: 1024 ** 3,
  });
  expect(() => readLimits(['dept=9'], {})).toThrow("there is no limit 'dept'; known are totalBytes");
  for (const wrong of ['depth=0', 'depth=1KiB', 'depth', 'totalBytes=1 furlong', 'totalBytes=-1'])
    expect(() => readLimits([wrong], {}), wrong).toThrow('takes a whole number above zero');
  expect(() => readLimits([], { ISTHMUS_LIMIT_ENTRIES: 'many' })).toThrow('ISTHMUS_LIMIT_ENTRIES takes');
});

test('files of a cluster are named by it, whatever they are called', async () => {
  const [east, west] = [folder({ 's.yaml': service('a') }), folder({ 's.yaml': service('b') })];
  const args = argumentsOf([folder({ 's.yaml': service('c') })], [`east=${east}`, `west=${west}`]);
  const { readings } = await readInput(args, defaultLimits, () => {});
  expect(readings.map(({ file, resources }) => [file, resources[0]?.source.cluster])).toEqual([
    ['s.yaml', undefined],
    ['cluster=east/s.yaml', 'east'],
    ['cluster=west/s.yaml', 'west'],
  ]);
});

test.each(['east', '=a.yaml', 'east=', '../x=a.yaml', 'a/b=a.yaml'])('--cluster %s is refused', (text) => {
  expect(() => argumentsOf([], [text])).toThrow('--cluster takes <name>=<path>');
});

test('nothing to read is refused', () => {
  expect(() => argumentsOf([])).toThrow('say what to read');
});

test('what arguments hold is known before it is read: manifests and archives, and what is named', () => {
  const path = folder({
    'a.yaml': 'a'.repeat(60),
    'b/c.zip': 'b'.repeat(30),
    'notes.md': 'c'.repeat(500),
    '.git/d.yaml': 'd'.repeat(500),
  });
  const args = argumentsOf([path, join(path, 'notes.md')]);
  expect([90, 91, 1000].map((enough) => bytesIn(args.slice(0, 1), enough))).toEqual([90, 90, 90]);
  expect([590, 591].map((enough) => bytesIn(args, enough))).toEqual([590, 590]);
  expect(bytesIn(args, 50)).toBe(60);
  // What cannot be read is told when it is read.
  expect(bytesIn(argumentsOf([join(path, 'gone'), '-']), 1)).toBe(0);
});
