import { isList, isMap, type Json, join, stringifyJson } from '@isthmus/kubernetes';

/** Where an element stands in one list and in the other. */
type Pair = readonly [before: number, after: number];

/** An element that both lists have, and whether it left the order of the others, as few as can be do. */
export interface PairedItem {
  readonly before: number;
  readonly after: number;
  readonly isMoved: boolean;
  /** Known to say the same; others are still to be compared. */
  readonly isSame: boolean;
}

/** Whether the newer element says all that the older one says, and perhaps more, as what a server completed does. */
export type Covers = (before: Json, after: Json) => boolean;

// What an element is known by, the surest first: names and ports (istio.io/api networking/v1alpha3, 1.32: HTTPRoute,
// Subset, Port, WorkloadEntry; the merge keys of Kubernetes), conditions and targets (the same; kuma/api/common/v1alpha1, 2.14).
const identities: readonly (readonly string[])[] = [
  ['name'],
  ['number', 'port', 'containerPort'],
  ['address'],
  ['match', 'matches'],
  ['targetRef'],
];

/** From this share of fields on two elements are taken for one that was changed. */
const enough = 0.5;
// Where more are left over than these, only those that stand near each other are looked at.
const mostCompared = 4096;
const near = 8;
const mostEqual = 200_000;
const mostLeaves = 200;

type Leaves = ReadonlyMap<string, string>;

/** The scalars of an element, as texts by their paths; at most so many. */
function leavesOf(value: Json): Leaves {
  const leaves = new Map<string, string>();
  const visit = (part: Json, path: string): void => {
    if (leaves.size >= mostLeaves) return;
    if (isList(part)) for (const [index, item] of part.entries()) visit(item, join(path, index));
    else if (isMap(part)) for (const key of Object.keys(part)) visit(part[key] as Json, join(path, key));
    else leaves.set(path, stringifyJson(part));
    const isEmpty = isList(part) ? part.length === 0 : isMap(part) && Object.keys(part).length === 0;
    if (isEmpty && path !== '') leaves.set(path, '');
  };
  visit(value, '');
  return leaves;
}

/** What values are compared by. Each part of a value is worked out once, however often lists around it are compared. */
export interface Readings {
  /** A text that two values share if and only if they are the same. */
  readonly print: (value: Json) => string;
  readonly leaves: (value: Json) => Leaves;
}

export function readings(): Readings {
  const prints = new WeakMap<object, string>();
  const leaves = new WeakMap<object, Leaves>();
  const print = (value: Json): string => {
    if (typeof value !== 'object' || value === null) return stringifyJson(value);
    const known = prints.get(value);
    if (known !== undefined) return known;
    const text = isList(value)
      ? `[${value.map(print).join()}]`
      : `{${Object.keys(value)
          .sort()
          .map((key) => `${JSON.stringify(key)}:${print((value as { [key: string]: Json })[key] as Json)}`)
          .join()}}`;
    prints.set(value, text);
    return text;
  };
  return {
    print,
    leaves(value) {
      if (typeof value !== 'object' || value === null) return leavesOf(value);
      const known = leaves.get(value) ?? leavesOf(value);
      leaves.set(value, known);
      return known;
    },
  };
}

/** Of pairs in the order of their first indexes, the places of the most that keep the order of the second ones too. */
function longestRising(pairs: readonly Pair[]): number[] {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [place, [, after]] of pairs.entries()) {
    let low = 0;
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] as number] as Pair)[1] < after) low = middle + 1;
      else high = middle;
    }
    previous[place] = low === 0 ? -1 : (tails[low - 1] as number);
    tails[low] = place;
  }
  const chain: number[] = [];
  for (let place = tails.at(-1) ?? -1; place >= 0; place = previous[place] as number) chain.push(place);
  return chain.reverse();
}

/** A list, with the partner of each element that has one. */
interface Side {
  readonly items: readonly Json[];
  readonly partners: Map<number, number>;
}

/** Two lists while their elements are paired. */
interface Lists {
  readonly a: Side;
  readonly b: Side;
  /** Whether the second one may say more. */
  readonly mayAdd: boolean;
  readonly reading: Readings;
}

const itemOf = ({ items }: Side, index: number): Json => items[index] as Json;

function pair({ a, b }: Lists, i: number, j: number): void {
  a.partners.set(i, j);
  b.partners.set(j, i);
}

