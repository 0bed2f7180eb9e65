import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError } from './input.ts';
import { writeAlike } from './output.ts';

const scratch = mkdtempSync(join(tmpdir(), 'isthmus-output-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);

// Short and long ones, longer than a block, and of characters of one to four bytes.
const pieces = Array.from({ length: 60 }, (_, index) => 'aé€😀'.repeat(index % 7 === 0 ? 300_000 : index));
const whole = pieces.join('');

test.each<[string, readonly string[]]>([
  ['many pieces', pieces],
  ['one piece', [whole]],
  ['nothing', []],
  ['empty pieces', ['', '']],
])('several files get the same text of %s', async (_, given) => {
  await writeAlike([at('one'), at('two')], given);
  const texts = ['one', 'two'].map((name) => readFileSync(at(name), 'utf8') === given.join(''));
  expect(texts).toEqual([true, true]);
});

test('a longer text that stood in a file leaves nothing behind', async () => {
  await writeAlike([at('again')], [whole]);
  await writeAlike([at('again')], ['short']);
  expect(readFileSync(at('again'), 'utf8')).toBe('short');
});

test('a file that cannot be written to is named', async () => {
  const refused = writeAlike([at('kept'), at('no/where')], pieces);
  await expect(refused).rejects.toThrow(InputError);
  await expect(refused).rejects.toThrow(`${at('no/where')} cannot be written`);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is said to be full, whether early or late', async () => {
  await expect(writeAlike([at('kept'), '/dev/full'], pieces)).rejects.toThrow(
    '/dev/full cannot be written: the disk is full',
  );
  await expect(writeAlike(['/dev/full'], ['a'])).rejects.toThrow('the disk is full');
});

test.skipIf(process.platform === 'win32')('a pipe gets the text too, in order', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  const read = readFile(at('pipe'), 'utf8');
  await writeAlike([at('beside'), at('pipe')], ['a', 'b', 'c'.repeat(30_000)]);
  expect(await read).toBe(`ab${'c'.repeat(30_000)}`);
});
