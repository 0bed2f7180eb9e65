import { isList, isMap, type Json, type Step } from '@isthmus/kubernetes';

/** One operation of a JSON Patch (RFC 6902) as Isthmus writes them; `path` is a JSON pointer (RFC 6901). */
export type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** Whether two values are the same, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key] as Json))
  );
}

const escaped = (step: Step): string => String(step).replaceAll('~', '~0').replaceAll('/', '~1');

/** The JSON pointer of a place in an object. */
export const pointerOf = (steps: readonly Step[]): string => steps.map((step) => `/${escaped(step)}`).join('');

/** The keys of a JSON pointer; undefined where the text is none. Indexes of lists are texts here. */
export function keysOf(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const index = /^(?:0|[1-9]\d*)$/;

/** Where a key leads within a value: to a key of a map or an index of a list; undefined where to nothing. */
export function stepInto(value: Json | undefined, key: string): Step | undefined {
  if (isList(value)) return index.test(key) && Number(key) < value.length ? Number(key) : undefined;
  return isMap(value) && Object.hasOwn(value, key) ? key : undefined;
}

/** What a step leads to. */
export const valueIn = (value: Json | undefined, step: Step): Json | undefined =>
  isList(value) ? value[step as number] : isMap(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;

/** The steps that a pointer's keys are in a value; the last one may be of a key that a map has not yet. */
export function stepsIn(value: Json, pointer: string): Step[] | undefined {
  const keys = keysOf(pointer);
  if (keys === undefined) return undefined;
  const steps: Step[] = [];
  let at: Json | undefined = value;
  for (const [position, key] of keys.entries()) {
    const step = stepInto(at, key) ?? (position === keys.length - 1 && isMap(at) ? key : undefined);
    if (step === undefined) return undefined;
    steps.push(step);
    at = valueIn(at, step);
  }
  return steps;
}

/** The value at some steps; undefined where there is none. */
export const valueAtSteps = (value: Json, steps: readonly Step[]): Json | undefined =>
  steps.reduce<Json | undefined>(valueIn, value);

function collect(before: Json, after: Json, steps: readonly Step[], into: Operation[]): void {
  if (isSame(before, after)) return;
  if (isMap(before) && isMap(after)) {
    for (const key of Object.keys(before))
      if (!Object.hasOwn(after, key)) into.push({ op: 'remove', path: pointerOf([...steps, key]) });
    for (const [key, value] of Object.entries(after))
      if (Object.hasOwn(before, key)) collect(before[key] as Json, value, [...steps, key], into);
      else into.push({ op: 'add', path: pointerOf([...steps, key]), value });
    return;
  }
  // A list that grew or shrank is replaced as a whole: an index into it would mean another item after the next import.
  if (isList(before) && isList(after) && before.length === after.length) {
    for (const [position, item] of after.entries()) collect(before[position] as Json, item, [...steps, position], into);
    return;
  }
  into.push({ op: 'replace', path: pointerOf(steps), value: after });
}

/** The operations that make one value of another: `patched(before, difference(before, after))` is `after`. */
export function difference(before: Json, after: Json): Operation[] {
  const operations: Operation[] = [];
  collect(before, after, [], operations);
  return operations;
}

/** A value with another one at some steps, or with none there. Neither argument changes; keys keep their order. */
export function withValue(value: Json | undefined, steps: readonly Step[], next: Json | undefined): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return next;
  if (isList(value)) {
    const item = withValue(value[step as number], rest, next);
    return item === undefined
      ? value.filter((_, position) => position !== step)
      : value.map((one, position) => (position === step ? item : one));
  }
  const entries = Object.entries(isMap(value) ? value : {});
  const child = withValue(valueIn(value, step), rest, next);
  const kept = entries.filter(([key]) => child !== undefined || key !== step);
  if (child === undefined) return Object.fromEntries(kept);
  return Object.fromEntries(
    kept.some(([key]) => key === step)
      ? kept.map(([key, of]): [string, Json] => [key, key === step ? child : of])
      : [...kept, [String(step), child]],
  );
}

/** A value after some operations; undefined where one of them does not fit it. */
export function patched(value: Json, operations: readonly Operation[]): Json | undefined {
  let result: Json = value;
  for (const operation of operations) {
    const steps = stepsIn(result, operation.path);
    if (steps === undefined) return undefined;
    const isThere = valueAtSteps(result, steps) !== undefined;
    if (operation.op !== 'add' && !isThere) return undefined;
    const next = withValue(result, steps, operation.op === 'remove' ? undefined : operation.value);
    if (next === undefined) return undefined;
    result = next;
  }
  return result;
}
