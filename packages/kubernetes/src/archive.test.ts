import { gzipSync, type Zippable, zipSync } from 'fflate';
import { packTar, type TarHeader } from 'modern-tar';
import { expect, test } from 'vitest';
import { isManifestPath, type Unpacked, unpack } from './archive.ts';
import { defaultLimits, type Limits } from './limits.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function all(path: string, archive: Uint8Array, limits: Partial<Limits> = {}): Promise<string[]> {
  const results: string[] = [];
  for await (const result of unpack(path, archive, { ...defaultLimits, ...limits })) results.push(describe(result));
  return results;
}

function describe(result: Unpacked): string {
  if ('diagnostic' in result)
    return `${result.diagnostic.code} ${result.diagnostic.file}: ${result.diagnostic.message}`;
  return `${result.path}=${new TextDecoder().decode(result.bytes)}`;
}

const file = (name: string, body = 'x', header: Partial<TarHeader> = {}): { header: TarHeader; body: string } => ({
  header: { name, size: body.length, mtime: new Date(0), ...header },
  body,
});

const zip = (files: Zippable): Uint8Array => zipSync(files, { mtime: '1980-01-01' });

test('zip, tar and tar.gz give their files with nested paths', async () => {
  const tar = await packTar([
    { header: { name: 'a/', type: 'directory', size: 0 } },
    file('./a/b.yaml', 'b: 1'),
    file(`a/${'long/'.repeat(60)}c.yaml`, 'c'),
  ]);
  const expected = ['a/b.yaml=b: 1', `a/${'long/'.repeat(60)}c.yaml=c`];
  expect(await all('x.tar', tar)).toEqual(expected);
  expect(await all('x.tgz', gzipSync(tar))).toEqual(expected);
  const packed = zip({
    'a/': new Uint8Array(),
    'a/b.yaml': bytes('b: 1'),
    'a/stored.yaml': [bytes('s'), { level: 0 }],
  });
  expect(await all('x.zip', packed)).toEqual(['a/b.yaml=b: 1', 'a/stored.yaml=s']);
  expect(await all('named-otherwise', packed)).toEqual(['a/b.yaml=b: 1', 'a/stored.yaml=s']);
  expect(await all('empty.zip', zip({}))).toEqual([]);
});

test('any other file passes through', async () => {
  expect(await all('a.yaml', bytes('a: 1'))).toEqual(['a.yaml=a: 1']);
});

test.each(['../a.yaml', 'a/../../b.yaml', '/etc/a.yaml', 'C:\\a.yaml', '..\\a.yaml', 'a\nb.yaml'])(
  'the path %j is refused, the next file is not',
  async (path) => {
    for (const archive of [
      await packTar([file(path), file('ok.yaml')]),
      zip({ [path]: bytes('x'), 'ok.yaml': bytes('x') }),
    ]) {
      const [refused, next] = await all('x', archive);
      expect(refused).toContain('ISTHMUS-READ-021 x: ');
      expect(next).toBe('ok.yaml=x');
    }
  },
);

