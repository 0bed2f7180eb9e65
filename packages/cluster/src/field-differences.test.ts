import { isList, isMap, type Json, type JsonObject, join, parsePath, stringifyJson } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviationsOf, differencesOf, type FieldDifference, swapped } from './field-differences.ts';

const all = Number.POSITIVE_INFINITY;
const printOf = (value: Json): string => stringifyJson(value, { sortKeys: true });

const word = (one: FieldDifference): string => {
  if (one.change === 'added') return `+ ${one.to}`;
  if (one.change === 'removed') return `- ${one.from}`;
  return `${one.change} ${one.from === one.to ? one.to : `${one.from} to ${one.to}`}`;
};
const words = (before: Json, after: Json): string[] => differencesOf(before, after, all).map(word);

const at = (value: Json, path: string): Json | undefined =>
  (parsePath(path) ?? []).reduce<Json | undefined>(
    (found, step) => (found as Record<string, Json> | undefined)?.[step as string],
    value,
  );

const parent = (path: string): [string, string | number | undefined] => {
  const steps = parsePath(path) ?? [];
  return [steps.slice(0, -1).reduce<string>(join, ''), steps.at(-1)];
};

/** What becomes of a value by differences: the newer one, or some of these are not true. */
function apply(value: Json, all: readonly FieldDifference[], from = '', to = ''): Json {
  const here = all.find((one) => one.change === 'changed' && one.from === from && one.to === to);
  if (here !== undefined) return (here as { after: Json }).after;
  const under = (path: string, of: string): string | number | undefined => {
    const [above, step] = parent(path);
    return path !== '' && above === of ? step : undefined;
  };
  const added = all.flatMap((one) => {
    const step = one.change === 'added' ? under(one.to, to) : undefined;
    return one.change === 'added' && step !== undefined ? [[step, one.after] as const] : [];
  });
  const gone = new Set(all.flatMap((one) => (one.change === 'removed' ? [under(one.from, from)] : [])));
  if (isMap(value)) {
    const kept = Object.entries(value).filter(([key]) => !gone.has(key));
    return Object.fromEntries([
      ...kept.map(([key, item]) => [key, apply(item, all, join(from, key), join(to, key))] as const),
      ...added,
    ]);
  }
  if (!isList(value)) return value;
  const places = new Map<number, number>();
  for (const one of all)
    if (one.change === 'moved') {
      const [was, is] = [under(one.from, from), under(one.to, to)];
      if (typeof was === 'number' && typeof is === 'number') places.set(was, is);
    }
  const list: (Json | undefined)[] = Array.from({ length: value.length - gone.size + added.length });
  const isTaken = new Set<number>([...places.values(), ...added.map(([step]) => step as number)]);
  for (const [step, item] of added) list[step as number] = item;
  let next = 0;
  for (const [index, item] of value.entries()) {
    if (gone.has(index)) continue;
    while (isTaken.has(next)) next++;
    const place = places.get(index) ?? next++;
    list[place] = apply(item, all, join(from, index), join(to, place));
  }
  return list as Json[];
}

const scalar = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.nat(3), fc.boolean(), fc.constant(null));
const element: fc.Arbitrary<Json> = fc.letrec<{ value: Json; map: JsonObject; list: Json[] }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'medium' }, scalar, tie('map'), tie('list')),
  map: fc.dictionary(
    fc.constantFrom('name', 'number', 'match', 'route', 'weight', '__proto__', 'odd key', 'targetRef'),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
})).value;

/** A list and what somebody made of it: taken out, put in, put elsewhere, changed. */
const edited: fc.Arbitrary<[Json[], Json[]]> = fc
  .tuple(
    fc.array(element, { maxLength: 8 }),
    fc.array(fc.tuple(fc.constantFrom('drop', 'put', 'move', 'change'), fc.nat(7), fc.nat(7), element), {
      maxLength: 4,
    }),
  )
  .map(([list, edits]) => {
    const next = [...list];
    for (const [edit, from, to, value] of edits) {
      if (edit === 'put') next.splice(to, 0, value);
      else if (edit === 'change') next.splice(from, Math.min(1, next.length), value);
      else {
        const [taken] = next.splice(from, 1);
        if (edit === 'move' && taken !== undefined) next.splice(to, 0, taken);
      }
    }
    return [list, next];
  });
