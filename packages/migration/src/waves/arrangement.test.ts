import { expect, test } from 'vitest';
import { assessWaves } from './arrangement.ts';
import { planWaves } from './plan.ts';
import { defaultPlanSettings, type PlanSettings } from './settings.ts';

const input = {
  services: ['a/web', 'a/cart', 'b/pay', 'b/db'].map((id) => ({ id, namespace: id.slice(0, 1) })),
  calls: [
    { from: 'a/web', to: 'a/cart' },
    { from: 'a/cart', to: 'b/pay' },
    { from: 'b/pay', to: 'b/db' },
  ],
};
const assess = (waves: string[][], own: Partial<PlanSettings> = {}, calls = input.calls) =>
  assessWaves({ ...input, calls }, waves, { ...defaultPlanSettings, ...own });
const kinds = (...args: Parameters<typeof assess>): string[] => assess(...args).unkept.map(({ kind }) => kind);

test('waves as they are planned are assessed as they were planned', () => {
  const { waves, unkept } = planWaves(input, defaultPlanSettings);
  const assessed = assess(waves.map(({ groups }) => groups.flat()));
  expect(assessed.unkept).toEqual(unkept);
  expect(assessed.waves.map(({ crossing }) => crossing)).toEqual(waves.map(({ crossing }) => crossing));
});

test('a service moved before its callee turns a call around, which is said with both waves', () => {
  const { unkept, waves, crossing } = assess([['b/db', 'a/web'], ['b/pay'], ['a/cart']]);
  expect(unkept).toEqual([
    {
      kind: 'order',
      services: ['a/web', 'a/cart'],
      reason: 'a/web calls a/cart: a/cart is to move first, but is in wave 3 behind a/web in wave 1.',
    },
  ]);
  expect(waves.map((wave) => wave.crossing)).toEqual([
    { toKong: 1, toIstio: 1 },
    { toKong: 1, toIstio: 1 },
    { toKong: 0, toIstio: 0 },
  ]);
  expect(crossing).toBe(2);
});

test('a circle torn apart is named, once, and not as many wrong orders', () => {
  const calls = [...input.calls, { from: 'b/pay', to: 'a/web' }];
  const { unkept } = assess([['b/db'], ['a/web'], ['a/cart', 'b/pay']], {}, calls);
  expect(unkept).toMatchObject([{ kind: 'circle', services: ['a/cart', 'a/web', 'b/pay'] }]);
  expect(unkept[0]?.reason).toContain('a/cart → b/pay → a/web → a/cart is a circle of calls');
  expect(kinds([['b/db'], ['a/cart', 'a/web', 'b/pay']], {}, calls)).toEqual([]);
});

test('what is in no wave, twice in one, unknown or excluded is said, and nothing is lost', () => {
  expect(kinds([['b/db'], ['b/db', 'b/pay', 'x/none'], ['a/cart']], { excluded: ['a/cart'] })).toEqual([
    'twice',
    'unknown',
    'pin',
    'unplaced',
  ]);
  expect(assess([['b/db'], ['b/pay']]).unkept[0]?.reason).toBe('2 services are in no wave: they stay in Istio.');
});

test('limits, namespaces, pins and shared pods count', () => {
  const waves = [['b/db', 'b/pay', 'a/cart'], ['a/web']];
  expect(kinds(waves, { most: 2, oneNamespace: true, pinned: { 'a/web': 3 } })).toEqual(['limit', 'namespace', 'pin']);
  const apart = assessWaves({ ...input, together: [['a/cart', 'a/web']] }, waves, defaultPlanSettings);
  expect(apart.unkept).toMatchObject([{ kind: 'apart', services: ['a/cart', 'a/web'] }]);
});

test('an empty wave counts', () => {
  expect(assess([[], ['b/db'], ['b/pay'], ['a/cart'], ['a/web']]).waves.map(({ services }) => services.length)).toEqual(
    [0, 1, 1, 1, 1],
  );
});
