import type { AccessRow } from '@isthmus/contract';
import { expect, test } from 'vitest';
import {
  acceptedFor,
  accountOf,
  byUrgency,
  countsOf,
  filterRows,
  matrixOf,
  sumsByAccount,
  sumsOf,
  verdictsOf,
  withoutAcceptance,
} from './rows.ts';

const row = (part: Partial<AccessRow>): AccessRow => ({
  id: 'sales/seats:80:0',
  aspect: 'access',
  workload: 'sales/seats',
  services: ['sales/seats'],
  port: 80,
  count: 1,
  callers: ['sales/web'],
  before: 'may call',
  after: 'may call',
  verdict: 'same',
  sentence: '',
  ...part,
});

const rows = [
  row({ id: 'a' }),
  row({ id: 'b', verdict: 'narrower', after: 'refused', callers: ['passenger/guest', 'any other account of sales'] }),
  row({ id: 'c', verdict: 'wider', before: 'refused', workload: 'passenger/desk', port: 9090, bridge: true }),
  row({ id: 'd', aspect: 'transport', verdict: 'narrower', callers: [], before: 'permissive', after: 'strict' }),
];
const ids = (search: Record<string, string>): string[] => filterRows(rows, search).map(({ id }) => id);

test('what differs is shown by itself, the rest on demand', () => {
  expect(ids({})).toEqual(['b', 'c', 'd']);
  expect(ids({ same: 'shown' })).toEqual(['a', 'b', 'c', 'd']);
  expect(ids({ verdict: 'wider' })).toEqual(['c']);
  expect(ids({ verdict: 'wider', same: 'shown' })).toEqual(['a', 'c']);
});

test('rows are found by namespace, aspect, caller and port', () => {
  expect(ids({ namespace: 'passenger' })).toEqual(['c']);
  expect(ids({ aspect: 'transport' })).toEqual(['d']);
  expect(ids({ q: 'guest' })).toEqual(['b']);
  expect(ids({ q: 'desk:9090 refused' })).toEqual(['c']);
});

test('what is wider stands first', () => {
  expect(byUrgency(rows).map(({ id }) => id)).toEqual(['c', 'b', 'd', 'a']);
  expect(countsOf(rows)).toEqual({ wider: 1, undecided: 0, narrower: 2, same: 1 });
});

test('rows belong to the account that their workload runs as, in its namespace', () => {
  expect(accountOf(row({ workload: 'sales/seats-v2', account: 'seats' }))).toBe('sales/seats');
  expect(accountOf(row({ workload: 'sales/seats-v2' }))).toBe('sales/');
  const sums = sumsByAccount([
    row({ account: 'seats', count: 3 }),
    row({ account: 'seats', workload: 'sales/other', count: 2 }),
    row({ account: 'seats', aspect: 'transport', callers: [] }),
    row({ account: 'seats', workload: 'passenger/seats' }),
  ]);
  expect([...sums]).toEqual([
    ['sales/seats', { access: 5, transport: 1 }],
    ['passenger/seats', { access: 1, transport: 0 }],
  ]);
  expect(sumsOf([])).toEqual({ access: 0, transport: 0 });
});

test('pairs are counted by their verdicts, and what is accepted is no difference to look at', () => {
  expect(
    verdictsOf([
      row({ count: 4 }),
      row({ verdict: 'narrower', count: 2 }),
      row({ verdict: 'narrower', aspect: 'transport' }),
      row({ verdict: 'wider', accepted: 'known', count: 7 }),
      row({ verdict: 'undecided', count: 5 }),
    ]),
  ).toEqual([
    { verdict: 'undecided', count: 5 },
    { verdict: 'narrower', count: 3 },
    { verdict: 'accepted', count: 7 },
    { verdict: 'same', count: 4 },
  ]);
  expect(verdictsOf([])).toEqual([]);
});

test('a matrix has a row for each caller, accounts first, and a column for each port', () => {
  const { ports, callers } = matrixOf([
    row({ callers: ['any other account of sales', 'sales/web', 'passenger/guest'] }),
    row({ port: 9090, callers: ['sales/web'], verdict: 'narrower', after: 'refused' }),
    row({ port: 9090, callers: ['sales/web'], verdict: 'wider', before: 'refused', bridge: true }),
    row({ aspect: 'transport', callers: [] }),
  ]);
  expect(ports).toEqual([80, 9090]);
  expect(callers.map(({ caller, bridge, verdict }) => [caller, bridge, verdict])).toEqual([
    ['passenger/guest', false, 'same'],
    ['sales/web', false, 'narrower'],
    ['sales/web', true, 'wider'],
    ['any other account of sales', false, 'same'],
  ]);
  expect(callers[1]?.cells.get(9090)).toEqual({ before: 'may call', after: 'refused', verdict: 'narrower' });
});

test('what is accepted is what was looked at, and is taken back as a whole', () => {
  const wider = row({ verdict: 'wider', callers: ['a/b', 'c/d'] });
  const accepted = acceptedFor(wider, 'known');
  expect(accepted).toEqual({
    service: 'sales/seats',
    port: 80,
    aspect: 'access',
    verdict: 'wider',
    callers: ['a/b', 'c/d'],
    reason: 'known',
  });
  const other = { ...accepted, service: 'sales/web' };
  const narrower = { service: 'sales/seats', aspect: 'access', reason: 'all ports' } as const;
  expect(withoutAcceptance([accepted, other, narrower], wider)).toEqual([other, narrower]);
  expect(withoutAcceptance([accepted, narrower], { ...wider, verdict: 'narrower' })).toEqual([accepted]);
  expect(acceptedFor({ ...wider, aspect: 'transport', verdict: 'narrower', callers: [] }, 'known')).not.toHaveProperty(
    'callers',
  );
});
