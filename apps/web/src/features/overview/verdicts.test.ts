import type { BehaviourRow, BehaviourState, Service } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { verdictCounts, verdictSentence, verdictsBy } from './verdicts.ts';

const aspect = (verdict: BehaviourState) => ({ verdict, same: 0, others: 0, unpredicted: 0, sentence: '' });
const row = (service: string, routing: BehaviourState, resilience: BehaviourState = 'same'): BehaviourRow => ({
  service,
  ports: [80],
  routing: aspect(routing),
  resilience: aspect(resilience),
  notCompared: 0,
});
const rows = [
  row('sales/seats', 'differs'),
  row('sales/web', 'same', 'undecided'),
  row('crew/rosters', 'same'),
  row('crew/shifts', 'accepted'),
];
const service = (id: string, wave: number | null) => ({ id, wave }) as Service;

test('a service counts with the worse of its verdicts', () =>
  expect(verdictCounts(rows)).toEqual({ same: 1, differs: 1, undecided: 1, accepted: 1 }));

test('verdicts are added up by namespace, and by what services say of themselves', () => {
  expect(verdictsBy(rows, undefined, () => '').get('sales')).toMatchObject({ differs: 1, undecided: 1, same: 0 });
  const services = [service('sales/seats', 1), service('sales/web', 2), service('crew/rosters', 1)];
  const byWave = verdictsBy(rows, services, ({ wave }) => String(wave));
  expect(byWave.get('1')).toMatchObject({ differs: 1, same: 1 });
  // Of a service that is not listed any more nothing is counted.
  expect([...byWave.keys()]).toEqual(['1', '2']);
});

test('the sentence has its denominator, and says what is not known yet', () => {
  const counts = verdictCounts(rows);
  expect(verdictSentence(counts, { verified: 5, services: 5 })).toBe(
    'Kong Mesh treats every request to 1 of 4 services as Istio does; 1 differs; 1 is undecided; 1 is accepted as different.',
  );
  expect(verdictSentence(counts, { verified: 5, services: 9 })).toContain(' 4 of 9 services are not compared yet.');
  expect(verdictSentence(verdictCounts([]), { verified: 2, services: 2 })).toBe(
    'No service of this snapshot takes requests that could be compared.',
  );
});
