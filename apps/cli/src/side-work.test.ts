import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError } from './input.ts';
import { createSideWork } from './side-work.ts';

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-side-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const source = { file: 'a.yaml', line: 1, document: 0 };
const wanted = [
  { index: 0, source, path: 'b.c' },
  { index: 1, source, path: 'nowhere' },
  { index: 2, source: { ...source, file: 'gone.yaml' }, path: 'b' },
];

test.each([
  ['at once', 1],
  ['in a thread', 1_000_000],
])('places are found and files written %s', async (_, resources) => {
  const work = createSideWork(resources);
  const textOf = (file: string) => (file === 'a.yaml' ? 'a: 1\nb:\n  c: 2\n' : undefined);
  expect(await work.locate(wanted, textOf)).toEqual([{ line: 3, column: 3 }, undefined, undefined]);
  const pieces = Array.from({ length: 100 }, (_, index) => `line ${index} ä\n`);
  await work.write(join(scratch, 'file.txt'), pieces);
  expect(readFileSync(join(scratch, 'file.txt'), 'utf8')).toBe(pieces.join(''));
  await work.write(join(scratch, 'empty.txt'), []);
  expect(readFileSync(join(scratch, 'empty.txt'), 'utf8')).toBe('');
  const many = Array.from({ length: 50 }, (_, index) => ({
    path: join(scratch, `${index}.txt`),
    text: `${index}`.repeat(20_000),
  }));
  await work.writeAll(many);
  expect(many.filter(({ path, text }) => readFileSync(path, 'utf8') !== text)).toEqual([]);
  const documents = [{ kind: 'Mesh', ports: [80] }, { size: 2n ** 60n }];
  await work.writeAll(documents.map((one, index) => ({ path: join(scratch, `${index}.yaml`), documents: [one, one] })));
  const written = [0, 1].map((index) => readFileSync(join(scratch, `${index}.yaml`), 'utf8'));
  const first = 'kind: Mesh\nports:\n  - 80\n';
  expect(written).toEqual([`${first}---\n${first}`, 'size: 1152921504606846976\n---\nsize: 1152921504606846976\n']);
  await expect(work.writeAll([{ path: join(scratch, 'no', 'file'), text: '' }])).rejects.toThrow('cannot be written');
  const refused = work.write(join(scratch, 'no', 'folder', 'file.txt'), pieces);
  await expect(refused).rejects.toThrow(InputError);
  await expect(refused).rejects.toThrow('file.txt cannot be written');
  await work.end();
});
