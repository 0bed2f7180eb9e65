import { type TextMatch, textMatches } from '@isthmus/behavior';
import { type Automaton, automatonOf, keyOf, leadOf } from './automaton.ts';
import { type Budget, findText } from './intersection.ts';

/** The texts that a part of a request can be, and some that people like to read. */
export interface TextSpace {
  readonly all: TextMatch;
  readonly familiar: readonly string[];
}

const visible = '[!-~\\x{80}-\\x{10FFFF}]';
const inSegment = '[!-"$-.0->@-\\[\\]-~\\x{80}-\\x{10FFFF}]';
const firstInSegment = '[!-"$-\\-0->@-\\[\\]-~\\x{80}-\\x{10FFFF}]';
// Normalised: no segment is `.` or `..`.
const segment = `(?:|${firstInSegment}${inSegment}*|\\.${firstInSegment}${inSegment}*|\\.\\.${inSegment}+)`;

export const paths: TextSpace = {
  all: { kind: 'regex', pattern: `/(?:${segment}/)*${segment}` },
  familiar: ['/'],
};
export const methods: TextSpace = {
  all: { kind: 'regex', pattern: '[A-Za-z_-]+' },
  familiar: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'],
};
export const headerValues: TextSpace = {
  all: { kind: 'regex', pattern: `(?:|${visible}|${visible}(?:${visible}|[ \\t])*${visible})` },
  familiar: ['a', '1'],
};
export const queryValues: TextSpace = {
  all: { kind: 'regex', pattern: '[!-"$-%\'-~\\x{80}-\\x{10FFFF}]*' },
  familiar: ['1', 'a'],
};

/** Conditions that a text meets (`inside`) and fails (`outside`). */
export interface TextConditions {
  readonly inside: readonly TextMatch[];
  readonly outside: readonly TextMatch[];
}

export const noConditions: TextConditions = { inside: [], outside: [] };

const relations = new WeakMap<TextSpace, Map<string, boolean>>();

const isFixed = (match: TextMatch): match is TextMatch & { kind: 'exact' } =>
  match.kind === 'exact' && match.ignoreCase !== true;

function remember(space: TextSpace, key: string, compute: () => boolean): boolean {
  let known = relations.get(space);
  if (known === undefined) {
    known = new Map();
    relations.set(space, known);
  }
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = compute();
  if (known.size > 1_000_000) known.clear();
  known.set(key, result);
  return result;
}

const automata = (matches: readonly TextMatch[]): Automaton[] => matches.map(automatonOf);

/** Whether texts that meet one condition begin otherwise than those that meet the other: most pairs of routes are told so. */
function beginOtherwise(a: TextMatch, b: TextMatch): boolean {
  const [one, other] = [leadOf(automatonOf(a)).text, leadOf(automatonOf(b)).text];
  return !one.startsWith(other) && !other.startsWith(one);
}

/** Whether no text meets both conditions. */
function areDisjoint(space: TextSpace, a: TextMatch, b: TextMatch, budget: Budget): boolean {
  if (a.kind === 'present' || b.kind === 'present') return false;
  if (isFixed(a)) return !textMatches(b, a.value);
  if (isFixed(b)) return !textMatches(a, b.value);
  if (a.kind === 'prefix' && b.kind === 'prefix' && !a.ignoreCase && !b.ignoreCase)
    return !a.value.startsWith(b.value) && !b.value.startsWith(a.value);
  if (beginOtherwise(a, b)) return true;
  return remember(
    space,
    `${keyOf(a)}\n&\n${keyOf(b)}`,
    () => findText(automata([space.all, a, b]), [], budget) === undefined,
  );
}

/** Whether every text that meets `a` meets `b`. */
function implies(space: TextSpace, a: TextMatch, b: TextMatch, budget: Budget): boolean {
  if (b.kind === 'present' || keyOf(a) === keyOf(b)) return true;
  if (isFixed(a)) return textMatches(b, a.value);
  if (a.kind === 'prefix' && b.kind === 'prefix' && !a.ignoreCase && !b.ignoreCase) return a.value.startsWith(b.value);
  // Of what begins with a text, no condition on a single text, and none on another beginning, holds for all.
  if ((a.kind === 'prefix' && isFixed(b)) || beginOtherwise(a, b)) return false;
  return remember(
    space,
    `${keyOf(a)}\n<\n${keyOf(b)}`,
    () => findText(automata([space.all, a]), automata([b]), budget) === undefined,
  );
}

/** What conditions say of another one: it holds, it does not, or both can be. */
export function statusOf(
  space: TextSpace,
  conditions: TextConditions,
  match: TextMatch,
  budget: Budget,
): boolean | undefined {
  if (match.kind === 'present') return true;
  const { inside, outside } = conditions;
  for (const one of inside) {
    if (implies(space, one, match, budget)) return true;
    if (areDisjoint(space, one, match, budget)) return false;
  }
  for (const one of outside) if (implies(space, match, one, budget)) return false;
  if (textOf(space, { inside: [...inside, match], outside }, budget) === undefined) return false;
  if (textOf(space, { inside, outside: [...outside, match] }, budget) === undefined) return true;
  return undefined;
}

/** A text that meets the conditions; undefined where there is none. */
export function textOf(space: TextSpace, { inside, outside }: TextConditions, budget: Budget): string | undefined {
  const meets = (text: string): boolean =>
    inside.every((match) => textMatches(match, text)) && !outside.some((match) => textMatches(match, text));
  const fixed = inside.find(isFixed);
  if (fixed !== undefined) return meets(fixed.value) && textMatches(space.all, fixed.value) ? fixed.value : undefined;
  for (const text of space.familiar) if (meets(text)) return text;
  // What cannot meet the conditions inside anyway costs states for nothing.
  const relevant = outside.filter((match) => !inside.some((one) => areDisjoint(space, one, match, budget)));
  return findText(automata([space.all, ...inside]), automata(relevant), budget);
}