test('links and devices are refused', async () => {
  const tar = await packTar([
    { header: { name: 'a.yaml', type: 'symlink', linkname: '/etc/passwd', size: 0 } },
    { header: { name: 'b.yaml', type: 'link', linkname: 'c.yaml', size: 0 } },
    { header: { name: 'c.yaml', type: 'fifo', size: 0 } },
    file('d.yaml'),
  ]);
  expect(await all('x.tar', tar)).toEqual([
    expect.stringContaining('ISTHMUS-READ-022 x.tar: The entry a.yaml is a symbolic link'),
    expect.stringContaining('The entry b.yaml is a hard link'),
    expect.stringContaining('The entry c.yaml is a named pipe'),
    'd.yaml=x',
  ]);
  const link = zip({ 'a.yaml': [bytes('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] });
  expect(await all('x.zip', link)).toEqual([expect.stringContaining('is a symbolic link')]);
});

test('a path that stands twice is used once', async () => {
  expect(await all('x.tar', await packTar([file('a', '1'), file('./a', '2')]))).toEqual([
    'a=1',
    expect.stringContaining('ISTHMUS-READ-026'),
  ]);
});

test('bombs stop at the ratio', async () => {
  const zeros = new Uint8Array(20_000_000);
  expect(await all('x.zip', zip({ a: zeros }))).toEqual([
    expect.stringContaining('ISTHMUS-READ-023 x.zip: The packed data of a'),
  ]);
  const tar = await packTar([{ header: { name: 'a', size: zeros.length }, body: zeros }]);
  expect(await all('x.tar.gz', gzipSync(tar))).toEqual([expect.stringContaining('ISTHMUS-READ-023')]);
});

test('sizes and counts stop at their limits', async () => {
  const tar = await packTar([file('a', '12345'), file('b', '123'), file('c', '1')]);
  const packed = zip({ a: bytes('12345'), b: bytes('123'), c: bytes('1') });
  for (const archive of [tar, packed]) {
    expect(await all('x', archive, { fileBytes: 4 })).toEqual([
      expect.stringContaining('ISTHMUS-READ-006 a: This file has 5 bytes, and the limit is 4 bytes'),
      'b=123',
      'c=1',
    ]);
    expect(await all('x', archive, { totalBytes: 7 })).toEqual([
      'a=12345',
      expect.stringContaining('ISTHMUS-READ-025'),
    ]);
    expect(await all('x', archive, { entries: 1 })).toEqual(['a=12345', expect.stringContaining('ISTHMUS-READ-024')]);
    expect((await all('x', archive, { pathLength: 0 }))[0]).toContain('ISTHMUS-READ-021');
  }
});

test('damaged archives give what was read and then the reason', async () => {
  const tar = await packTar([file('a', '1'), file('b', '2'.repeat(2000))]);
  const damaged = [
    ['x.tar', tar.subarray(0, 2000)],
    ['x.tgz', gzipSync(tar).subarray(0, 90)],
    ['x.tgz', bytes('no gzip')],
    ['x.tar', bytes('no tar at all')],
    ['x.zip', bytes('no zip')],
    ['x.zip', zip({ a: bytes('1') }).subarray(0, 60)],
  ] as const;
  for (const [path, archive] of damaged) {
    expect((await all(path, archive)).at(-1), path).toContain(`ISTHMUS-READ-020 ${path}`);
  }
  const flipped = zip({ a: [bytes('hello'), { level: 0 }] });
  flipped[32] = (flipped[32] as number) ^ 1;
  expect(await all('x.zip', flipped)).toEqual([expect.stringContaining('checksum')]);
  const encrypted = zip({ a: bytes('hello') });
  const directory = encrypted.length - 22 - 47;
  encrypted[directory + 8] = 1;
  expect(await all('x.zip', encrypted)).toEqual([expect.stringContaining('a is encrypted')]);
});

test.each([-5, -1, 1, 5000, 2_000_000])('an entry that declares %d bytes more than it has is damaged', async (more) => {
  const text = 'hello '.repeat(100);
  const packed = zip({ a: bytes(text) });
  const view = new DataView(packed.buffer, packed.byteOffset);
  const directory = view.getUint32(packed.length - 6, true);
  view.setUint32(directory + 24, text.length + more, true);
  expect(await all('x.zip', packed)).toEqual([expect.stringContaining('the size of an entry is not what it declares')]);
});

test('manifests by their names', () => {
  for (const path of ['a.yaml', 'b/a.YML', 'a.json']) expect(isManifestPath(path), path).toBe(true);
  for (const path of ['a.txt', 'yaml', '__MACOSX/a.yaml', 'b/._a.yaml', 'a.yaml.bak'])
    expect(isManifestPath(path), path).toBe(false);
});
