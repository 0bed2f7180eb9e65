import type { RoutePath } from '@isthmus/kong-gateway';
import { overlap, type Placed } from './order.ts';
import { asExpression, type PathForm } from './path-form.ts';

/** A match for the traditional_compatible router, with the rule whose route it will stand in. */
export interface PlacedRule extends Placed {
  /** The rule's place among those of its hosts, from 0. */
  readonly rule: number;
  /** The expressions that its headers are compared with. */
  readonly expressions: readonly string[];
}

/** What keeps the order in that router: an expression for each match, and a priority for each rule's route. */
export interface TraditionalOrder {
  readonly paths: readonly RoutePath[];
  readonly priorities: ReadonlyMap<number, number>;
}

/** The alternatives of an expression outside of any group; undefined where it holds groups that alternatives could be in. */
function alternatives(expression: string): string[] | undefined {
  return /[([\\]/.test(expression) ? undefined : expression.split('|');
}

/** A path as an expression that begins with a slash, as Kong's schema wants it there (edge.md 2.3); undefined where it has none such. */
function expressionOf(form: PathForm, capture: boolean): string | undefined {
  const whole = asExpression(form, capture);
  if (whole.startsWith('/')) return whole;
  const parts = form.kind === 'regex' ? alternatives(form.value.replace(/^\^/, '').replace(/\$$/, '')) : undefined;
  if (parts === undefined || !parts.every((part) => part.startsWith('/'))) return undefined;
  return `/(?:${parts.map((part) => part.slice(1)).join('|')})${capture ? '()' : ''}$`;
}

// Kong lowers the pattern with the value, so that classes turn into their opposites (edge.md 2.3).
const changesInLowerCase = (expression: string): boolean => /\\[A-Z]|\[[^\]]*[A-Z]|\(\?P</.test(expression);

const attributes = ({ methods, headers }: Placed): number => Number(methods !== undefined) + Number(headers > 0);

/** The bits of a priority that the number of headers takes, one to the left of those of the expression's (priority.ts). */
const headerBits = (matches: readonly Placed[]): number => {
  const most = Math.max(0, ...matches.map(({ headers }) => headers));
  return most === 0 ? 0 : Math.floor(Math.log2(most)) + 2;
};

// Bits 19 to 28 are free for it where the count of attributes begins with bit 29.
const mostBits = 10;

/**
 * Expressions and priorities that make Kong's traditional_compatible router try overlapping matches in the order of the list.
 * The count of attributes comes before the priority of the expression there, so that a match which asks for less cannot come
 * before one that asks for more; nor one with fewer headers, which the documentation puts first and the router as it runs
 * does not. Undefined where the order cannot be kept, or a condition cannot (parameters of queries, expressions that change
 * in lower case).
 */
export function keepTraditionalOrder(matches: readonly PlacedRule[]): TraditionalOrder | undefined {
  const paths: RoutePath[] = [];
  for (const { form, capture, queryParams, expressions } of matches) {
    const value = expressionOf(form, capture);
    if (value === undefined || queryParams > 0 || expressions.some(changesInLowerCase)) return undefined;
    paths.push({ type: 'RegularExpression', value });
  }
  const first = new Map<number, number>();
  for (const [index, { rule }] of matches.entries()) if (!first.has(rule)) first.set(rule, index);
  const ranked = [...first.keys()];
  const step = headerBits(matches);
  const places = new Map(ranked.map((rule, index) => [rule, ranked.length - index]));
  if (ranked.length.toString(2).length + step > mostBits) return undefined;
  for (const [index, match] of matches.entries()) {
    for (const later of matches.slice(index + 1)) {
      if (match.rule === later.rule || !overlap(lowered(match), lowered(later))) continue;
      const more = attributes(match) - attributes(later);
      if (more > 0) continue;
      if (more < 0 || match.headers < later.headers) return undefined;
      if ((places.get(match.rule) as number) < (places.get(later.rule) as number)) return undefined;
    }
  }
  return { paths, priorities: new Map([...places].map(([rule, place]) => [rule, place << step])) };
}

/** Values of headers are compared without regard to case. */
const lowered = (match: Placed): Placed => ({
  ...match,
  exactHeaders: new Map([...match.exactHeaders].map(([name, value]) => [name, value.toLowerCase()])),
});