const pair: fc.Arbitrary<[Json, Json]> = fc.oneof(edited, fc.tuple(element, element));

const sorted = (list: readonly FieldDifference[]): string[] =>
  list.map((one) => printOf(one as unknown as Json)).sort();

describe('differences of fields', () => {
  test('applied to the older value give the newer one', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        expect(printOf(apply(before, differencesOf(before, after, all)))).toBe(printOf(after));
      }),
    );
  });

  test('are none of what is equal, and some of what is not', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        expect(differencesOf(before, structuredClone(before) as Json)).toEqual([]);
        expect(differencesOf(before, after).length === 0).toBe(printOf(before) === printOf(after));
      }),
    );
  });

  test('are the same from the other side, with the sides swapped', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        expect(sorted(swapped(differencesOf(before, after, all)))).toEqual(sorted(differencesOf(after, before, all)));
      }),
    );
  });

  test('stand where they say, on either side', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        for (const one of differencesOf(before, after, all)) {
          if ('from' in one) expect(at(before, one.from)).toEqual(one.before);
          if ('to' in one) expect(at(after, one.to)).toEqual(one.after);
        }
      }),
    );
  });

  test('are no more than asked for, the first ones', () => {
    fc.assert(
      fc.property(pair, fc.nat(3), ([before, after], most) => {
        expect(differencesOf(before, after, most)).toEqual(differencesOf(before, after, all).slice(0, most));
      }),
    );
  });
});

/** What a server may add to what was written: keys of maps, on every level. */
const completed = (value: Json, more: readonly Json[]): Json => {
  if (isMap(value))
    return {
      ...Object.fromEntries(Object.entries(value).map(([key, item]) => [key, completed(item, more)])),
      defaulted: more[0] ?? 'x',
    };
  return isList(value) ? value.map((item) => completed(item, more)) : value;
};

describe('deviations from what was written', () => {
  test('are none where a server completed it, whatever it added to which map', () => {
    fc.assert(
      fc.property(element, fc.array(element, { maxLength: 1 }), (written, more) => {
        expect(deviationsOf(written, completed(written, more))).toEqual([]);
      }),
    );
  });

  test('are none where the other comparison finds nothing, and stand where they say', () => {
    fc.assert(
      fc.property(pair, ([written, live]) => {
        const found = deviationsOf(written, live, all);
        if (printOf(written) === printOf(live)) expect(found).toEqual([]);
        for (const one of found) {
          if ('from' in one) expect(at(written, one.from)).toEqual(one.before);
          if ('to' in one) expect(at(live, one.to)).toEqual(one.after);
        }
      }),
    );
  });

  test('leave a completed element with its own, though others came in front of it', () => {
    const written = [
      { uri: '/a', host: 'a' },
      { uri: '/b', host: 'b' },
      { uri: '/c', host: 'c' },
    ];
    const live = [{ uri: '/new', host: 'n', weight: 1 }, ...written.map((one) => ({ ...one, weight: 100, more: {} }))];
    live[2] = { ...(live[2] as { uri: string; weight: number }), host: 'other' };
    expect(deviationsOf(written, live).map(word)).toEqual(['+ [0]', 'changed [1].host to [2].host']);
  });

  test('are none where empty maps and lists were left out', () => {
    expect(deviationsOf({ a: 1, b: {}, c: [{}] }, { a: 1 })).toEqual([]);
    expect(deviationsOf({ b: { c: 1, d: {} } }, {}).map(word)).toEqual(['- b']);
  });
});

const route = (uri: string, host: string, more: JsonObject = {}): JsonObject => ({
  match: [{ uri: { prefix: uri } }],
  route: [{ destination: { host } }],
  ...more,
});

