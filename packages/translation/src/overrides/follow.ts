import { isList, isMap, type Json, type Step } from '@isthmus/kubernetes';
import { isSame, valueIn } from './json-patch.ts';

/** The only position of an item in a list; undefined where it stands there several times or not at all. */
function onlyPosition(list: readonly Json[], item: Json): number | undefined {
  const first = list.findIndex((one) => isSame(one, item));
  if (first === -1) return undefined;
  return list.findIndex((one, position) => position > first && isSame(one, item)) === -1 ? first : undefined;
}

/**
 * Where an item of a list stands in another version of the list: where an equal item is, if there is but one of it; in its own
 * place where all others stayed as they were. Undefined where neither tells.
 */
export function followItem(before: readonly Json[], after: readonly Json[], position: number): number | undefined {
  const item = before[position] as Json;
  if (onlyPosition(before, item) !== undefined) {
    const moved = onlyPosition(after, item);
    if (moved !== undefined) return moved;
  }
  const othersStayed =
    before.length === after.length && before.every((one, at) => at === position || isSame(one, after[at]));
  return othersStayed ? position : undefined;
}

/**
 * Where a place in one version of a value is in another: items of lists are found by what they hold. As many steps as can be
 * followed; `isWhole` tells whether these are all.
 */
export function follow(before: Json, after: Json, steps: readonly Step[]): { steps: Step[]; isWhole: boolean } {
  const found: Step[] = [];
  let from: Json | undefined = before;
  let to: Json | undefined = after;
  for (const step of steps) {
    const next: Step | undefined =
      isList(from) && isList(to)
        ? followItem(from, to, step as number)
        : isMap(from) && isMap(to) && Object.hasOwn(to, step)
          ? step
          : undefined;
    if (next === undefined) return { steps: found, isWhole: false };
    found.push(next);
    from = valueIn(from, step);
    to = valueIn(to, next);
  }
  return { steps: found, isWhole: true };
}
