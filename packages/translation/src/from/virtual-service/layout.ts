import { codes } from '@isthmus/diagnostics';
import type { Action } from './action.ts';
import { alike } from './alike.ts';
import type { ClientUnit } from './client-units.ts';
import type { Step } from './expand.ts';
import { covers, everyRequest, isEveryPath, overlap } from './match.ts';
import { byteLength, compareMatch, type Kept, keepOrder, type PathMatch, rankOf } from './order.ts';
import { findWitness, takes, type Witness } from './witness.ts';

/** A step with the form of its path. */
export interface PlacedStep {
  readonly step: Step;
  readonly path: PathMatch;
}

/** A step whose place in the order cannot be kept. */
export interface LostStep {
  readonly step: Step;
  /** The step that Kong Mesh would try in the other order. */
  readonly rival: Step;
  /** A request that would go another way if the step were kept; undefined where none was found. */
  readonly shownBy: Witness | undefined;
}

/** What becomes of the steps of one unit of clients. */
export interface Layout {
  readonly placed: readonly PlacedStep[];
  /** What no rule takes is answered with 404 as in Istio, by a rule without a backend (routing.md T42). */
  readonly unmatched: boolean;
  /** Steps whose place in the order cannot be kept: they are refused. */
  readonly lost: readonly LostStep[];
  /** Steps whose rewrite is spelled in another way, so that their place can be kept. */
  readonly respelled: readonly Step[];
}

export interface UnitSteps {
  readonly unit: ClientUnit;
  readonly steps: readonly Step[];
}

const hasPrefixFilter = (action: Action): boolean =>
  (action.kind === 'forward' || action.kind === 'redirect') && action.path?.type === 'ReplacePrefixMatch';
const keepsPrefix = ({ action }: Step): boolean => hasPrefixFilter(action);

const isUnmatched = ({ match, action }: Step): boolean => action.kind === 'unmatched' && covers(match, everyRequest);

/**
 * A new prefix for every path as a new whole path, with which a match can be an expression: the old path is what `\\0` stands for
 * in the substitution (routing.md T25). It begins with a slash, which the new prefix then must not end without.
 */
function asWholePath(action: Action): Action | undefined {
  if (action.kind !== 'forward' && action.kind !== 'redirect') return undefined;
  const value = action.path?.value;
  if (value === undefined || !value.endsWith('/')) return undefined;
  const whole = `${value.slice(0, -1).replaceAll('\\', '\\\\')}\\0`;
  return { ...action, path: { type: 'ReplaceFullPath', value: whole } };
}

interface Options {
  /** Whether a rule without a backend gives 404: only 2.14 leaves it out. */
  readonly answers404: boolean;
  /** All paths as expressions longer than this. */
  readonly floor?: number;
}

/** A request that both meshes would treat differently if a step were tried where Kong Mesh tries it. */
function inversionShown(
  list: readonly Step[],
  { lost, rival, best }: Extract<Kept, { lost: number }>,
): Witness | undefined {
  const tried = list
    .map((step, index) => ({ step, rank: rankOf(step.match, best[index] as PathMatch) }))
    .sort((a, b) => compareMatch(a.rank, b.rank));
  return findWitness((list[rival] as Step).match, (list[lost] as Step).match, (request) => {
    const before = list.find(({ match }) => takes(match, request));
    const after = tried.find(({ step: { match } }) => takes(match, request))?.step;
    return before !== undefined && after !== undefined && !alike(before.action, after.action);
  });
}

/** Lays the steps of one unit out in their order. */
function layOut(steps: readonly Step[], { answers404, floor }: Options): Layout {
  const last = steps.at(-1);
  const others = last !== undefined && isUnmatched(last) ? steps.slice(0, -1) : steps;
  // Without any rule that has a backend there would be no listener at all.
  const unmatched = answers404 && others.length < steps.length && others.length > 0;
  let list = unmatched ? others : steps;
  const lost: LostStep[] = [];
  const respelled: Step[] = [];
  for (;;) {
    const ordered = list.map((step) => ({
      match: step.match,
      action: step.action,
      keepsPrefix: keepsPrefix(step),
    }));
    const kept = keepOrder(ordered, floor);
    if ('paths' in kept)
      return {
        placed: list.map((step, index) => ({ step, path: kept.paths[index] as PathMatch })),
        unmatched,
        lost,
        respelled,
      };
    const step = list[kept.lost] as Step;
    const { action } = step;
    if (action.kind === 'refuse' || !keepsPrefix(step))
      throw new Error(`the order of ${JSON.stringify(step.match)} cannot be kept`);
    const whole = isEveryPath(step.match.path) ? asWholePath(action) : undefined;
    if (whole !== undefined) respelled.push(step);
    else lost.push({ step, rival: list[kept.rival] as Step, shownBy: inversionShown(list, kept) });
    list = list.map((one) =>
      one === step ? { ...step, action: whole ?? { kind: 'refuse', cause: codes.virtualService.orderLost } } : one,
    );
  }
}

