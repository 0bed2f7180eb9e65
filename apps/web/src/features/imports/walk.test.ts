import { expect, test } from 'vitest';
import { fromInput, fromText, isWanted, nameFor, walkDropped } from './walk.ts';

interface Tree {
  readonly [name: string]: Tree | string;
}

/** An entry as browsers give it: a folder's reader answers in portions, the last one empty. */
function entry(name: string, content: Tree | string): FileSystemEntry {
  if (typeof content === 'string')
    return {
      isDirectory: false,
      name,
      file: (done: (file: File) => void) => done(new File([content], name)),
    } as unknown as FileSystemEntry;
  return {
    isDirectory: true,
    name,
    createReader: () => {
      const children = Object.entries(content).map(([child, of]) => entry(child, of));
      return { readEntries: (done: (some: FileSystemEntry[]) => void) => done(children.splice(0, 2)) };
    },
  } as unknown as FileSystemEntry;
}

const dropped = (...entries: FileSystemEntry[]): DataTransfer =>
  ({ items: entries.map((one) => ({ kind: 'file', webkitGetAsEntry: () => one })) }) as unknown as DataTransfer;

test('folders are walked to the end and keep their paths', async () => {
  const estate = {
    sales: { 'seats.yaml': '', 'flights.yml': '', deep: { 'rules.json': '', 'notes.md': '' } },
    'all.tar.gz': '',
    'README.md': '',
    '.git': { config: '', 'x.yaml': '' },
    node_modules: { p: { 'package.json': '' } },
  };
  const found = await walkDropped(dropped(entry('estate', estate)));
  expect(found.uploads.map(({ path }) => path)).toEqual([
    'estate/sales/seats.yaml',
    'estate/sales/flights.yml',
    'estate/sales/deep/rules.json',
    'estate/all.tar.gz',
  ]);
  expect(found.leftOut).toBe(2);
});

test('a file that is dropped by itself is sent whatever its name', async () => {
  const found = await walkDropped(dropped(entry('estate', 'kind: List'), entry('b.yaml', '')));
  expect(found.uploads.map(({ path }) => path)).toEqual(['estate', 'b.yaml']);
  expect(found.leftOut).toBe(0);
});

test('an empty folder and dragged text bring nothing', async () => {
  expect(await walkDropped(dropped(entry('empty', {})))).toEqual({ uploads: [], leftOut: 0 });
  const text = { items: [{ kind: 'string' }] } as unknown as DataTransfer;
  expect(await walkDropped(text)).toEqual({ uploads: [], leftOut: 0 });
});

test('a chosen folder is filtered like a dropped one', () => {
  const file = (path: string): File =>
    Object.assign(new File([''], path.slice(path.lastIndexOf('/') + 1)), { webkitRelativePath: path });
  const found = fromInput([file('a/b.yaml'), file('a/c.png'), file('a/.git/d.yaml')]);
  expect(found.uploads.map(({ path }) => path)).toEqual(['a/b.yaml']);
  expect(found.leftOut).toBe(2);
});

test.each([
  ['x.YAML', true],
  ['a/b.tgz', true],
  ['a/yaml', false],
  ['node_modules/a.json', false],
  ['a/.git', false],
])('%s is wanted: %s', (path, wanted) => expect(isWanted(path)).toBe(wanted));

test('a migration is named after what was dropped', () => {
  expect(nameFor(['estate/a.yaml', 'estate/b/c.yaml'])).toBe('estate');
  expect(nameFor(['estate.tar.gz'])).toBe('estate');
  expect(nameFor(fromText('kind: List').uploads.map(({ path }) => path))).toBe('Pasted manifests');
  expect(nameFor(['.yaml'])).toBe('.yaml');
  expect(nameFor(['a.yaml', 'b.yaml'])).toBe('2 files');
  expect(nameFor([`${'x'.repeat(300)}.yaml`])).toHaveLength(120);
});
