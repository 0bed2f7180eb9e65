import type { PlacedDiagnostic } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { countByTab, cursorLine, litAfter, litBefore, marksAfter, marksBefore, ruleMarks } from './decorations.ts';
import type { ListedFinding } from './findings.ts';
import type { LinkedField, LinkIndex } from './links.ts';

const span = (line: number, endLine = line) => ({ line, column: 9, endLine, endColumn: 12, keyColumn: 3 });
const linked = (
  index: number,
  outcome: 'exact' | 'approximate' | 'unsupported',
  line: number,
  targets: readonly (readonly [document: number, line: number, endLine?: number])[],
): LinkedField => ({
  index,
  field: { document: 0, path: `spec.f${index}`, outcome, targets: [] },
  span: span(line),
  counterparts: targets.map(([document, at, end]) => ({ document, path: `to.${at}`, span: span(at, end) })),
});
const fields = [
  linked(0, 'exact', 3, [
    [0, 5],
    [1, 2],
  ]),
  linked(1, 'approximate', 4, [[0, 5, 6]]),
  linked(2, 'unsupported', 4, []),
];
const links: LinkIndex = {
  fields,
  outcomesByLine: new Map([
    [3, ['exact']],
    [4, ['approximate', 'unsupported']],
  ]),
  arrivals: new Map(
    [0, 1].map((tab) => [
      tab,
      fields.flatMap(({ field, counterparts }) =>
        counterparts.filter(({ document }) => document === tab).map(({ span }) => ({ outcome: field.outcome, span })),
      ),
    ]),
  ),
  at: (place) => ({ place, fields: [], isBlock: false, elsewhere: [] }),
};
const source = { text: '', sections: [{ document: 0, heading: 1, lastLine: 9 }] };
const finding = (code: string): PlacedDiagnostic => ({
  document: 0,
  diagnostic: { code, severity: 'blocker', message: '', help: '' },
});
const listed: ListedFinding[] = [
  { index: 0, finding: finding('A-1'), line: 4 },
  { index: 1, finding: finding('A-2'), line: 4 },
  { index: 2, finding: finding('A-3') },
];

test('a line has the mark of its gravest field, and says all of them in words', () => {
  const marks = marksBefore(links, source, [], new Map(), undefined, {});
  expect(marks.filter(({ glyph }) => glyph !== undefined)).toMatchObject([
    { line: 3, glyph: { className: 'glyph exact', words: 'Carried over exactly' } },
    {
      line: 4,
      glyph: { className: 'glyph unsupported', words: 'Carried over with a difference; Cannot be carried over' },
    },
  ]);
  expect(marks[0]).toMatchObject({ line: 1, className: 'heading' });
});

test('a filter leaves the marks of its outcomes, and sets other lines aside', () => {
  const marks = marksBefore(links, source, [], new Map(), new Set(['approximate']), {});
  expect(marks.slice(1)).toMatchObject([
    { line: 3, inlineClassName: 'aside' },
    { line: 4, glyph: { className: 'glyph approximate', words: 'Carried over with a difference' } },
  ]);
});

test('the first finding of a line stands behind it, with the number of the others', () => {
  const marks = marksBefore(links, source, listed, new Map([['A-1', 'Host is lost']]), undefined, {});
  const notes = marks.filter(({ after }) => after !== undefined);
  expect(notes).toMatchObject([
    { line: 4, marginClassName: 'findingMargin blocker', after: { text: '    A-1 Host is lost and 1 more' } },
  ]);
});

test('emitted lines have the mark of the gravest field that went into them, in the open tab only', () => {
  expect(marksAfter(links, 0, {}).map(({ line, glyph }) => [line, glyph?.className])).toEqual([
    [5, 'glyph approximate'],
    [6, 'glyph approximate'],
  ]);
  expect(marksAfter(links, 2, {})).toEqual([]);
});

test('fields light up on both sides: the key and value of one line, the lines of several', () => {
  expect(litBefore(fields.slice(0, 1), 'atCursor', {})).toEqual([
    { line: 3, endLine: 3, className: 'atCursor ofSource' },
    { line: 3, endLine: 3, columns: [3, 12], inlineClassName: 'atCursorText ofSource' },
  ]);
  expect(litAfter(fields.slice(1), 0, 'hovered', {})).toEqual([{ line: 5, endLine: 6, className: 'hovered ofTarget' }]);
});

test('the tabs that hold counterparts are counted in their order', () => {
  expect([...countByTab(fields)]).toEqual([
    [0, 2],
    [1, 1],
  ]);
});

test('lines that several fields share light up once', () => {
  expect(litBefore(fields, 'atCursor', {}).filter(({ columns }) => columns === undefined)).toMatchObject([
    { line: 3, endLine: 3 },
    { line: 4, endLine: 4 },
  ]);
  expect(litAfter(fields, 0, 'atCursor', {}).filter(({ columns }) => columns === undefined)).toMatchObject([
    { line: 5, endLine: 6 },
  ]);
});

test('the line of the cursor is marked where nothing else lights it up', () => {
  const lit = litBefore(fields, 'atCursor', {});
  expect(cursorLine(4, lit, {})).toEqual([]);
  expect(cursorLine(5, lit, {})).toEqual([{ line: 5, endLine: 5, className: 'cursorLine' }]);
});

test('the rule that decides is marked as a whole, and each step has its number behind its line', () => {
  const rule = (number: number, decides: boolean, line = 4, endLine = 6) => ({
    place: { side: 'before' as const, line, endLine },
    number,
    decides,
  });
  const notes = (...rules: Parameters<typeof ruleMarks>[0]) =>
    ruleMarks(rules, 'ofSource', {}).flatMap(({ after }) => (after === undefined ? [] : [after.text.trim()]));
  expect(ruleMarks([rule(2, true)], 'ofSource', {})).toMatchObject([
    { line: 4, after: { className: 'decidedNote ofSource' } },
    { line: 4, endLine: 6, className: 'decidedRule ofSource' },
  ]);
  expect(notes(rule(1, false), rule(2, true, 8, 9))).toEqual(['▷ step 1 passed over', '▶ step 2 decides']);
  expect(notes(rule(1, false), rule(2, false), rule(3, false), rule(4, true))).toEqual([
    '▶ step 4 decides, steps 1–3 passed over',
  ]);
  expect(notes(rule(1, false), rule(3, false), rule(4, false))).toEqual(['▷ steps 1, 3, 4 passed over']);
});
