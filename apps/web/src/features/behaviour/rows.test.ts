import type { BehaviourRow, BehaviourState } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { answerOf, byUrgency, countsOf, filterRows } from './rows.ts';

const summary = (verdict: BehaviourState, unpredicted = 0) => ({
  verdict,
  same: 1,
  others: verdict === 'same' ? 0 : 1,
  unpredicted,
  sentence: verdict === 'same' ? 'Same for all requests.' : 'Differs: `GET /v2`.',
});
const row = (service: string, routing: BehaviourState, resilience: BehaviourState, unpredicted = 0): BehaviourRow => ({
  service,
  ports: [80],
  routing: summary(routing, unpredicted),
  resilience: summary(resilience),
  notCompared: 0,
});
const rows = [
  row('sales/a', 'same', 'same'),
  row('sales/b', 'same', 'differs'),
  row('web/c', 'accepted', 'same'),
  row('web/d', 'differs', 'same', 1),
  row('web/e', 'undecided', 'accepted'),
];
const names = (list: readonly BehaviourRow[]): string[] => list.map(({ service }) => service);

test('what no finding foretold stands first, then what differs', () => {
  expect(names(byUrgency(rows))).toEqual(['web/d', 'sales/b', 'web/e', 'web/c', 'sales/a']);
});

test('filters narrow together, and an aspect says whose verdicts count', () => {
  expect(filterRows(rows, {})).toBe(rows);
  expect(names(filterRows(rows, { verdict: 'differs' }))).toEqual(['sales/b', 'web/d']);
  expect(names(filterRows(rows, { verdict: 'differs', aspect: 'resilience' }))).toEqual(['sales/b']);
  expect(names(filterRows(rows, { verdict: 'unpredicted,undecided' }))).toEqual(['web/d', 'web/e']);
  expect(names(filterRows(rows, { namespace: 'web', q: '/v2 e' }))).toEqual(['web/c', 'web/d', 'web/e']);
  expect(countsOf(rows, undefined)).toEqual({ unpredicted: 1, differs: 2, undecided: 1, accepted: 2, same: 4 });
  expect(countsOf(rows, 'routing')).toEqual({ unpredicted: 1, differs: 1, undecided: 1, accepted: 1, same: 2 });
});

const nothing = { same: 0, differs: 0, undecided: 0, accepted: 0, unpredicted: 0 };
const soFar = (list: readonly BehaviourRow[], services: number, verified = list.length) => ({
  complete: verified === services,
  verified,
  services,
  clusters: [] as string[],
  tally: { routing: nothing, resilience: nothing },
  rows: [...list],
});

test('the answer tells what is proven, what is not, and how far it is', () => {
  expect(answerOf(soFar([], 0))).toMatch(/no Service that takes requests/);
  expect(answerOf(soFar(rows.slice(0, 1), 1))).toBe(
    'Proven: Kong Mesh treats every request to the service as Istio does.',
  );
  expect(answerOf(soFar(rows, 5))).toBe(
    'Kong Mesh treats every request to 1 of 5 services as Istio does; 2 differ, each shown by a request; 1 is undecided; 1 is accepted as different. No finding foretold a difference of 1 service: look there first.',
  );
  expect(answerOf(soFar(rows.slice(0, 1), 3, 3))).toMatch(/as Istio does; 2 more take no requests\.$/);
  const several = { ...soFar(rows.slice(0, 1), 1), clusters: ['east', 'west'] };
  expect(answerOf(several)).toMatch(/as Istio does\. Each cluster is compared by itself\.$/);
  expect(answerOf(several, 'east')).toMatch(/as Istio does\. Only what cluster east holds is compared\.$/);
  const scoped = rows.slice(0, 1).map((one) => ({ ...one, notCompared: 2 }));
  expect(answerOf(soFar(scoped, 1))).toMatch(/Clients that Istio keeps from knowing a service are not compared\.$/);
  expect(answerOf(soFar(rows.slice(0, 1), 2000))).toMatch(
    /^Kong Mesh treats every request to 1 of the 1 service compared/,
  );
});