describe('elements of lists are known again', () => {
  test('a route at the head leaves all others as they were', () => {
    const routes = ['a', 'b', 'c', 'd'].map((one) => route(`/${one}`, one));
    expect(words({ http: routes }, { http: [route('/new', 'n'), ...routes] })).toEqual(['+ http[0]']);
    const changed = [...routes.slice(0, 2), route('/c', 'c', { timeout: '1s' }), ...routes.slice(3)];
    expect(words({ http: routes }, { http: [route('/new', 'n'), ...changed] })).toEqual([
      '+ http[0]',
      '+ http[3].timeout',
    ]);
  });

  test('by name, though nothing else is the same', () => {
    const before = [
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'v2', labels: { version: 'v2' } },
    ];
    const after = [
      { name: 'v2', labels: { version: 'v1' } },
      { name: 'v1', labels: { version: 'v9' } },
    ];
    expect(words(before, after).sort()).toEqual([
      expect.stringMatching(/^changed \[(0|1)\]\.labels/),
      expect.stringMatching(/^changed \[(0|1)\]\.labels/),
      expect.stringMatching(/^moved/),
    ]);
  });

  test('by number, by condition, by target', () => {
    expect(words([{ port: 80 }, { port: 443, to: 'a' }], [{ port: 443, to: 'b' }])).toEqual([
      '- [0]',
      'changed [1].to to [0].to',
    ]);
    const match = (uri: string, rest: JsonObject): JsonObject => ({ match: [{ uri: { exact: uri } }], ...rest });
    expect(
      words([match('/a', { route: ['x'] }), match('/b', { route: ['y'] })], [match('/b', { redirect: 'z' })]),
    ).toEqual(['- [0]', '+ [0].redirect', '- [1].route']);
    const target = (name: string, value: string): JsonObject => ({ targetRef: { kind: 'MeshService', name }, value });
    expect(words([target('a', '1'), target('b', '2')], [target('b', '3'), target('a', '1')]).sort()).toEqual([
      'changed [1].value to [0].value',
      expect.stringMatching(/^moved/),
    ]);
  });

  test('what was put elsewhere moved, and nothing else did', () => {
    const routes = ['a', 'b', 'c', 'd', 'e'].map((one) => route(`/${one}`, one));
    const [first, ...others] = routes as [JsonObject, ...JsonObject[]];
    expect(words(routes, [...others, first])).toEqual(['moved [0] to [4]']);
  });

  test('one that was edited in its place is not another one', () => {
    expect(words(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual(['changed [1]']);
    expect(words([route('/a', 'a')], [route('/a', 'b')])).toEqual(['changed [0].route[0].destination.host']);
    expect(words([{ redirect: { uri: '/' } }], [{ route: [{ destination: 'a' }] }])).toEqual(['- [0]', '+ [0]']);
  });

  test('of several that are equal the order that they had is kept', () => {
    expect(words(['x', 'y', 'x', 'z'], ['y', 'x', 'z'])).toEqual(['- [0]']);
    expect(words(['x', 'x', 'y'], ['x', 'x', 'x', 'y'])).toEqual(['+ [2]']);
  });
});

test('lists of thousands are compared at once, whatever was done to them', () => {
  const routes = (size: number): JsonObject[] =>
    Array.from({ length: size }, (_, index) => route(`/${index}`, `host-${index % 7}`));
  const time = (work: () => unknown): number => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  };
  const shuffled = (list: readonly JsonObject[]): JsonObject[] =>
    list
      .map((one, index) => [(index * 7919) % list.length, one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one);
  const edits: readonly ((list: readonly JsonObject[]) => JsonObject[])[] = [
    (list) => [route('/new', 'n'), ...list],
    (list) => list.map((one) => ({ ...one, match: [{ uri: { prefix: 'other' } }], timeout: '1s' })),
    (list) => list.map((_, index) => ({ unlike: index })),
    shuffled,
    (list) => routes(1).flatMap((one) => Array.from({ length: list.length }, () => one)),
  ];
  for (const edit of edits) {
    const [few, many] = [routes(500), routes(2000)];
    differencesOf(few, edit(few), all);
    const small = time(() => differencesOf(few, edit(few), all));
    const large = time(() => differencesOf(many, edit(many), all));
    // Four times as many take about four times as long; every pair of them would take sixteen times as long.
    expect(large).toBeLessThan(Math.max(small, 20) * 12);
  }
});
