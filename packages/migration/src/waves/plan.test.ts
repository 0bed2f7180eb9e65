import fc from 'fast-check';
import { expect, test } from 'vitest';
import { circleOf } from './circle.ts';
import { components } from './components.ts';
import { type Plan, type PlanInput, planWaves } from './plan.ts';
import { defaultPlanSettings, type PlanSettings } from './settings.ts';

const inputOf = (calls: string): PlanInput => {
  const pairs = calls.split(' ').map((call) => call.split('>'));
  const ids = [...new Set(pairs.flat())];
  return {
    services: ids.map((id) => ({ id, namespace: id.split('/')[0] ?? '' })),
    calls: pairs.flatMap(([from, to]) => (from === undefined || to === undefined ? [] : [{ from, to }])),
  };
};
const plan = (calls: string, settings: Partial<PlanSettings> = {}): Plan =>
  planWaves(inputOf(calls), { ...defaultPlanSettings, ...settings });
const shown = ({ waves }: Plan): string[] =>
  waves.map(
    ({ groups, crossing }) =>
      `${groups.map((group) => group.join('+')).join(' ')} | ${crossing.toKong}/${crossing.toIstio}`,
  );

test('callees move before callers, or the reverse; calls cross to the mesh that has the callee', () => {
  expect(shown(plan('n/a>n/b n/b>n/c'))).toEqual(['n/c | 1/0', 'n/b | 1/0', 'n/a | 0/0']);
  expect(shown(plan('n/a>n/b n/b>n/c', { order: 'callers-first' }))).toEqual(['n/a | 0/1', 'n/b | 0/1', 'n/c | 0/0']);
});

test('services in a circle move together', () => {
  expect(shown(plan('n/a>n/b n/b>n/c n/c>n/b n/c>n/d'))).toEqual(['n/d | 1/0', 'n/b+n/c | 1/0', 'n/a | 0/0']);
});

test('who is called by few waits for its caller, so that fewer calls cross', () => {
  // `late` could move first, but its one caller moves last.
  expect(shown(plan('n/a>n/b n/b>n/c n/a>n/late'))).toEqual(['n/c | 1/0', 'n/b n/late | 2/0', 'n/a | 0/0']);
});

test('services that cannot be apart move together, and no call is made of it', () => {
  const input = { ...inputOf('n/a>n/b n/c>n/d'), together: [['n/b', 'n/c', 'n/gone']] };
  expect(shown(planWaves(input, defaultPlanSettings))).toEqual(['n/d | 1/0', 'n/b+n/c | 1/0', 'n/a | 0/0']);
  const { unkept } = planWaves(input, { ...defaultPlanSettings, excluded: ['n/b'] });
  expect(unkept.map(({ reason }) => reason)).toEqual([
    'n/b cannot stay while n/c moves: the same pods stand behind them.',
  ]);
});

test('limits split waves; a group beyond the limit moves alone and is reported', () => {
  expect(shown(plan('n/a n/b n/c n/d n/e', { most: 2 }))).toEqual(['n/a n/b | 0/0', 'n/c n/d | 0/0', 'n/e | 0/0']);
  const { waves, unkept } = plan('n/a>n/b n/b>n/c n/c>n/a n/x', { most: 2 });
  expect(waves.map(({ groups }) => groups.flat())).toEqual([['n/a', 'n/b', 'n/c'], ['n/x']]);
  expect(unkept).toEqual([
    {
      kind: 'limit',
      services: ['n/a', 'n/b', 'n/c'],
      reason: 'Wave 1 has 3 services instead of at most 2: they can only move together.',
    },
  ]);
});

test('one namespace at a time, unless a circle goes through several', () => {
  expect(shown(plan('a/x>b/y a/z b/w', { oneNamespace: true }))).toEqual(['b/w b/y | 1/0', 'a/x a/z | 0/0']);
  const { unkept } = plan('a/x>b/y b/y>a/x a/z', { oneNamespace: true });
  expect(unkept.map(({ reason }) => reason)).toEqual([
    'Wave 1 touches 2 namespaces (a, b): they can only move together.',
  ]);
});