const placedKey = ({ step, path }: PlacedStep): string =>
  JSON.stringify([
    path,
    step.match.method ?? '',
    step.match.headers.map(({ name, type, value }) => [name, type, value ?? '']),
    step.match.queryParams.map(({ name, type, value }) => [name, type, value]),
  ]);

/**
 * The layout of clients that rules for other clients select too: as the rules of all policies are merged, each rule of the
 * others is repeated here with what is to become of its requests (routing.md 5.3, step 5): that of the first step that takes
 * them all, which steps in front of it must not lose requests to. Undefined where one rule would need several.
 */
function override(own: Layout, steps: readonly Step[], others: readonly Layout[]): Layout | undefined {
  const known = new Set(own.placed.map(placedKey));
  const added: PlacedStep[] = [];
  const isComplete = steps.some(({ match, action }) => action.kind !== 'unmatched' && covers(match, everyRequest));
  for (const { placed, unmatched } of others) {
    // A rule without a backend is left out wherever another takes every request.
    if (unmatched && !own.unmatched && !isComplete) return undefined;
    for (const one of placed) {
      const key = placedKey(one);
      if (known.has(key)) continue;
      known.add(key);
      const { match } = one.step;
      const at = steps.findIndex((step) => covers(step.match, match));
      const decisive = steps[at];
      if (decisive === undefined) return undefined;
      const { action, route } = decisive;
      const before = own.placed.filter(({ step }) => steps.indexOf(step) < at && overlap(step.match, match));
      const isLate = ({ step, path }: PlacedStep): boolean =>
        alike(step.action, action) || compareMatch(rankOf(step.match, path), rankOf(match, one.path)) <= 0;
      if (!before.every(isLate)) return undefined;
      if (hasPrefixFilter(action) && !(one.path.type === 'PathPrefix' && isEveryPath(match.path))) return undefined;
      added.push({ step: { match, action, route }, path: one.path });
    }
  }
  return { ...own, placed: [...own.placed, ...added] };
}

/** The longest expression of a layout, in bytes. */
const longest = ({ placed }: Layout): number =>
  Math.max(0, ...placed.map(({ path }) => (path.type === 'RegularExpression' ? byteLength(path.value) : 0)));

/** Whether all rules of a layout are tried behind any that has a longer expression. */
const isLayer = ({ placed, unmatched }: Layout): boolean =>
  !unmatched && placed.every(({ path }) => path.type === 'RegularExpression');

const sameSteps = (a: readonly Step[], b: readonly Step[] | undefined): boolean =>
  a.length === b?.length &&
  a.every(({ match, action }, index) => {
    const other = b[index] as Step;
    return alike(match, other.match) && alike(action, other.action);
  });

/** The layouts of a service's units; undefined for a unit that is treated as those are that select it too. */
export interface Layouts {
  readonly layouts: readonly (Layout | undefined)[];
  /** Places of units that cannot be told apart from the others. */
  readonly confused: readonly number[];
}

/** Lays out the steps of all units of clients of one port. */
export function layOutUnits(units: readonly UnitSteps[], answers404: boolean): Layouts {
  const [only] = units;
  if (only !== undefined && units.length === 1) return { layouts: [layOut(only.steps, { answers404 })], confused: [] };
  const differs = units.map(
    ({ unit, steps }) =>
      unit.within.length === 0 || unit.within.some((other) => !sameSteps(steps, units[other]?.steps)),
  );
  const layered = (byLength: boolean): Layouts => {
    const layouts: (Layout | undefined)[] = [];
    const confused: number[] = [];
    for (const [index, { unit, steps }] of units.entries()) {
      if (!differs[index]) {
        layouts.push(undefined);
        continue;
      }
      const others = unit.within.flatMap((other) => layouts[other] ?? []);
      if (unit.within.length === 0) {
        const isAlone = !differs.some((one, at) => at !== index && one);
        layouts.push(layOut(steps, byLength && !isAlone ? { answers404: false, floor: -1 } : { answers404 }));
        continue;
      }
      const floor = Math.max(0, ...others.map(longest));
      let layout: Layout | undefined;
      if (byLength) {
        const own = layOut(steps, { answers404: false, floor });
        if (others.every(isLayer) && isLayer(own)) layout = own;
      } else
        layout =
          override(layOut(steps, { answers404 }), steps, others) ??
          override(layOut(steps, { answers404, floor }), steps, others);
      if (layout === undefined) confused.push(index);
      layouts.push(layout);
    }
    return { layouts, confused };
  };
  const overridden = layered(false);
  if (overridden.confused.length === 0) return overridden;
  const byLength = layered(true);
  return byLength.confused.length < overridden.confused.length ? byLength : overridden;
}
