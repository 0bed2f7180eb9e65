import { compileExpression, type TextMatch } from '@isthmus/behavior';
import { CharSet, DFA, NFA, TooManyNodesError } from 'refa';
import { foldCase, maximum } from './re2/character-class.ts';
import { asExpression, parseRe2, UndecidableExpression } from './re2/parse.ts';
import { resolveAnchors } from './re2/resolve-anchors.ts';

/** Where a character leads, by ranges in order. */
export interface Transition {
  readonly min: number;
  readonly max: number;
  readonly to: number;
}

/** A deterministic automaton over code points; a character without transition leads out of the language for good. */
export interface Automaton {
  readonly initial: number;
  readonly transitions: readonly (readonly Transition[])[];
  readonly accepts: readonly boolean[];
}

const mostStates = 20_000;
const options = { maxCharacter: maximum };

function compact(dfa: DFA): Automaton {
  dfa.minimize();
  const numbers = new Map<DFA.ReadonlyNode, number>();
  const nodes: DFA.ReadonlyNode[] = [];
  const numberOf = (node: DFA.ReadonlyNode): number => {
    const known = numbers.get(node);
    if (known !== undefined) return known;
    numbers.set(node, nodes.length);
    nodes.push(node);
    return nodes.length - 1;
  };
  const initial = numberOf(dfa.initial);
  const transitions: Transition[][] = [];
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as DFA.ReadonlyNode;
    transitions.push([...node.out].map(([{ min, max }, to]) => ({ min, max, to: numberOf(to) })));
  }
  return { initial, transitions, accepts: nodes.map((node) => (dfa.finals as Set<DFA.ReadonlyNode>).has(node)) };
}

function ofExpression(pattern: string): Automaton {
  compileExpression(pattern);
  const alternatives = resolveAnchors(parseRe2(pattern));
  try {
    const nfa = NFA.fromRegex(asExpression(alternatives), options, {}, new NFA.LimitedNodeFactory(mostStates));
    return compact(DFA.fromFA(nfa, new DFA.LimitedNodeFactory(mostStates)));
  } catch (error) {
    if (error instanceof TooManyNodesError) throw new UndecidableExpression('too many states');
    throw error;
  }
}

/** A chain of single characters; `open` accepts whatever follows. */
function ofLiteral(value: string, ignoreCase: boolean, open: boolean): Automaton {
  const transitions: Transition[][] = [...value].map((character, index) => {
    const one = CharSet.fromCharacter(maximum, character.codePointAt(0) as number);
    return (ignoreCase ? foldAscii(one) : one).ranges.map(({ min, max }) => ({ min, max, to: index + 1 }));
  });
  const last = transitions.length;
  transitions.push(open ? [{ min: 0, max: maximum, to: last }] : []);
  return { initial: 0, transitions, accepts: transitions.map((_, index) => index === last) };
}

// Envoy's ignore_case knows ASCII letters only (absl::EqualsIgnoreCase).
const ascii = CharSet.fromRange(maximum, { min: 0, max: 0x7f });
const foldAscii = (set: CharSet): CharSet => set.union(foldCase(set).intersect(ascii));

const known = new Map<string, Automaton>();
const mostKnown = 20_000;

/** A condition's key: equal ones have equal keys. */
export const keyOf = (match: TextMatch): string =>
  match.kind === 'present'
    ? 'present'
    : match.kind === 'regex'
      ? `regex ${match.pattern}`
      : `${match.kind} ${match.ignoreCase === true} ${match.value}`;

/** The texts that meet a condition; throws an UndecidableExpression where they cannot be told. */
export function automatonOf(match: TextMatch): Automaton {
  const key = keyOf(match);
  const before = known.get(key);
  if (before !== undefined) return before;
  const automaton =
    match.kind === 'present'
      ? ofLiteral('', false, true)
      : match.kind === 'regex'
        ? ofExpression(match.pattern)
        : ofLiteral(match.value, match.ignoreCase === true, match.kind === 'prefix');
  if (known.size >= mostKnown) known.clear();
  known.set(key, automaton);
  return automaton;
}

interface Lead {
  readonly text: string;
  /** Whether there is no other text. */
  readonly isAll: boolean;
}

const leads = new WeakMap<Automaton, Lead>();

/** What every text of an automaton begins with, as far as one character after the other is the only way on. */
export function leadOf(automaton: Automaton): Lead {
  const before = leads.get(automaton);
  if (before !== undefined) return before;
  const { transitions, accepts, initial } = automaton;
  let text = '';
  let state = initial;
  for (let steps = 0; steps < accepts.length && !accepts[state]; steps++) {
    const [only, ...others] = transitions[state] as readonly Transition[];
    if (only === undefined || others.length > 0 || only.min !== only.max) break;
    text += String.fromCodePoint(only.min);
    state = only.to;
  }
  const lead = { text, isAll: accepts[state] === true && transitions[state]?.length === 0 };
  leads.set(automaton, lead);
  return lead;
}