function isEarlier(one: readonly Json[], other: readonly Json[], { print }: Readings): boolean {
  const shorter = Math.min(one.length, other.length);
  for (let index = 0; index < shorter; index++) {
    const [mine, theirs] = [print(one[index] as Json), print(other[index] as Json)];
    if (mine !== theirs) return mine < theirs;
  }
  return one.length <= other.length;
}

/**
 * Which elements of two lists are the same one: by what they are known by, else because they are equal, else because
 * they have most of their fields, or stand between the same others and look alike. Takes n log n steps.
 * @param covers where the newer side may say more than the older one; without it both directions give the same pairs
 * @returns in the order of the older list
 */
export function pairItems(
  before: readonly Json[],
  after: readonly Json[],
  reading: Readings,
  covers?: Covers,
): PairedItem[] {
  const lists = (one: readonly Json[], other: readonly Json[]): Lists => ({
    a: { items: one, partners: new Map() },
    b: { items: other, partners: new Map() },
    mayAdd: covers !== undefined,
    reading,
  });
  const isEqual: Covers = (one, other) => reading.print(one) === reading.print(other);
  if (covers !== undefined) return pairLists(lists(before, after), covers);
  // Of several answers that are as good the one is taken that the other direction takes.
  if (isEarlier(before, after, reading)) return pairLists(lists(before, after), isEqual);
  return pairLists(lists(after, before), isEqual)
    .map((one) => ({ ...one, before: one.after, after: one.before }))
    .sort((one, other) => one.before - other.before);
}

type Round = (lists: Lists, mine: readonly number[], theirs: readonly number[]) => void;

const rounds: readonly Round[] = [
  ...identities.map(
    (keys): Round =>
      (lists, mine, theirs) =>
        pairKnown(lists, mine, theirs, keys),
  ),
  pairEqual,
  (lists, mine, theirs) => {
    const isWhole = (side: Side) => (index: number) => typeof side.items[index] === 'object';
    pairClosest(lists, mine.filter(isWhole(lists.a)), theirs.filter(isWhole(lists.b)), 'values');
  },
  (lists, mine, theirs) => {
    for (const [here, there] of gapsBetween(lists, mine, theirs)) pairClosest(lists, here, there, 'shape');
  },
];

function pairLists(lists: Lists, fits: Covers): PairedItem[] {
  const { a, b } = lists;
  const [begin, end] = pairEnds(lists, fits);
  const same = new Set(a.partners.keys());
  const between = ({ items }: Side): number[] =>
    Array.from({ length: items.length - end - begin }, (_, index) => begin + index);
  let [mine, theirs] = [between(a), between(b)];
  for (const round of rounds) {
    if (mine.length === 0 || theirs.length === 0) break;
    const before = a.partners.size;
    round(lists, mine, theirs);
    if (a.partners.size === before) continue;
    mine = mine.filter((index) => !a.partners.has(index));
    theirs = theirs.filter((index) => !b.partners.has(index));
  }
  const pairs = pairsOf(a);
  const kept = new Set(longestRising(pairs));
  return pairs.map(([before, after], place) => ({
    before,
    after,
    isMoved: !kept.has(place),
    isSame: same.has(before),
  }));
}

const pairsOf = ({ partners }: Side): Pair[] => [...partners].sort(([a], [b]) => a - b);

/** What both lists begin and end with, and how much that is. */
function pairEnds(lists: Lists, fits: Covers): [begin: number, end: number] {
  const { a, b } = lists;
  const [long, wide] = [a.items.length, b.items.length];
  const most = Math.min(long, wide);
  let begin = 0;
  for (; begin < most && fits(itemOf(a, begin), itemOf(b, begin)); begin++) pair(lists, begin, begin);
  let end = 0;
  for (; end < most - begin && fits(itemOf(a, long - end - 1), itemOf(b, wide - end - 1)); end++)
    pair(lists, long - end - 1, wide - end - 1);
  return [begin, end];
}

