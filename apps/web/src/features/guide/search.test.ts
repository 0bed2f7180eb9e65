import { expect, test } from 'vitest';
import { guideEntries } from './entries.ts';
import { markWords, searchGuide } from './search.ts';

const entries = guideEntries(
  [{ istio: 'Telemetry', kong: 'MeshAccessLog', forms: 'mesh, namespace and workload level' }],
  [{ code: 'ISTHMUS-AP-003', title: 'Allowing rule is left out' }],
);
const found = (query: string): string[] => searchGuide(entries, query).map(({ entry }) => entry.title);

test('nothing is found without a query, or for words that stand nowhere together', () => {
  expect(searchGuide(entries, '  ')).toEqual([]);
  expect(searchGuide(entries, 'mtls zeppelin')).toEqual([]);
});

test.each([
  ['who may call', 'Who may call whom'],
  ['default deny', 'Everything denied with the first identity'],
  ['duplicate injection', 'Two injectors for one pod'],
  ['DNS overlap', 'Host names that cover those of the cluster'],
  ['meshtrust root', 'How each mesh comes to trust the other'],
  ['zone-token', 'Join another cluster'],
  ['proxy-status', 'List proxies and whether they are in step'],
  ['15 seconds', 'Requests that end after 15 seconds'],
  ['MeshAccessLog workload level', 'Telemetry'],
  ['ap-003', 'ISTHMUS-AP-003 Allowing rule is left out'],
  ['5.73 mb', 'Scale, with numbers'],
  ['NETWORK node', 'Pods on the network of their node'],
])('%s finds %s', (query, title) => {
  expect(found(query)).toContain(title);
});

test('a word in a title counts more than one in a text', () => {
  expect(found('ambient')[0]).toBe('Ambient mode');
  expect(found('injector')[0]).toBe('Two injectors for one pod');
});

test('the excerpt shows where the words stand, also far into a text', () => {
  const hit = searchGuide(entries, 'mzsvc').find(({ entry }) => entry.section === 'zones');
  expect(hit?.excerpt.filter(({ isHit }) => isHit).map(({ text }) => text)).toEqual(['mzsvc']);
  expect(hit?.excerpt.map(({ text }) => text).join('').length).toBeLessThan(200);
});

test('signs of expressions are taken as they are', () => {
  expect(markWords('a (b) .* c', ['(b)', '.*'])).toEqual([
    { text: 'a ', isHit: false },
    { text: '(b)', isHit: true },
    { text: ' ', isHit: false },
    { text: '.*', isHit: true },
    { text: ' c', isHit: false },
  ]);
  expect(searchGuide(entries, '[').length).toBeGreaterThan(0);
});