test('a pin holds against the order, and says what it costs', () => {
  const pinned = plan('n/a>n/b', { pinned: { 'n/a': 1, 'n/b': 2 } });
  expect(shown(pinned)).toEqual(['n/a | 0/1', 'n/b | 0/0']);
  expect(pinned.unkept).toEqual([
    {
      kind: 'order',
      services: ['n/a', 'n/b'],
      reason: 'n/a calls n/b, but a pin moves n/a in wave 1 and n/b in wave 2.',
    },
  ]);
  const { unkept } = plan('n/a>n/b', { pinned: { 'n/a': 9 } });
  expect(unkept.map(({ kind, reason }) => [kind, reason])).toEqual([
    ['pin', 'n/a is pinned to wave 9, but moves in wave 2: nothing is left to move in the waves between.'],
  ]);
});

test('cyclic constraints and names that are not there are reported, nothing is lost', () => {
  const { waves, unkept } = plan('n/a>n/b n/b>n/a', {
    pinned: { 'n/a': 1, 'n/b': 2, 'n/none': 1 },
    excluded: ['n/gone'],
  });
  expect(waves.map(({ groups }) => groups)).toEqual([[['n/a', 'n/b']]]);
  expect(unkept.map(({ kind, services }) => [kind, services])).toEqual([
    ['pin', ['n/b']],
    ['unknown', ['n/gone']],
    ['unknown', ['n/none']],
  ]);
});

test('what is excluded stays, and its calls cross for good', () => {
  const result = plan('n/a>n/db n/b>n/a', { excluded: ['n/db'] });
  expect(shown(result)).toEqual(['n/a | 1/1', 'n/b | 0/1']);
  expect(result.excluded).toEqual(['n/db']);
});

test('nothing to move is no wave', () => {
  expect(planWaves({ services: [], calls: [] }, defaultPlanSettings).waves).toEqual([]);
});

test('a circle is told by its calls', () => {
  const next = new Map([
    ['a', ['b', 'x']],
    ['b', ['c']],
    ['c', ['a']],
  ]);
  expect(circleOf(['a', 'b', 'c'], next)).toEqual(['a', 'b', 'c', 'a']);
  expect(circleOf(['a'], next)).toEqual([]);
});

const arbitraryInput = fc
  .record({
    namespaces: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 14 }),
    calls: fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 30 }),
  })
  .map(({ namespaces, calls }): PlanInput => {
    const services = namespaces.map((one, index) => ({ id: `n${one}/s${index}`, namespace: `n${one}` }));
    const at = (index: number): string => services[index % services.length]?.id ?? '';
    return { services, calls: calls.map(([from, to]) => ({ from: at(from), to: at(to) })) };
  });
const arbitrarySettings = (input: PlanInput): fc.Arbitrary<PlanSettings> => {
  const id = fc.constantFrom(...input.services.map((service) => service.id));
  return fc.record({
    order: fc.constantFrom('callees-first' as const, 'callers-first' as const),
    most: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    oneNamespace: fc.boolean(),
    excluded: fc.oneof(fc.constant([]), fc.array(id, { maxLength: 2 })),
    pinned: fc.oneof(fc.constant({}), fc.dictionary(id, fc.integer({ min: 1, max: 6 }), { maxKeys: 3 })),
    confidence: fc.constant(0),
  });
};
const arbitraryCase = arbitraryInput.chain((input) => fc.tuple(fc.constant(input), arbitrarySettings(input)));

/** Who reaches whom, the plain way. */
function reachable({ services, calls }: PlanInput, excluded: readonly string[]): (from: string, to: string) => boolean {
  const kept = calls.filter(({ from, to }) => !excluded.includes(from) && !excluded.includes(to));
  const reach = new Map(services.map(({ id }) => [id, new Set([id])]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, to } of kept)
      for (const id of reach.get(to) ?? [])
        if (!reach.get(from)?.has(id)) {
          reach.get(from)?.add(id);
          changed = true;
        }
  }
  return (from, to) => reach.get(from)?.has(to) ?? false;
}

