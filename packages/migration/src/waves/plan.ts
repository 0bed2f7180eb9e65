import { components, type Tally } from './components.ts';
import { schedule, type Weight } from './schedule.ts';
import type { Order, PlanSettings } from './settings.ts';

/** What is planned: services, and who calls whom. */
export interface PlanInput {
  readonly services: readonly { readonly id: string; readonly namespace: string }[];
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  /** Sets of services that cannot move apart from each other. */
  readonly together?: readonly (readonly string[])[];
}

/** Services that move together, because they call each other in a circle or cannot be apart; or one service. */
export type Group = readonly string[];

export interface Wave {
  /** From 1. */
  readonly number: number;
  readonly groups: readonly Group[];
  /** Calls that cross once the wave has moved. */
  readonly crossing: { readonly toKong: number; readonly toIstio: number };
}

/** What the order or the limits could not keep, with the reason. */
export interface Unkept {
  readonly kind: 'order' | 'limit' | 'namespace' | 'pin' | 'unknown' | 'circle' | 'apart' | 'twice' | 'unplaced';
  readonly services: readonly string[];
  readonly reason: string;
}

export interface Plan {
  readonly order: Order;
  readonly waves: readonly Wave[];
  readonly excluded: readonly string[];
  readonly unkept: readonly Unkept[];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders groups so that each stands behind those before it. */
function sort(before: readonly (readonly number[])[], after: readonly (readonly number[])[]): number[] {
  const missing = before.map(({ length }) => length);
  const sorted = [...missing.keys()].filter((group) => missing[group] === 0);
  for (const group of sorted)
    for (const next of after[group] ?? []) {
      missing[next] = (missing[next] as number) - 1;
      if (missing[next] === 0) sorted.push(next);
    }
  return sorted;
}

/**
 * Plans in which waves services move. Each service that is not excluded is in exactly one; services that call each other
 * in a circle, or cannot be apart, are in the same one; of two others the callee is in an earlier wave than its caller, or the reverse, unless a
 * pin says otherwise, which is reported, as is each limit that cannot be kept. The same services and calls give the same plan,
 * whatever their order.
 */
export function planWaves(input: PlanInput, settings: PlanSettings, tally: Tally = { steps: 0 }): Plan {
  const excluded = new Set(settings.excluded);
  const namespaces = new Map(input.services.map(({ id, namespace }) => [id, namespace]));
  const ids = [...namespaces.keys()].filter((id) => !excluded.has(id)).sort(compare);
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const known = [...new Set(input.calls.map(({ from, to }) => `${from}\n${to}`))].sort(compare).map((key) => {
    const [from = '', to = ''] = key.split('\n');
    return { from, to };
  });
  const next: number[][] = ids.map(() => []);
  const calls: { from: number; to: number }[] = [];
  for (const call of known) {
    const [from, to] = [indexes.get(call.from), indexes.get(call.to)];
    if (from === undefined || to === undefined || from === to) continue;
    calls.push({ from, to });
    next[from]?.push(to);
  }
  // A ring makes them one component; it is no call.
  for (const set of input.together ?? []) {
    const known = set.flatMap((id) => indexes.get(id) ?? []);
    for (const [at, member] of known.entries()) next[member]?.push(known[(at + 1) % known.length] as number);
  }
  const component = components(next, tally);
  // Numbered by their least service, so that ties are broken by name.
  const numbers = new Map<number, number>();
  const members: string[][] = [];
  for (const [index, id] of ids.entries()) {
    const own = component[index] as number;
    const group = numbers.get(own) ?? members.push([]) - 1;
    numbers.set(own, group);
    members[group]?.push(id);
  }
  const groupOf = component.map((own) => numbers.get(own) as number);
  const before: number[][] = members.map(() => []);
  const after: number[][] = members.map(() => []);
  for (const { from, to } of calls) {
    const [caller, callee] = [groupOf[from] as number, groupOf[to] as number];
    if (caller === callee) continue;
    const [first, second] = settings.order === 'callees-first' ? [callee, caller] : [caller, callee];
    before[second]?.push(first);
    after[first]?.push(second);
  }
  const pinned = members.map((group) => {
    const pins = group.flatMap((id) => settings.pinned[id] ?? []);
    return pins.length === 0 ? undefined : Math.max(Math.min(...pins), 1);
  });
  const weights = members.map((group): Weight => {
    const own = new Set(group.map((id) => namespaces.get(id) ?? ''));
    return { services: group.length, namespace: own.size === 1 ? ([...own][0] as string) : '' };
  });
  const scheduled = schedule({ before, after, pinned, sorted: sort(before, after) }, weights, settings, tally);
  const waveOf = new Map(
    scheduled.flatMap(
      (groups, index) =>
        groups.flatMap((group) => members[group]?.map((id) => [id, index + 1]) ?? []) as [string, number][],
    ),
  );
  const crossing = countCrossing(
    known.filter(({ from, to }) => namespaces.has(from) && namespaces.has(to)),
    waveOf,
    scheduled.length,
  );
  const waves = scheduled.map((groups, index): Wave => {
    const sorted = groups.toSorted((a, b) => a - b).map((group) => members[group] as Group);
    return { number: index + 1, groups: sorted, crossing: crossing[index] ?? { toKong: 0, toIstio: 0 } };
  });
  return {
    order: settings.order,
    waves,
    excluded: [...excluded].filter((id) => namespaces.has(id)).sort(compare),
    unkept: [
      ...unkeptOf(waves, waveOf, known, namespaces, members, settings),
      ...tornApart(input.together ?? [], waveOf, excluded),
    ],
  };
}

/** Calls that cross after each wave; what never moves stays in Istio. */
export function countCrossing(
  calls: readonly { readonly from: string; readonly to: string }[],
  waveOf: ReadonlyMap<string, number>,
  waves: number,
): { toKong: number; toIstio: number }[] {
  const changes = Array.from({ length: waves + 2 }, () => ({ toKong: 0, toIstio: 0 }));
  for (const { from, to } of calls) {
    const [caller, callee] = [waveOf.get(from) ?? waves + 1, waveOf.get(to) ?? waves + 1];
    if (caller === callee) continue;
    const way = callee < caller ? 'toKong' : 'toIstio';
    const [start, end] = [changes[Math.min(caller, callee)], changes[Math.max(caller, callee)]];
    if (start !== undefined) start[way]++;
    if (end !== undefined) end[way]--;
  }
  const sum = { toKong: 0, toIstio: 0 };
  return changes.slice(1, waves + 1).map(({ toKong, toIstio }) => {
    sum.toKong += toKong;
    sum.toIstio += toIstio;
    return { ...sum };
  });
}

/** Services that stay while others that they cannot be apart from move. */
function tornApart(
  together: readonly (readonly string[])[],
  waveOf: ReadonlyMap<string, number>,
  excluded: ReadonlySet<string>,
): Unkept[] {
  return together.flatMap((set): Unkept[] => {
    const [staying, moving] = [set.filter((id) => excluded.has(id)), set.filter((id) => waveOf.has(id))];
    if (staying.length === 0 || moving.length === 0) return [];
    const reason = `${staying.join(', ')} cannot stay while ${moving.join(', ')} moves: the same pods stand behind them.`;
    return [{ kind: 'pin', services: [...staying, ...moving], reason }];
  });
}

function unkeptOf(
  waves: readonly Wave[],
  waveOf: ReadonlyMap<string, number>,
  calls: readonly { readonly from: string; readonly to: string }[],
  namespaces: ReadonlyMap<string, string>,
  members: readonly Group[],
  { order, most, oneNamespace, pinned, excluded }: PlanSettings,
): Unkept[] {
  const found: Unkept[] = [];
  const groupOf = new Map(members.flatMap((group) => group.map((id) => [id, group])));
  for (const { from, to } of calls) {
    const [caller, callee] = [waveOf.get(from), waveOf.get(to)];
    if (caller === undefined || callee === undefined || groupOf.get(from) === groupOf.get(to)) continue;
    if (order === 'callees-first' ? callee < caller : caller < callee) continue;
    const [first, second] = order === 'callees-first' ? [to, from] : [from, to];
    const reason = `${from} calls ${to}, but a pin moves ${second} in wave ${waveOf.get(second)} and ${first} in wave ${waveOf.get(first)}.`;
    found.push({ kind: 'order', services: [from, to], reason });
  }
  for (const { number, groups } of waves) {
    const services = groups.flat();
    const own = [...new Set(services.map((id) => namespaces.get(id) ?? ''))].sort(compare);
    const why = groups.length === 1 ? 'they can only move together' : 'pins put them there';
    if (most !== undefined && services.length > most) {
      const reason = `Wave ${number} has ${services.length} services instead of at most ${most}: ${why}.`;
      found.push({ kind: 'limit', services, reason });
    }
    if (oneNamespace && own.length > 1) {
      const reason = `Wave ${number} touches ${own.length} namespaces (${own.join(', ')}): ${why}.`;
      found.push({ kind: 'namespace', services, reason });
    }
  }
  for (const [id, wanted] of Object.entries(pinned).sort(([a], [b]) => compare(a, b))) {
    const wave = waveOf.get(id);
    if (wave === undefined || wave === wanted) continue;
    const others = groupOf.get(id)?.filter((other) => pinned[other] !== undefined && pinned[other] !== wanted) ?? [];
    const reason =
      others.length > 0
        ? `${id} is pinned to wave ${wanted}, but moves in wave ${wave} together with ${others.join(', ')}, pinned to another.`
        : `${id} is pinned to wave ${wanted}, but moves in wave ${wave}: nothing is left to move in the waves between.`;
    found.push({ kind: 'pin', services: [id], reason });
  }
  for (const id of [...new Set([...excluded, ...Object.keys(pinned)])].sort(compare)) {
    if (!namespaces.has(id))
      found.push({ kind: 'unknown', services: [id], reason: `The import has no service ${id}.` });
    else if (excluded.includes(id) && pinned[id] !== undefined)
      found.push({ kind: 'pin', services: [id], reason: `${id} is both pinned and excluded: it stays.` });
  }
  return found;
}
