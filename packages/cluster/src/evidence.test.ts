import { describe, expect, test } from 'vitest';
import { enteringAgainst, evidenceOf } from './evidence.ts';
import type { ServiceRow } from './inventory.ts';

const applied = { applied: 2, missing: 0, changed: 0 };
const row = (ready: Partial<ServiceRow['ready']>): ServiceRow => ({
  namespace: 'sales',
  name: 'seats',
  endpoints: 3,
  ready: { istio: 0, ambient: 0, 'kong-mesh': 0, both: 0, none: 0, ...ready },
});
const judged = (phase: string, ...rows: ServiceRow[]) => evidenceOf('sales/seats', phase, rows, applied);

describe('what the cluster shows', () => {
  test.each([
    ['migrated', { 'kong-mesh': 3 }, 'kong-mesh', undefined, undefined],
    ['shifting', { 'kong-mesh': 3 }, 'kong-mesh', undefined, 'migrated'],
    [
      'reviewed',
      { 'kong-mesh': 3 },
      'kong-mesh',
      'Kong Mesh serves it already: 3 ready endpoints, and none of Istio.',
      'migrated',
    ],
    ['shifting', { istio: 2, 'kong-mesh': 1 }, 'both', undefined, undefined],
    [
      'migrated',
      { istio: 2, 'kong-mesh': 1 },
      'both',
      'Istio still serves it: 2 ready endpoints beside 1 of Kong Mesh.',
      'shifting',
    ],
    ['migrated', { istio: 1 }, 'istio', 'No ready endpoint is in Kong Mesh; 1 ready endpoint in Istio.', 'rolled-back'],
    ['bridged', { istio: 3 }, 'istio', undefined, undefined],
    ['discovered', { ambient: 3 }, 'istio', undefined, undefined],
    ['migrated', { none: 3 }, 'no-mesh', 'Its ready endpoints are in no mesh.', undefined],
    ['migrated', {}, 'nothing-ready', 'No endpoint is ready.', undefined],
    ['retired', { both: 1 }, 'both', 'Istio still serves it: 1 ready endpoint beside 1 of Kong Mesh.', 'shifting'],
  ] as const)('beside %s with %j: %s', (phase, ready, shows, disagreement, suggestion) => {
    const evidence = judged(phase, row(ready));
    expect(evidence.shows).toBe(shows);
    expect(evidence.disagreement).toBe(disagreement);
    expect(evidence.suggestion).toBe(suggestion);
  });

  test('of several clusters counts together', () => {
    expect(judged('migrated', row({ 'kong-mesh': 2 }), row({ istio: 1 }))).toMatchObject({
      shows: 'both',
      istio: 1,
      kongMesh: 2,
    });
  });

  test('may be nothing', () => {
    expect(judged('bridged').disagreement).toBe('The cluster has no such Service.');
    expect(judged('discovered')).not.toHaveProperty('disagreement');
  });
});

test('policies that are missing speak against a phase that needs them', () => {
  const lacking = { applied: 1, missing: 1, changed: 1 };
  expect(evidenceOf('a/b', 'bridged', [row({ istio: 1 })], lacking).disagreement).toBe(
    '2 of 3 of its policies are missing or changed in the cluster.',
  );
  expect(evidenceOf('a/b', 'reviewed', [row({ istio: 1 })], lacking)).not.toHaveProperty('disagreement');
});

test.each([
  ['translated', { istio: 3 }, undefined],
  ['bridged', { istio: 3 }, undefined],
  ['shifting', { istio: 3 }, undefined],
  ['migrated', { istio: 1, 'kong-mesh': 2 }, 'Istio still serves it: 1 ready endpoint beside 2 of Kong Mesh.'],
  ['migrated', { 'kong-mesh': 2 }, undefined],
  ['retired', { istio: 2 }, 'No ready endpoint is in Kong Mesh; 2 ready endpoints in Istio.'],
] as const)('against entering %s with %j speaks: %s', (to, ready, against) => {
  expect(enteringAgainst('sales/seats', to, [row(ready)], applied)).toBe(against);
});

test('policies that are missing keep from being bridged, and from what follows', () => {
  const lacking = { applied: 0, missing: 1, changed: 0 };
  expect(enteringAgainst('a/b', 'reviewed', [], lacking)).toBeUndefined();
  for (const to of ['bridged', 'shifting'])
    expect(enteringAgainst('a/b', to, [row({ istio: 1 })], lacking)).toBe(
      '1 of 1 of its policies is missing or changed in the cluster.',
    );
});
