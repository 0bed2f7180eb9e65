import { circleOf } from './circle.ts';
import { components } from './components.ts';
import { countCrossing, type PlanInput, type Unkept, type Wave } from './plan.ts';
import type { PlanSettings } from './settings.ts';

/** What follows from waves that a person arranged. */
export interface Assessment {
  readonly waves: readonly (Pick<Wave, 'number' | 'crossing'> & {
    readonly services: readonly string[];
    readonly namespaces: readonly string[];
  })[];
  /** The most calls that cross at once. */
  readonly crossing: number;
  /** What of order, circles, limits and pins the arrangement does not keep. */
  readonly unkept: readonly Unkept[];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sets of services that call each other in a circle. */
function circles(ids: readonly string[], calls: PlanInput['calls']): { members: string[]; circle: string[] }[] {
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const next: number[][] = ids.map(() => []);
  const names = new Map<string, string[]>();
  for (const { from, to } of calls) {
    const [caller, callee] = [indexes.get(from), indexes.get(to)];
    if (caller === undefined || callee === undefined || caller === callee) continue;
    next[caller]?.push(callee);
    names.set(from, [...(names.get(from) ?? []), to]);
  }
  const component = components(next);
  const members = Map.groupBy(ids, (id) => component[indexes.get(id) as number] as number);
  return [...members.values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const sorted = group.toSorted(compare);
      return { members: sorted, circle: circleOf(sorted, names) };
    });
}

/**
 * Says what follows from waves that a person arranged: calls that cross after each, and everything that order, circles,
 * limits and pins would have otherwise. Nothing is changed: the person decides. Waves without services count, since they may be
 * filled next.
 */
export function assessWaves(
  input: PlanInput,
  arrangement: readonly (readonly string[])[],
  settings: PlanSettings,
): Assessment {
  const { order, most, oneNamespace, pinned } = settings;
  const excluded = new Set(settings.excluded);
  const namespaces = new Map(input.services.map(({ id, namespace }) => [id, namespace]));
  const unkept: Unkept[] = [];
  const waveOf = new Map<string, number>();
  const waves = arrangement.map((services, index) => {
    const own: string[] = [];
    for (const id of services) {
      const before = waveOf.get(id);
      if (!namespaces.has(id))
        unkept.push({ kind: 'unknown', services: [id], reason: `The import has no service ${id}.` });
      else if (before !== undefined)
        unkept.push({
          kind: 'twice',
          services: [id],
          reason: `${id} is in wave ${before} and again in wave ${index + 1}: the first counts.`,
        });
      else {
        waveOf.set(id, index + 1);
        own.push(id);
      }
    }
    return own;
  });
  for (const id of [...waveOf.keys()].sort(compare))
    if (excluded.has(id))
      unkept.push({ kind: 'pin', services: [id], reason: `${id} is excluded, but stands in wave ${waveOf.get(id)}.` });
  const unplaced = [...namespaces.keys()].filter((id) => !waveOf.has(id) && !excluded.has(id)).sort(compare);
  if (unplaced.length > 0)
    unkept.push({
      kind: 'unplaced',
      services: unplaced,
      reason: `${unplaced.length === 1 ? `${unplaced[0]} is` : `${unplaced.length} services are`} in no wave: they stay in Istio.`,
    });
  const calls = [...new Map(input.calls.map((call) => [`${call.from}\n${call.to}`, call])).values()]
    .filter(({ from, to }) => from !== to && namespaces.has(from) && namespaces.has(to))
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
  const inCircle = new Map<string, number>();
  for (const [index, { members, circle }] of circles([...waveOf.keys()], calls).entries()) {
    for (const id of members) inCircle.set(id, index);
    const own = [...new Set(members.map((id) => waveOf.get(id) as number))].sort((a, b) => a - b);
    if (own.length > 1)
      unkept.push({
        kind: 'circle',
        services: members,
        reason: `${circle.join(' → ')} is a circle of calls: no order of the waves ${own.join(', ')} puts all of its callees ${order === 'callees-first' ? 'before' : 'behind'} their callers. Its services can only move together.`,
      });
  }
  for (const { from, to } of calls) {
    const [caller, callee] = [waveOf.get(from), waveOf.get(to)];
    if (caller === undefined || callee === undefined) continue;
    if (inCircle.has(from) && inCircle.get(from) === inCircle.get(to)) continue;
    if (order === 'callees-first' ? callee <= caller : caller <= callee) continue;
    const [first, second] = order === 'callees-first' ? [to, from] : [from, to];
    unkept.push({
      kind: 'order',
      services: [from, to],
      reason: `${from} calls ${to}: ${first} is to move first, but is in wave ${waveOf.get(first)} behind ${second} in wave ${waveOf.get(second)}.`,
    });
  }
  for (const set of input.together ?? []) {
    const own = [...new Set(set.map((id) => waveOf.get(id)))];
    if (own.length > 1)
      unkept.push({
        kind: 'apart',
        services: [...set],
        reason: `${set.join(', ')} cannot move apart from each other: the same pods stand behind them.`,
      });
  }
  for (const [index, services] of waves.entries()) {
    const own = [...new Set(services.map((id) => namespaces.get(id) ?? ''))].sort(compare);
    if (most !== undefined && services.length > most)
      unkept.push({
        kind: 'limit',
        services,
        reason: `Wave ${index + 1} has ${services.length} services instead of at most ${most}.`,
      });
    if (oneNamespace && own.length > 1)
      unkept.push({
        kind: 'namespace',
        services,
        reason: `Wave ${index + 1} touches ${own.length} namespaces (${own.join(', ')}).`,
      });
  }
  for (const [id, wanted] of Object.entries(pinned).sort(([a], [b]) => compare(a, b))) {
    const wave = waveOf.get(id);
    if (wave !== undefined && wave !== wanted)
      unkept.push({
        kind: 'pin',
        services: [id],
        reason: `${id} is pinned to wave ${wanted}, but stands in wave ${wave}.`,
      });
  }
  const crossing = countCrossing(calls, waveOf, waves.length);
  return {
    waves: waves.map((services, index) => ({
      number: index + 1,
      services: services.toSorted(compare),
      namespaces: [...new Set(services.map((id) => namespaces.get(id) ?? ''))].sort(compare),
      crossing: crossing[index] ?? { toKong: 0, toIstio: 0 },
    })),
    crossing: crossing.reduce((greatest, { toKong, toIstio }) => Math.max(greatest, toKong + toIstio), 0),
    unkept,
  };
}
