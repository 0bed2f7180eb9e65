import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits } from '@isthmus/kubernetes';
import { afterAll, expect, test } from 'vitest';
import { InputError, readHere } from './input.ts';
import { startThread } from './side-thread.ts';
import { createSideWork } from './side-work.ts';

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-side-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const source = { file: 'a.yaml', line: 1, document: 0 };
const wanted = [
  { source, path: 'b.c' },
  { source, path: 'nowhere' },
  { source: { ...source, file: 'gone.yaml' }, path: 'b' },
];

const large = { bytes: new Uint8Array(2 * 1024 * 1024) };

test.each([
  ['at once', []],
  ['in a thread', [large]],
])('places are found and files written %s', async (_, manifests) => {
  const work = createSideWork(manifests);
  const textOf = (file: string) => (file === 'a.yaml' ? 'a: 1\nb:\n  c: 2\n' : undefined);
  expect(await work.locate(wanted, textOf)).toEqual([{ line: 3, column: 3 }, undefined, undefined]);
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
  const refused = work.writeAll([{ path: join(scratch, 'no', 'folder', 'file.txt'), text: 'a' }]);
  await expect(refused).rejects.toThrow(InputError);
  await expect(refused).rejects.toThrow('file.txt cannot be written');
  await work.end();
});

test('manifests that two threads read come in their order and hold what one reads', async () => {
  const service = (index: number, more = ''): string =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  name: s${index}\n  labels: {app: "${index}"}\n${more}`;
  const texts = Array.from({ length: 40 }, (_, index) => Array(50).fill(service(index)).join('---\n'));
  // The last two are always read in the thread.
  texts[39] = `${service(39)}spec: {size: 1152921504606846977, "__proto__": {a: 1}, ratio: -1.5}\n`;
  texts[38] =
    'apiVersion: v1\nkind: Secret\nmetadata: {name: k}\ndata: {key: c2VjcmV0}\n---\nkind: Nothing\n---\na: [1\n';
  texts[37] = '';
  const archive = new TextEncoder().encode(texts.join(''));
  let at = 0;
  const manifests = texts.map((text, index) => {
    const from = at;
    at += Buffer.byteLength(text);
    return { file: `${index}.yaml`, bytes: archive.subarray(from, at) };
  });
  const counts: number[] = [];
  const work = createSideWork([large]);
  const readings = await work.read(manifests, defaultLimits, (files) => counts.push(files));
  await work.end();
  expect(readings).toEqual(await readHere(manifests, defaultLimits, () => {}));
  expect(counts).toEqual(texts.map((_, index) => index + 1));
});

test('a thread that was started already does the work, and is ended where there turns out to be little', async () => {
  const [needed, needless] = [startThread(), startThread()];
  const ended = once(needless, 'exit');
  const work = createSideWork([large], needed);
  expect(createSideWork([], needless).read).toBe(readHere);
  await ended;
  expect(await work.locate(wanted.slice(0, 1), () => 'a: 1\nb:\n  c: 2\n')).toEqual([{ line: 3, column: 3 }]);
  await work.end();
  expect(needed.threadId).toBe(-1);
});
