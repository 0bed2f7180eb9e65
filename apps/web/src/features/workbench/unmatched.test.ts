import { expect, test } from 'vitest';
import { worst } from './outcomes.ts';
import { documentsShown, groupUnmatched } from './unmatched.ts';

const field = (document: number, outcome: 'exact' | 'unsupported' | 'untranslated', code?: string, targets = 0) => ({
  document,
  path: 'spec.a',
  outcome,
  ...(code === undefined ? {} : { code }),
  targets: Array.from({ length: targets }, () => ({ document: 0, path: 'spec.b' })),
});
const fields = [
  field(0, 'untranslated', 'ISTHMUS-TR-001'),
  field(0, 'exact', undefined, 1),
  field(1, 'exact'),
  field(1, 'unsupported', 'ISTHMUS-VS-009'),
  field(1, 'untranslated', 'ISTHMUS-TR-001'),
];
const codes = [{ code: 'ISTHMUS-TR-001', title: 'Restriction not translated' }];

test('fields without a counterpart are grouped by reason, the gravest first', () => {
  expect(groupUnmatched({ fields, codes })).toEqual([
    { outcome: 'unsupported', code: 'ISTHMUS-VS-009', reason: 'Kong Mesh cannot express it', fields: [3] },
    { outcome: 'untranslated', code: 'ISTHMUS-TR-001', reason: 'Restriction not translated', fields: [0, 4] },
    { outcome: 'exact', reason: 'Kong Mesh does the same without a field for it', fields: [2] },
  ]);
});

test('a filter keeps its outcomes, and the documents that have them', () => {
  const shown = new Set(['unsupported'] as const);
  expect(groupUnmatched({ fields, codes }, shown).map((group) => group.fields)).toEqual([[3]]);
  const before = [0, 1, 2].map(() => ({}) as never);
  expect([...documentsShown({ before, fields }, shown)]).toEqual([1]);
  expect([...documentsShown({ before, fields })]).toEqual([0, 1, 2]);
});

test('the mark of a line is that of its gravest field', () => {
  expect(worst(['exact', 'untranslated', 'inert'])).toBe('untranslated');
  expect(worst(['untranslated', 'unsupported'])).toBe('unsupported');
  expect(worst([])).toBeUndefined();
});
