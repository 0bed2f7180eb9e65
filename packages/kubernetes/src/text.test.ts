import { expect, test } from 'vitest';
import { chunks, decode, lineAndColumn } from './text.ts';

const utf16 = (text: string, little: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 + text.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, little);
  for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), little);
  return bytes;
};

test('UTF-8 and UTF-16 with byte order marks, and all line breaks', () => {
  expect(decode(new TextEncoder().encode('\uFEFFa: é\r\nb: 1\rc: 2\n'))).toEqual({ text: 'a: é\nb: 1\nc: 2\n' });
  expect(decode(utf16('a: é\n', true))).toEqual({ text: 'a: é\n' });
  expect(decode(utf16('a: é\n', false))).toEqual({ text: 'a: é\n' });
  expect(decode(new Uint8Array())).toEqual({ text: '' });
});

test('bytes that are no text have a reason and a place', () => {
  expect(decode(Uint8Array.of(0x61, 0x3a, 0x0a, 0x62, 0xe9, 0x0a))).toEqual({
    reason: 'byte 0xE9 is not UTF-8',
    line: 2,
    column: 2,
  });
  expect(decode(Uint8Array.of(0x61, 0xe2, 0x82))).toMatchObject({ reason: 'byte 0xE2 is not UTF-8', column: 2 });
  expect(decode(new TextEncoder().encode('a: 1\nb: \0'))).toMatchObject({ line: 2, column: 4 });
  expect(decode(utf16('a\ud800', true))).toMatchObject({ reason: expect.stringContaining('surrogate') });
  expect(decode(utf16('a', true).subarray(0, 3))).toMatchObject({ reason: expect.stringContaining('half') });
});

test('chunks begin at --- lines and know their line', () => {
  const text = '# head\na: 1\n---\nb: |\n  x\n  --- no\n---- no\n--- # c\nc: 1\n---';
  expect([...chunks(text)]).toEqual([
    { text: '# head\na: 1\n', line: 1, start: 0 },
    { text: '---\nb: |\n  x\n  --- no\n---- no\n', line: 3, start: 12 },
    { text: '--- # c\nc: 1\n', line: 8, start: text.indexOf('--- # c') },
    { text: '---', line: 10, start: text.length - 3 },
  ]);
});

test('directives stay with their document', () => {
  expect([...chunks('# c\n%TAG ! tag:x,2000:\n---\na: 1\n---\nb: 1\n')].map((c) => c.line)).toEqual([1, 5]);
});

test('lines and columns count from 1', () => {
  expect(lineAndColumn('ab\ncd', 0)).toEqual({ line: 1, column: 1 });
  expect(lineAndColumn('ab\ncd', 2)).toEqual({ line: 1, column: 3 });
  expect(lineAndColumn('ab\ncd', 3)).toEqual({ line: 2, column: 1 });
});
