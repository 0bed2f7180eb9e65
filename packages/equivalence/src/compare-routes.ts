import {
  type Decision,
  evaluate,
  findVirtualHost,
  type Request,
  type RouteTable,
  splitPath,
  type TextMatch,
  type VirtualHost,
} from '@isthmus/behavior';
import { automatonOf, leadOf } from './automaton.ts';
import { compareDecisions, type DecisionOptions, type KnownPath } from './compare-decisions.ts';
import { compareWaits, waited } from './compare-waits.ts';
import type { Aspect, Counterexample, Decided, Difference, Verdict } from './difference.ts';
import { type Budget, BudgetExceeded } from './intersection.ts';
import { UndecidableExpression } from './re2/parse.ts';
import {
  type Case,
  everyRequest,
  type Literal,
  literalsOf,
  narrow,
  readsAuthority,
  requestOf,
  statusIn,
} from './request-space.ts';

/** What a comparison of two route tables found, by aspect. */
export type RouteVerdicts = Readonly<Record<Aspect, Verdict>>;

/** Enough for a service with hundreds of routes; what needs more is undecided. */
export const defaultBudget: Readonly<Budget> = { states: 2_000_000, cases: 200_000 };

/** What a comparison may be told beside the routes. */
export interface CompareOptions extends Omit<DecisionOptions, 'unread'> {
  readonly limits?: Readonly<Budget>;
  /** Only requests of these; all where absent. */
  readonly among?: Case;
  /** Over TLS, as the proxies see it; plain where absent. */
  readonly scheme?: 'https';
}

const notFound: Decision = { kind: 'respond', status: 404 };

/** A route with what it still asks of a request whose authority is known. */
interface Step {
  readonly literals: readonly Literal[];
  readonly decided: Decided;
}

/** The routes that an authority can get to; the last one takes every request. */
function stepsOf(table: RouteTable, authority: string, scheme: string): Step[] {
  const virtualHost = findVirtualHost(table, authority);
  if (virtualHost === undefined) return [{ literals: [], decided: { decision: table.otherwise } }];
  const steps = virtualHost.routes.flatMap(({ predicate, decision, rule }): Step[] => {
    const literals = literalsOf(predicate, { authority, scheme });
    return literals === undefined ? [] : [{ literals, decided: { decision, ...(rule === undefined ? {} : { rule }) } }];
  });
  return [...steps, { literals: [], decided: { decision: notFound } }];
}

/** The first step that takes all requests of a case, or a condition that divides them. */
function advance(
  steps: readonly Step[],
  from: number,
  of: Case,
  budget: Budget,
): { readonly index: number; readonly divides?: Literal } {
  for (let index = from; index < steps.length; index++) {
    let open: Literal | undefined;
    let refused = false;
    for (const literal of steps[index]?.literals ?? []) {
      const status = statusIn(of, literal.condition, budget);
      if (status === undefined) open ??= literal;
      else if (status !== literal.holds) {
        refused = true;
        break;
      }
    }
    if (refused) continue;
    return open === undefined ? { index } : { index, divides: open };
  }
  return { index: steps.length - 1 };
}

const sizeOf = ({ path, method, headers }: Request): number =>
  path.length +
  (method === 'GET' ? 0 : method.length) +
  Object.entries(headers).reduce((sum, [name, values]) => sum + name.length + values.join('').length, 0);

interface Findings {
  readonly counterexamples: Partial<Record<Aspect, Counterexample>>;
  readonly undecided: Partial<Record<Aspect, string>>;
}

/** The path of a request that shows what becomes of a query, where a redirect to a path with one of its own may drop it. */
function telltalePath(path: string, { query }: Case, decided: readonly Decided[]): string {
  const hasOwn = ({ decision }: Decided): boolean =>
    decision.kind === 'redirect' && decision.path?.kind === 'full' && decision.path.value.includes('?');
  if (path.includes('?') || !decided.some(hasOwn)) return path;
  let name = 'q';
  while (query.has(name)) name += 'q';
  return `${path}?${name}=1`;
}

/** What is known of the path of requests that meet these conditions. */
function knownPath(inside: readonly TextMatch[], path: string): KnownPath {
  if (inside.some((match) => leadOf(automatonOf(match)).isAll))
    return { exact: splitPath(path).path, prefix: splitPath(path).path };
  const prefixes = inside.flatMap((match) => (match.kind === 'prefix' && !match.ignoreCase ? [match.value] : []));
  return { prefix: prefixes.reduce((a, b) => (b.length > a.length ? b : a), '/') };
}

interface WalkOptions extends DecisionOptions, Pick<CompareOptions, 'among' | 'scheme'> {
  /** What becomes of slow clients on either side, whatever they ask. */
  readonly slow: readonly Difference[];
}

