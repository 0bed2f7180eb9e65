import { isList, isMap, type Json, join } from '@isthmus/kubernetes';
import { type Covers, pairItems, type Readings, readings } from './pair-items.ts';

/**
 * One place where two values differ, with its path in each of them. Paths of elements of lists that others came in front
 * of are not the same on both sides. What moved has another place in the order of its list; what changed inside it is a
 * difference of its own.
 */
export type FieldDifference =
  | { readonly change: 'added'; readonly to: string; readonly after: Json }
  | { readonly change: 'removed'; readonly from: string; readonly before: Json }
  | {
      readonly change: 'changed' | 'moved';
      readonly from: string;
      readonly to: string;
      readonly before: Json;
      readonly after: Json;
    };

interface Walk {
  /** Where what the newer side says besides is no difference. */
  readonly covers: Covers | undefined;
  readonly reading: Readings;
  readonly most: number;
  readonly found: FieldDifference[];
}

// A key that a map inherits is none that somebody wrote.
const at = (map: { readonly [key: string]: Json }, key: string): Json | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

/** Whether a value holds nothing but empty maps and lists, which the API server may leave out. */
const isBare = (value: Json): boolean =>
  isMap(value) ? Object.values(value).every(isBare) : isList(value) && value.every(isBare);

function compare(before: Json | undefined, after: Json | undefined, from: string, to: string, walk: Walk): void {
  const { covers, most, found } = walk;
  if (found.length >= most || before === after) return;
  if (isMap(before) && isMap(after)) {
    // What was written stands in the order in which it was written.
    const keys = covers ? Object.keys(before) : [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    for (const key of keys) compare(at(before, key), at(after, key), join(from, key), join(to, key), walk);
  } else if (isList(before) && isList(after)) compareLists(before, after, from, to, walk);
  else if (before === undefined) {
    if (!covers && after !== undefined) found.push({ change: 'added', to, after });
  } else if (after === undefined) {
    if (!covers || !isBare(before)) found.push({ change: 'removed', from, before });
  } else found.push({ change: 'changed', from, to, before, after });
}

function compareLists(before: readonly Json[], after: readonly Json[], from: string, to: string, walk: Walk): void {
  const { covers, reading, found, most } = walk;
  const pairs = pairItems(before, after, reading, covers);
  const partners = new Map(pairs.map((pair) => [pair.after, pair]));
  const stayed = new Set(pairs.map((pair) => pair.before));
  for (const [index, item] of before.entries())
    if (!stayed.has(index) && found.length < most)
      found.push({ change: 'removed', from: join(from, index), before: item });
  for (const [index, item] of after.entries()) {
    if (found.length >= most) return;
    const pair = partners.get(index);
    const there = join(to, index);
    if (pair === undefined) {
      found.push({ change: 'added', to: there, after: item });
      continue;
    }
    const here = join(from, pair.before);
    const was = before[pair.before] as Json;
    if (pair.isMoved) found.push({ change: 'moved', from: here, to: there, before: was, after: item });
    if (!pair.isSame) compare(was, item, here, there, walk);
  }
}

/** Asked about the same two elements once for each list around them, and answered once. */
function coverage(reading: Readings): Covers {
  const known = new WeakMap<object, WeakMap<object, boolean>>();
  const covers: Covers = (before, after) => {
    const isWhole = typeof before === 'object' && before !== null && typeof after === 'object' && after !== null;
    const asked = isWhole ? known.get(before)?.get(after) : undefined;
    if (asked !== undefined) return asked;
    const found: FieldDifference[] = [];
    compare(before, after, '', '', { covers, reading, most: 1, found });
    if (isWhole) {
      const answers = known.get(before) ?? new WeakMap<object, boolean>();
      known.set(before, answers.set(after, found.length === 0));
    }
    return found.length === 0;
  };
  return covers;
}

/**
 * How two values differ, at most so many places; elements of lists are known again by their names, ports and conditions.
 * The other direction gives the same places with their sides swapped.
 */
export function differencesOf(before: Json | undefined, after: Json | undefined, most = 20): FieldDifference[] {
  const found: FieldDifference[] = [];
  compare(before, after, '', '', { covers: undefined, reading: readings(), most, found });
  return found;
}

/**
 * Where a value does not say what was written, at most so many places. What it says besides, as defaults of the API
 * server do, is no difference; an entry more in a list is one, because it is another rule.
 */
export function deviationsOf(written: Json | undefined, live: Json | undefined, most = 20): FieldDifference[] {
  const found: FieldDifference[] = [];
  const reading = readings();
  compare(written, live, '', '', { covers: coverage(reading), reading, most, found });
  return found;
}

/** Differences as they are seen from the other side. */
export const swapped = (all: readonly FieldDifference[]): FieldDifference[] =>
  all.map((one): FieldDifference => {
    if (one.change === 'added') return { change: 'removed', from: one.to, before: one.after };
    if (one.change === 'removed') return { change: 'added', to: one.from, after: one.before };
    return { change: one.change, from: one.to, to: one.from, before: one.after, after: one.before };
  });
