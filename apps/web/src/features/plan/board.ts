// Waves as a board: what a move makes of them. All of it is plain data, so that it can be tried without a browser.

/** Services by wave, and those that stay in Istio. */
export interface Board {
  readonly waves: readonly (readonly string[])[];
  readonly stays: readonly string[];
}

/** Where services can be put: a wave from 1, a new one before that wave, or Istio for good. One behind the last is a new one. */
export type Place = { readonly wave: number } | { readonly before: number } | 'stays';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The board with services at another place. Waves that become empty stay: they may be filled next. */
export function moved({ waves, stays }: Board, services: readonly string[], place: Place): Board {
  const gone = new Set(services);
  const without = (list: readonly string[]): string[] => list.filter((id) => !gone.has(id));
  const rest = waves.map(without);
  if (place === 'stays') return { waves: rest, stays: [...without(stays), ...services].sort(compare) };
  const next =
    'before' in place
      ? rest.toSpliced(place.before - 1, 0, [...services])
      : place.wave > rest.length
        ? [...rest, [...services]]
        : rest.map((wave, index) => (index === place.wave - 1 ? [...wave, ...services].sort(compare) : wave));
  return { waves: next, stays: without(stays) };
}

/** Waves without those that nobody moves in. */
export const filled = (waves: readonly (readonly string[])[]): string[][] =>
  waves.filter((wave) => wave.length > 0).map((wave) => [...wave]);

/** The wave of each service, from 1. */
export const waveNumbers = (waves: readonly (readonly string[])[]): ReadonlyMap<string, number> =>
  new Map(waves.flatMap((wave, index) => wave.map((id) => [id, index + 1] as const)));

/** A move of one service; a wave that is undefined is Istio. */
export interface Moved {
  readonly service: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The services that two arrangements place differently. */
export function movesBetween(
  before: readonly (readonly string[])[],
  after: readonly (readonly string[])[],
): readonly Moved[] {
  const [old, now] = [waveNumbers(before), waveNumbers(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort(compare)
    .flatMap((service) =>
      old.get(service) === now.get(service) ? [] : [{ service, from: old.get(service), to: now.get(service) }],
    );
}

/** Moves of one arrangement made in another. */
export function withMoves(waves: readonly (readonly string[])[], moves: readonly Moved[]): string[][] {
  const gone = new Set(moves.map(({ service }) => service));
  const next = waves.map((wave) => wave.filter((id) => !gone.has(id)));
  for (const { service, to } of moves) {
    if (to === undefined) continue;
    while (next.length < to) next.push([]);
    next[to - 1]?.push(service);
  }
  return next.map((wave) => wave.sort(compare));
}

/** Services that move together, as one card. */
export interface Card {
  /** The first service stands for all. */
  readonly id: string;
  readonly services: readonly string[];
}

/** The services of a wave as cards. */
export function cardsOf(services: readonly string[], groupOf: ReadonlyMap<string, string>): readonly Card[] {
  const groups = new Map<string, string[]>();
  for (const id of services) {
    const key = groupOf.get(id) ?? id;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [id]);
    else known.push(id);
  }
  return [...groups.values()].map((members) => ({ id: members[0] as string, services: members }));
}

/** Where a key leads the focus on a board of columns of cards; undefined where it leads nowhere. */
export function stepped(
  columns: readonly (readonly Card[])[],
  at: string | undefined,
  key: string,
): string | undefined {
  const column = columns.findIndex((cards) => cards.some(({ id }) => id === at));
  const row = columns[column]?.findIndex(({ id }) => id === at) ?? -1;
  if (column < 0 || row < 0) return columns.find((cards) => cards.length > 0)?.[0]?.id;
  const cards = columns[column] as readonly Card[];
  const beside = (direction: 1 | -1): string | undefined => {
    for (let next = column + direction; next >= 0 && next < columns.length; next += direction) {
      const there = columns[next] as readonly Card[];
      if (there.length > 0) return there[Math.min(row, there.length - 1)]?.id;
    }
    return undefined;
  };
  switch (key) {
    case 'ArrowDown':
      return cards[row + 1]?.id;
    case 'ArrowUp':
      return cards[row - 1]?.id;
    case 'ArrowRight':
      return beside(1);
    case 'ArrowLeft':
      return beside(-1);
    case 'Home':
      return cards[0]?.id;
    case 'End':
      return cards.at(-1)?.id;
    default:
      return undefined;
  }
}
