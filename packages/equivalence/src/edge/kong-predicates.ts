import type { HeaderMatch, Predicate, QueryMatch, TextMatch } from '@isthmus/behavior';
import type { Condition, KongRoute, NamedCondition, RouterFlavor } from '@isthmus/kong-gateway';

const quote = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/** Whether an expression has alternatives outside of any group. */
function hasAlternatives(expression: string): boolean {
  let depth = 0;
  for (let index = 0; index < expression.length; index++) {
    const character = expression[index];
    if (character === '\\') index++;
    else if (character === '[') {
      // A bracket that comes first in a class stands for itself.
      index += expression.startsWith('[^', index) ? 2 : 1;
      while (index < expression.length && expression[++index] !== ']') if (expression[index] === '\\') index++;
    } else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}

const anything = '(?s:.*)';

// Empty groups only make an expression longer, for its place in Kong's order.
const withoutPadding = (expression: string): string => expression.replace(/(?<!\\)(?:\(\?:\))+/g, '');

/** An expression that is searched for, as one that the whole text has to match. */
export function wholeText(searched: string): string {
  const expression = withoutPadding(searched);
  if (hasAlternatives(expression)) return `${anything}(?:${expression})${anything}`;
  const begun = expression.replace(/^\^/, '');
  const inner = begun.replace(/((?:^|[^\\])(?:\\\\)*)\$$/, '$1');
  return `${expression.startsWith('^') ? '' : anything}${inner}${inner === begun ? anything : ''}`;
}

/** A condition of Kong's on a text; with `lower` on the text in lower case. */
export function textMatch({ op, value }: Condition, lower = false): TextMatch {
  switch (op) {
    case '==':
      return { kind: 'exact', value, ...(lower ? { ignoreCase: true } : {}) };
    case '^=':
      return { kind: 'prefix', value };
    case '=^':
      return { kind: 'regex', pattern: `${anything}${quote(value)}` };
    case '~': {
      const pattern = wholeText(value);
      return { kind: 'regex', pattern: lower ? `(?i:${pattern})` : pattern };
    }
  }
}

/** One of several conditions on a text, which all say less than one predicate can: one predicate for each. */
const choices = (conditions: readonly Condition[]): readonly (Condition | undefined)[] =>
  conditions.length === 0 ? [undefined] : conditions;

/** All ways in which named conditions hold, one condition of each. */
const combine = (named: readonly NamedCondition[]): (readonly (readonly [string, Condition])[])[] =>
  named.reduce<(readonly (readonly [string, Condition])[])[]>(
    (ways, { name, any }) => ways.flatMap((way) => any.map((one) => [...way, [name, one] as const])),
    [[]],
  );

/** One way in which a route of Kong's takes a request: the condition on the path, and all of them together. */
export interface Way {
  readonly path: Condition | undefined;
  readonly predicate: Predicate;
}

/**
 * The requests that a route takes, whose host and scheme are known to fit. Each header and parameter is taken to come once:
 * of repeated ones an expression wants all values to match, which Istio does not (edge.md T64).
 */
export function waysOf(route: KongRoute, flavor: RouterFlavor): Way[] {
  const lower = flavor !== 'expressions';
  const methods = route.methods.length === 0 ? [undefined] : route.methods;
  return choices(route.paths).flatMap((path) =>
    methods.flatMap((method) =>
      combine(route.headers).flatMap((headers) =>
        combine(route.queries).map((queries) => ({
          path,
          predicate: {
            ...(path === undefined ? {} : { path: textMatch(path) }),
            ...(method === undefined ? {} : { method: { kind: 'exact', value: method } as const }),
            headers: headers.map(([name, one]): HeaderMatch => ({ name, match: textMatch(one, lower) })),
            queryParameters: queries.map(([name, one]): QueryMatch => ({ name, match: textMatch(one) })),
          },
        })),
      ),
    ),
  );
}
