import { expect, test } from 'vitest';
import { sentenceOf } from './sentences.ts';

test.each([
  ['phase', 'discovered', 'reviewed', 'phase: discovered → reviewed'],
  ['phase', null, 'reviewed', 'phase: reviewed'],
  [
    'plan',
    '{"most":null,"shift":[10,100]}',
    '{"most":5,"shift":[100]}',
    'plan: most: none → 5, shift: [10,100] → [100]',
  ],
  ['approval', 'approved', null, 'took the approval back'],
  ['share', '10 %', '50 %', 'share in Kong Mesh: 10 % → 50 %'],
  ['override', null, 'tried by hand', 'entered the phase although its gate was shut: “tried by hand”'],
  ['owner', '', 'Blue', 'owner: “Blue”'],
  ['owner', 'Blue', '', 'owner: “Blue” → nothing'],
  ['created', null, 'Kong Air', 'created as “Kong Air”'],
  ['imported', null, 'Snapshot 1: 52 files', 'imported: Snapshot 1: 52 files'],
  ['archived', 'false', 'true', 'archived'],
  ['archived', 'true', 'false', 'brought back from the archive'],
  [
    'settings',
    '{"target":"2.14","complete":false}',
    '{"target":"3.0","complete":false}',
    'settings: target: 2.14 → 3.0',
  ],
  ['settings', '{"target":"2.14"}', '{"target":"3.0","zone":"default"}', 'settings: target: 2.14 → 3.0'],
  [
    'ISTHMUS-VS-009 at VirtualService a/b spec',
    null,
    'rare',
    'accepted ISTHMUS-VS-009 at VirtualService a/b spec: “rare”',
  ],
  ['ISTHMUS-VS-009', 'rare', null, 'took back the acceptance of ISTHMUS-VS-009: “rare”'],
  ['settings', 'not JSON', 'x', 'settings changed'],
])('%s from %s to %s reads %s', (field, before, after, text) =>
  expect(sentenceOf({ field, before, after })).toBe(text),
);
