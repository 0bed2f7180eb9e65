import type { ChangedResource, ChangedVerdicts, Changes, Decision } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { answerOf, filterDecisions, filterResources, filterVerdicts } from './changes.ts';

const snapshot = (number: number): Changes['from'] => ({
  id: String(number),
  number,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'Ann',
  files: 1,
  documents: 3,
  resources: 3,
  istio: 2,
  skipped: 0,
});
const none = { added: 0, changed: 0, removed: 0, same: 3 };
const changes = (source: Changes['source'], result: Changes['result']): Changes => ({
  from: snapshot(1),
  to: snapshot(2),
  source,
  result,
  sources: [],
  results: [],
});
const decision = (holds: boolean, id = 'a'): Decision => ({
  id,
  what: 'phase',
  subject: 'sales/seats',
  detail: 'reviewed',
  by: 'Ann',
  at: null,
  holds,
  why: 'A resource that is about it has changed.',
});
const judged = (decisions: readonly Decision[]): ChangedVerdicts => ({
  complete: true,
  compared: 4,
  total: 4,
  same: 3,
  verdicts: [
    { id: 'r', subject: 'sales/seats', aspect: 'routing', before: 'same', after: 'differs', sentence: 'Differs.' },
  ],
  decisions: [...decisions],
});

test('the answer counts what changed, with what it is out of', () => {
  expect(answerOf(changes(none, none), undefined)).toBe('Snapshot 2 holds the same 3 resources as snapshot 1.');
  const ofClusters = (of: Changes): Changes => ({ ...of, to: { ...of.to, number: null } });
  expect(answerOf(ofClusters(changes(none, none)), undefined)).toBe(
    'The clusters hold the same 3 resources as snapshot 1.',
  );
  const some = changes({ added: 1, changed: 2, removed: 0, same: 3 }, { ...none, changed: 1 });
  expect(answerOf(ofClusters(some), undefined)).toMatch(/^From snapshot 1 to the clusters, 3 of 6 resources are not/);
  expect(answerOf(some, undefined)).toBe(
    'From snapshot 1 to 2, 3 of 6 resources are not as before (1 added, 2 changed), and with them 1 emitted resource.',
  );
  expect(answerOf(some, judged([]))).toContain('1 of 4 verdicts is other than before. Nothing had been decided yet.');
  expect(answerOf(some, judged([decision(true)]))).toContain('All 1 decision stands.');
  expect(answerOf(some, judged([decision(true), decision(false)]))).toContain(
    '1 of 2 decisions has to be looked at again.',
  );
  expect(answerOf(some, { ...judged([]), complete: false })).not.toContain('verdict');
});

test('lists are narrowed by text, change, kind and state', () => {
  const row: ChangedResource = {
    id: 'a',
    change: 'changed',
    kind: 'VirtualService',
    namespace: 'sales',
    name: 'seats',
    fields: [{ change: 'changed', path: 'spec.http[0].retries.attempts', before: '2', after: '9' }],
    more: 0,
  };
  const rows = [row, { ...row, id: 'b', change: 'added' as const, kind: 'Sidecar', fields: [] }];
  const ids = (search: Record<string, string>) => filterResources(rows, search).map(({ id }) => id);
  expect(ids({})).toEqual(['a', 'b']);
  expect(ids({ q: 'SALES/seats attempts' })).toEqual(['a']);
  expect(ids({ change: 'added,removed' })).toEqual(['b']);
  expect(ids({ kind: 'Sidecar', change: 'changed' })).toEqual([]);
  expect(filterVerdicts(judged([]).verdicts, { kind: 'access' })).toEqual([]);
  const decisions = [decision(true, 'x'), decision(false, 'y')];
  expect(filterDecisions(decisions, { change: 'look-again', q: 'seats' }).map(({ id }) => id)).toEqual(['y']);
});
