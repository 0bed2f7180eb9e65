import type { Automaton, Transition } from './automaton.ts';

/** How much a comparison may cost; a part that costs more stays undecided. */
export interface Budget {
  /** States of intersected automata that may still be visited. */
  states: number;
  /** Cases that may still be told apart. */
  cases: number;
}

/** Thrown where a budget has run out. */
export class BudgetExceeded extends Error {
  readonly what: keyof Budget;
  constructor(what: keyof Budget) {
    super(what);
    this.what = what;
  }
}

/** Where a character leads; -1: out of the language. */
function step(transitions: readonly Transition[], character: number): number {
  let low = 0;
  let high = transitions.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { min, max, to } = transitions[middle] as Transition;
    if (character < min) high = middle - 1;
    else if (character > max) low = middle + 1;
    else return to;
  }
  return -1;
}

// Letters and digits first: a counterexample is read by people.
const preferred = [...'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/-_.'].map((character) =>
  character.charCodeAt(0),
);

const rank = new Map(preferred.map((character, index) => [character, index]));
const rankOf = (character: number): number => rank.get(character) ?? preferred.length;
const representative = (min: number, max: number): number =>
  preferred.find((character) => character >= min && character <= max) ?? min;

/** One character for each way in which the automata can go on, the most readable first: `narrowest` is one that a text must be in, `others` only cut. */
function charactersFrom(narrowest: readonly Transition[], others: readonly (readonly Transition[])[]): number[] {
  const found: number[] = [];
  for (const { min, max } of narrowest) {
    const cuts = [min];
    for (const transitions of others) {
      for (const transition of transitions) {
        if (transition.max < min || transition.min > max) continue;
        if (transition.min > min) cuts.push(transition.min);
        if (transition.max < max) cuts.push(transition.max + 1);
      }
    }
    const sorted = [...new Set(cuts)].sort((a, b) => a - b);
    for (const [index, cut] of sorted.entries()) found.push(representative(cut, (sorted[index + 1] ?? max + 1) - 1));
  }
  return found.sort((a, b) => rankOf(a) - rankOf(b));
}

/**
 * The shortest text that is in all of `inside` (of which there is at least one) and in none of `outside`; undefined where
 * there is none. Throws a BudgetExceeded.
 */
export function findText(
  inside: readonly Automaton[],
  outside: readonly Automaton[],
  budget: Budget,
): string | undefined {
  const automata = [...inside, ...outside];
  const isIn = (index: number): boolean => index < inside.length;
  const accepted = (states: readonly number[]): boolean =>
    states.every((state, index) => (state >= 0 && automata[index]?.accepts[state] === true) === isIn(index));
  interface Visit {
    readonly states: readonly number[];
    readonly from?: Visit;
    readonly character: number;
  }
  const textOf = (visit: Visit): string => {
    const points: number[] = [];
    for (let at: Visit = visit; at.from !== undefined; at = at.from) points.push(at.character);
    return String.fromCodePoint(...points.reverse());
  };
  const first: Visit = { states: automata.map(({ initial }) => initial), character: 0 };
  if (accepted(first.states)) return '';
  const seen = new Set([first.states.join()]);
  let layer: Visit[] = [first];
  while (layer.length > 0) {
    const next: Visit[] = [];
    for (const visit of layer) {
      const sources: (readonly Transition[])[] = [];
      const cutting: (readonly Transition[])[] = [];
      for (const [index, state] of visit.states.entries()) {
        if (state < 0) continue;
        const transitions = automata[index]?.transitions[state] as readonly Transition[];
        (isIn(index) ? sources : cutting).push(transitions);
      }
      const narrowest = sources.reduce((a, b) => (b.length < a.length ? b : a));
      const rest = [...sources.filter((one) => one !== narrowest), ...cutting];
      for (const character of charactersFrom(narrowest, rest)) {
        const states = visit.states.map((state, index) =>
          state < 0 ? -1 : step(automata[index]?.transitions[state] as readonly Transition[], character),
        );
        if (states.some((state, index) => isIn(index) && state < 0)) continue;
        const key = states.join();
        if (seen.has(key)) continue;
        if (--budget.states < 0) throw new BudgetExceeded('states');
        seen.add(key);
        const reached: Visit = { states, from: visit, character };
        if (accepted(states)) return textOf(reached);
        next.push(reached);
      }
    }
    layer = next;
  }
  return undefined;
}