test('every service is in exactly one wave, circles are together, order and limits are kept or reported', () => {
  fc.assert(
    fc.property(arbitraryCase, ([input, settings]) => {
      const { waves, unkept } = planWaves(input, settings);
      const wave = new Map(waves.flatMap(({ number, groups }) => groups.flat().map((id) => [id, number])));
      const moving = input.services.map(({ id }) => id).filter((id) => !settings.excluded.includes(id));
      expect(waves.flatMap(({ groups }) => groups.flat()).sort()).toEqual([...moving].sort());
      expect(waves.map(({ number }) => number)).toEqual(waves.map((_, index) => index + 1));
      const reaches = reachable(input, settings.excluded);
      const groupOf = new Map(waves.flatMap(({ groups }) => groups.flatMap((group) => group.map((id) => [id, group]))));
      for (const a of moving)
        for (const b of moving) expect(groupOf.get(a) === groupOf.get(b)).toBe(reaches(a, b) && reaches(b, a));
      for (const { from, to } of input.calls) {
        const [caller, callee] = [wave.get(from), wave.get(to)];
        if (caller === undefined || callee === undefined || groupOf.get(from) === groupOf.get(to)) continue;
        const isKept = settings.order === 'callees-first' ? callee < caller : caller < callee;
        const isReported = unkept.some(
          ({ kind, services }) => kind === 'order' && services[0] === from && services[1] === to,
        );
        expect(isReported).toBe(!isKept);
        if (Object.keys(settings.pinned).length === 0) expect(isKept).toBe(true);
      }
      for (const { groups } of waves) {
        const services = groups.flat();
        const reported = (wanted: string): boolean =>
          unkept.some(({ kind, services: own }) => kind === wanted && own.join() === services.join());
        expect(reported('limit')).toBe(settings.most !== undefined && services.length > settings.most);
        const namespaces = new Set(services.map((id) => id.split('/')[0]));
        expect(reported('namespace')).toBe(settings.oneNamespace && namespaces.size > 1);
      }
      for (const [id, pin] of Object.entries(settings.pinned))
        if (wave.get(id) !== pin)
          expect(unkept.some(({ kind, services }) => kind === 'pin' && services[0] === id)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('crossing calls are those whose ends stand in different meshes', () => {
  fc.assert(
    fc.property(arbitraryCase, ([input, settings]) => {
      const moved = new Set<string>();
      const calls = [...new Map(input.calls.map((call) => [`${call.from} ${call.to}`, call])).values()];
      for (const { groups, crossing } of planWaves(input, settings).waves) {
        for (const id of groups.flat()) moved.add(id);
        const count = (from: boolean, to: boolean) =>
          calls.filter((call) => moved.has(call.from) === from && moved.has(call.to) === to).length;
        expect(crossing).toEqual({ toKong: count(false, true), toIstio: count(true, false) });
      }
    }),
    { numRuns: 200 },
  );
});

test('the order of the input changes nothing', () => {
  fc.assert(
    fc.property(arbitraryCase, ([{ services, calls }, settings]) => {
      const other = { services: services.toReversed(), calls: calls.toReversed() };
      expect(planWaves(other, settings)).toEqual(planWaves({ services, calls }, settings));
    }),
    { numRuns: 100 },
  );
});

/** An estate in layers with circles here and there; numbers from a small generator, the same each time. */
function large(size: number, edges: number): PlanInput {
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const services = Array.from({ length: size }, (_, index) => ({
    id: `n${index % 40}/s${index}`,
    namespace: `n${index % 40}`,
  }));
  const at = (index: number): string => services[index]?.id ?? '';
  const calls = Array.from({ length: edges }, (_, index) => {
    const [a, b] = [random(size), random(size)];
    const [from, to] = index % 500 === 0 ? [Math.max(a, b), Math.min(a, b)] : [Math.min(a, b), Math.max(a, b)];
    return { from: at(from), to: at(to) };
  });
  return { services, calls };
}

test.each([
  ['without limits', {}],
  ['with limits', { most: 10 }],
  ['one namespace at a time', { most: 10, oneNamespace: true }],
])('work grows in step with services and calls %s', (_, settings) => {
  const steps = [1, 2].map((factor) => {
    const tally = { steps: 0 };
    planWaves(large(1000 * factor, 5000 * factor), { ...defaultPlanSettings, ...settings }, tally);
    return tally.steps;
  });
  expect((steps[1] as number) / (steps[0] as number)).toBeLessThan(2.6);
});

test('a chain of 50,000 services exhausts no stack', () => {
  const next = Array.from({ length: 50_000 }, (_, index) => (index === 49_999 ? [] : [index + 1]));
  expect(components(next)[0]).toBe(49_999);
});