/** Those that one of these fields tells apart from all others. */
function pairKnown(lists: Lists, mine: readonly number[], theirs: readonly number[], keys: readonly string[]): void {
  const { print } = lists.reading;
  const known = (side: Side, indexes: readonly number[]): Map<string, number | undefined> => {
    const found = new Map<string, number | undefined>();
    for (const index of indexes) {
      const item = itemOf(side, index);
      const key = isMap(item) ? keys.find((one) => Object.hasOwn(item, one)) : undefined;
      if (!isMap(item) || key === undefined) continue;
      const text = print(item[key] as Json);
      found.set(text, found.has(text) ? undefined : index);
    }
    return found;
  };
  const here = known(lists.a, mine);
  if (here.size === 0) return;
  const there = known(lists.b, theirs);
  for (const [text, index] of here) {
    const other = there.get(text);
    if (index !== undefined && other !== undefined) pair(lists, index, other);
  }
}

/** Equal elements: those first that leave the most in their order. */
function pairEqual(lists: Lists, mine: readonly number[], theirs: readonly number[]): void {
  const { a, b, reading } = lists;
  const places = Map.groupBy(theirs.toReversed(), (index) => reading.print(itemOf(b, index)));
  const candidates: Pair[] = [];
  for (const i of mine) {
    if (candidates.length > mostEqual) break;
    for (const j of places.get(reading.print(itemOf(a, i))) ?? []) candidates.push([i, j]);
  }
  if (candidates.length === 0) return;
  for (const place of longestRising(candidates)) pair(lists, ...(candidates[place] as Pair));
  for (const i of mine) {
    if (a.partners.has(i)) continue;
    const rest = places.get(reading.print(itemOf(a, i))) ?? [];
    while (rest.length > 0 && b.partners.has(rest.at(-1) as number)) rest.pop();
    const j = rest.pop();
    if (j !== undefined) pair(lists, i, j);
  }
}

/** How much of two elements is the same, from 0 to 1: of the fields with their values, and of the fields alone. */
function likeness({ a, b, mayAdd, reading }: Lists, i: number, j: number): { values: number; shape: number } {
  const [one, other] = [itemOf(a, i), itemOf(b, j)];
  const [mine, theirs] = [reading.leaves(one), reading.leaves(other)];
  if (mine.size === 0 || theirs.size === 0)
    return { values: 0, shape: (isMap(one) && isMap(other)) || (isList(one) && isList(other)) ? 1 : 0 };
  const size = mayAdd ? mine.size : (mine.size + theirs.size) / 2;
  let [values, shape] = [0, 0];
  for (const [path, text] of mine) {
    const found = theirs.get(path);
    if (found === undefined) continue;
    shape++;
    if (found === text) values++;
  }
  return { values: values / size, shape: shape / size };
}

/** Those of two sets of places that are most alike, of those that are alike enough. */
function pairClosest(lists: Lists, mine: readonly number[], theirs: readonly number[], by: 'values' | 'shape'): void {
  const { a, b } = lists;
  const reach = mine.length * theirs.length <= mostCompared ? Number.POSITIVE_INFINITY : near;
  const candidates: { readonly i: number; readonly j: number; readonly score: number; readonly apart: number }[] = [];
  for (const [rank, i] of mine.entries())
    for (let other = Math.max(0, rank - reach); other < theirs.length && other <= rank + reach; other++) {
      const j = theirs[other] as number;
      const found = likeness(lists, i, j);
      if (found[by] >= enough) candidates.push({ i, j, score: found.values, apart: Math.abs(rank - other) });
    }
  candidates.sort((x, y) => y.score - x.score || x.apart - y.apart || x.i - y.i || x.j - y.j);
  for (const { i, j } of candidates) if (!a.partners.has(i) && !b.partners.has(j)) pair(lists, i, j);
}

/** What has no partner between one pair that kept its order and the next, on both sides. */
function gapsBetween(
  { a, b }: Lists,
  mine: readonly number[],
  theirs: readonly number[],
): (readonly [readonly number[], readonly number[]])[] {
  const pairs = pairsOf(a);
  const anchors = longestRising(pairs).map((place) => pairs[place] as Pair);
  let [i, j] = [0, 0];
  return [...anchors, [a.items.length, b.items.length] as const].flatMap(([end, wide]) => {
    const [from, since] = [i, j];
    while (i < mine.length && (mine[i] as number) < end) i++;
    while (j < theirs.length && (theirs[j] as number) < wide) j++;
    return i === from || j === since ? [] : [[mine.slice(from, i), theirs.slice(since, j)] as const];
  });
}
