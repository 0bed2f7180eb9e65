import { formatPath, type Json, type JsonObject, type Step } from '@isthmus/kubernetes';
import { follow } from './follow.ts';
import { isSame, type Operation, pointerOf, stepsIn, valueAtSteps, withValue } from './json-patch.ts';
import type { OverrideConflict } from './state.ts';

/** An edit on the ground of today, or what of its own ground has changed under it. */
export type Rebased =
  | { readonly fits: true; readonly object: JsonObject; readonly patch: readonly Operation[] }
  | {
      readonly fits: false;
      readonly conflicts: readonly OverrideConflict[];
      /** What is emitted now with all of the edit, for a person to look at. */
      readonly merged: JsonObject;
    };

const wanted = (operation: Operation): Json | undefined => (operation.op === 'remove' ? undefined : operation.value);

/** Keeps absent values absent. */
function conflictAt(steps: readonly Step[], values: Record<'ground' | 'now' | 'edit', Json | undefined>) {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return { path: formatPath(steps), ...Object.fromEntries(known) } as OverrideConflict;
}

/**
 * Moves an edit from the ground that it was made on to what is emitted now. A field that is edited must hold what it held, and stand
 * where it stood: items of lists are followed where what they hold tells which one is meant, and conflict where it does not.
 */
export function rebase(ground: JsonObject, now: JsonObject, patch: readonly Operation[]): Rebased {
  const conflicts: OverrideConflict[] = [];
  const moved: Operation[] = [];
  let object: Json = now;
  const put = (at: readonly Step[], value: Json | undefined): void => {
    object = withValue(object, at, value) ?? object;
  };
  for (const operation of patch) {
    const steps = stepsIn(ground, operation.path);
    if (steps === undefined) {
      conflicts.push(conflictAt([operation.path], { ground: undefined, now: undefined, edit: wanted(operation) }));
      continue;
    }
    const before = valueAtSteps(ground, steps);
    const edit = wanted(operation);
    const parents = steps.slice(0, -1);
    const parent = follow(ground, now, parents);
    const [last] = steps.slice(-1);
    // The last step of something new leads nowhere yet, so that only what holds it is followed.
    const whole = before === undefined ? undefined : follow(ground, now, steps);
    const there = whole?.isWhole
      ? whole.steps
      : parent.isWhole && typeof last === 'string'
        ? [...parent.steps, last]
        : undefined;
    const after = there === undefined ? undefined : valueAtSteps(now, there);
    if (there !== undefined && isSame(after, edit)) continue;
    if (there === undefined && steps.length > 0) {
      const held = steps.slice(0, parent.steps.length);
      const whole = withValue(valueAtSteps(ground, held), steps.slice(held.length), edit);
      conflicts.push(
        conflictAt(held, { ground: valueAtSteps(ground, held), now: valueAtSteps(now, parent.steps), edit: whole }),
      );
      put(parent.steps, whole);
      continue;
    }
    const at = there ?? [];
    if (isSame(before, after)) moved.push({ ...operation, path: pointerOf(at) });
    else conflicts.push(conflictAt(steps, { ground: before, now: after, edit }));
    put(at, edit);
  }
  return conflicts.length > 0
    ? { fits: false, conflicts: withoutRepeats(conflicts), merged: object as JsonObject }
    : { fits: true, object: object as JsonObject, patch: moved };
}

/** Several operations below one list that cannot be followed are one conflict. */
const withoutRepeats = (conflicts: readonly OverrideConflict[]): OverrideConflict[] =>
  [...new Map(conflicts.toReversed().map((one) => [one.path, one])).values()].reverse();