/** Walks the cases that the routes of either side tell apart. */
function walk(
  before: readonly Step[],
  after: readonly Step[],
  authority: string,
  budget: Budget,
  found: Findings,
  { among = everyRequest, scheme, slow, ...options }: WalkOptions,
): void {
  const open: { readonly of: Case; readonly i: number; readonly j: number }[] = [{ of: among, i: 0, j: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (--budget.cases < 0) throw new BudgetExceeded('cases');
    const { of } = next;
    const first = advance(before, next.i, of, budget);
    const second = first.divides === undefined ? advance(after, next.j, of, budget) : undefined;
    const divides = first.divides ?? second?.divides;
    if (divides !== undefined) {
      const j = second?.index ?? next.j;
      for (const holds of [false, true])
        open.push({ of: narrow(of, { condition: divides.condition, holds }), i: first.index, j });
      continue;
    }
    const decidedBefore = (before[first.index] as Step).decided;
    const decidedAfter = (after[second?.index ?? 0] as Step).decided;
    const plain = requestOf(of, authority, budget);
    const request = {
      ...plain,
      path: telltalePath(plain.path, of, [decidedBefore, decidedAfter]),
      ...(scheme === undefined ? {} : { scheme }),
    };
    const known = knownPath(of.path.inside, request.path);
    const compared = compareDecisions(decidedBefore.decision, decidedAfter.decision, known, request, options);
    const { undecided } = compared;
    const differences = waited(decidedBefore.decision, decidedAfter.decision)
      ? [...compared.differences, ...slow]
      : compared.differences;
    for (const { aspect, reason } of undecided) found.undecided[aspect] ??= reason;
    for (const aspect of new Set(differences.map((difference) => difference.aspect))) {
      const known = found.counterexamples[aspect];
      if (known !== undefined && sizeOf(known.request) <= sizeOf(request)) continue;
      found.counterexamples[aspect] = {
        ...(options.unread ? { isConnection: true } : {}),
        request,
        before: decidedBefore,
        after: decidedAfter,
        differences: differences.filter((difference) => difference.aspect === aspect),
      };
    }
  }
}

/** The virtual host of an authority, if its routes are the same for all authorities that it takes. */
function sharedHost(table: RouteTable, authority: string): VirtualHost | undefined {
  const found = findVirtualHost(table, authority);
  return found?.routes.some(({ predicate }) => readsAuthority(predicate)) ? undefined : found;
}

/** Whether a model, asked about the very request, decides as the comparison says. */
function agrees(table: RouteTable, request: Request, { decision }: Decided): boolean {
  const evaluation = evaluate(table, request);
  const isUnmatched = evaluation.virtualHost !== undefined && evaluation.route === undefined;
  return isUnmatched ? decision === notFound : decision === evaluation.decision;
}

/**
 * Decides for all requests to some authorities whether two route tables treat them alike: the requests are divided by the
 * conditions of the routes, as automata, until each case has one deciding route on either side. A counterexample is the shortest
 * found, and both models have confirmed it.
 */
export function compareRoutes(
  before: RouteTable,
  after: RouteTable,
  authorities: readonly string[],
  { limits = defaultBudget, ...others }: CompareOptions = {},
): RouteVerdicts {
  // Where one side reads requests, all that it does with them is a difference to one that passes them on as they are.
  const unread = before.opaque === true && after.opaque === true;
  const options = { ...others, unread, slow: compareWaits(before, after) };
  const budget: Budget = { ...limits };
  const found: Findings = { counterexamples: {}, undecided: {} };
  const walked = new Map<VirtualHost, Set<VirtualHost>>();
  const seen = new Set<string>();
  let gaveUp: string | undefined;
  for (const authority of authorities) {
    // Names of one service mostly share their routes.
    const [here, there] = [sharedHost(before, authority), sharedHost(after, authority)];
    if (here !== undefined && there !== undefined) {
      const known = walked.get(here) ?? new Set();
      walked.set(here, known);
      if (known.has(there)) continue;
      known.add(there);
    }
    const scheme = others.scheme ?? 'http';
    const [stepsBefore, stepsAfter] = [stepsOf(before, authority, scheme), stepsOf(after, authority, scheme)];
    const key = JSON.stringify([stepsBefore, stepsAfter]);
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      walk(stepsBefore, stepsAfter, authority, budget, found, options);
    } catch (error) {
      if (error instanceof BudgetExceeded)
        gaveUp = `more than ${limits[error.what]} ${error.what} would have to be told apart`;
      else if (error instanceof UndecidableExpression)
        gaveUp = `the comparison does not know what ${error.message} means in a regular expression`;
      else throw error;
    }
  }
  const verdictOf = (aspect: Aspect): Verdict => {
    const counterexample = found.counterexamples[aspect];
    if (counterexample !== undefined)
      return agrees(before, counterexample.request, counterexample.before) &&
        agrees(after, counterexample.request, counterexample.after)
        ? { verdict: 'differs', counterexample }
        : { verdict: 'undecided', reason: 'the models do not confirm the difference that was found' };
    const reason = gaveUp ?? found.undecided[aspect];
    return reason === undefined ? { verdict: 'same' } : { verdict: 'undecided', reason };
  };
  return { routing: verdictOf('routing'), resilience: verdictOf('resilience') };
}
