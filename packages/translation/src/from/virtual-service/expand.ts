import { type Code, codes } from '@isthmus/diagnostics';
import { type CompiledRoute, isDerived, writtenAt } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import { loseRoutes } from './account.ts';
import type { Action } from './action.ts';
import type { Backends } from './backends.ts';
import { covers, everyRequest, type HeaderCondition, intersection, type Match, type Path } from './match.ts';
import { placePath } from './place-path.ts';
import { type Dialled, type Reading, readAction } from './read-action.ts';
import { type Authorities, type Conditions, readConditions } from './read-match.ts';

/** One entry of `matches` with what becomes of its requests. */
export interface Step {
  readonly match: Match;
  readonly action: Action;
  /** The route of Istio that it is from; undefined for the answer to what no rule takes. */
  readonly route: CompiledRoute | undefined;
}

/** A request that cannot be told apart from others by one match of Kong Mesh. */
class Inexpressible extends Error {}

/** What a prefix that Kong Mesh cannot rewrite whole takes beside path segments, with an example. */
function longerThan(path: Path): { prefix: string; others: string; example: string } {
  if (path.kind === 'regex' && path.prefix !== undefined)
    return { prefix: path.prefix, others: 'longer names and other cases', example: path.prefix.toUpperCase() };
  const prefix = path.kind === 'regex' ? path.pattern : path.value;
  return { prefix, others: 'longer names', example: `${prefix}x` };
}

/** Of a rule with a condition that is lost. */
const unconditional: Action = { kind: 'refuse', cause: codes.virtualService.condition };

/** More steps than this are not a readable policy any more. */
const mostSteps = 2_000;

/** The steps of a list, those that Istio never gets to left out. */
function withoutDead(steps: readonly Step[]): Step[] {
  const kept: Step[] = [];
  for (const step of steps) if (!kept.some((earlier) => covers(earlier.match, step.match))) kept.push(step);
  return kept;
}

/** The field of a route's match as a person wrote it. */
const origin = ({ route }: Step): Field | undefined => {
  const field = route?.match?.fields[0];
  return field && writtenAt(field);
};

/**
 * Joins the two halves of a prefix of path segments: Istio makes one route of a Gateway API prefix, which takes the prefix
 * itself and all below it, and so does Kong Mesh.
 */
function joinSegments(steps: readonly Step[]): Step[] {
  const joined: Step[] = [];
  for (const step of steps) {
    const before = joined.at(-1);
    const { path } = step.match;
    const half = before?.match.path;
    const isPair = path.kind === 'prefix' && half?.kind === 'exact' && path.value === `${half.value}/`;
    if (before === undefined || !isPair || !isDerived(step.route?.rule.field.resource)) {
      joined.push(step);
      continue;
    }
    const [one, other] = [origin(before), origin(step)];
    const isSame = one !== undefined && one.resource === other?.resource && one.path === other.path;
    const isPlain = !('path' in before.action) && !('path' in step.action);
    if (!isSame || !isPlain) joined.push(step);
    else
      joined[joined.length - 1] = { ...step, match: { ...step.match, path: { kind: 'segment', value: half.value } } };
  }
  return joined;
}

/**
 * Turns the ordered routes of a service into steps of Kong Mesh in the same order. A condition that has no counterpart but an
 * opposite (`withoutHeaders`) becomes steps in front for the requests that it excludes, which go where the routes behind send
 * them. What cannot be expressed is refused, so that no later rule gets its requests.
 */
export function expand(
  context: Context,
  backends: Backends,
  routes: readonly CompiledRoute[],
  dialled: Dialled,
  authorities: Authorities,
): Step[] {
  // By the place of the route; what no request gets to is not read.
  const conditions: Conditions[] = [];
  const readings: Reading[] = [];
  const conditionsOf = (place: number): Conditions => {
    conditions[place] ??= readConditions(context, routes[place] as CompiledRoute, authorities);
    return conditions[place];
  };
  const readingOf = (place: number): Reading => {
    readings[place] ??= readAction(context, backends, routes[place] as CompiledRoute, dialled);
    return readings[place];
  };
  let budget = mostSteps;
  const spend = (): void => {
    if (--budget < 0) throw new Inexpressible();
  };

  const repeated = ({ name, from }: HeaderCondition, other: HeaderCondition): void => {
    for (const field of [from, other.from])
      if (field !== undefined) context.approximate(field, undefined, codes.virtualService.repeatedHeader, { name });
  };

  /** The steps of one route for requests that meet `match` as well, with those of the routes behind it that it makes room for. */
  function stepsOf(place: number, match: Match, except: readonly Match[]): Step[] {
    const route = routes[place] as CompiledRoute;
    const next = place + 1;
    const steps: Step[] = [];
    for (const one of except) {
      const excluded = intersection(match, one, repeated);
      if (excluded === undefined) throw new Inexpressible();
      if (excluded !== 'empty') steps.push(...behind(next, excluded));
    }
    const { action, rewrite, rewriteField } = readingOf(place);
    // An answer 404 to all that is left is what no rule for the rest gives too.
    if (action.kind === 'unmatched' && except.length === 0 && covers(match, everyRequest))
      return [...steps, { match, action, route }];
    const isSent = action.kind === 'forward' || action.kind === 'redirect';
    // Nearly all routes leave the path as it is.
    if (isSent && rewrite === undefined) {
      spend();
      steps.push({ match, action, route });
      return steps;
    }
    const placed = action.kind === 'refuse' ? undefined : placePath(match, rewrite);
    if (action.kind === 'refuse' || action.kind === 'unmatched' || placed === undefined) {
      if (action.kind !== 'refuse' && rewriteField !== undefined)
        context.unsupported(rewriteField, codes.virtualService.rewrite, {});
      const { rewrite: place, directResponse } = codes.virtualService;
      const cause = action.kind === 'unmatched' ? directResponse : place;
      return [...steps, { match, action: action.kind === 'refuse' ? action : { kind: 'refuse', cause }, route }];
    }
    for (const path of placed.others) steps.push(...behind(next, { ...match, path }));
    for (const path of placed.refused) {
      if (rewriteField !== undefined) context.unsupported(rewriteField, codes.virtualService.rewrite, {});
      steps.push({ match: { ...match, path }, action: { kind: 'refuse', cause: codes.virtualService.rewrite }, route });
    }
    for (const { path, filter } of placed.pieces) {
      spend();
      steps.push({
        match: path === match.path ? match : { ...match, path },
        action: filter === undefined ? action : { ...action, path: filter },
        route,
      });
    }
    for (const path of placed.lost) {
      if (rewriteField !== undefined)
        context.approximate(rewriteField, undefined, codes.virtualService.prefixRewrite, {
          ...longerThan(path),
        });
      steps.push({
        match: { ...match, path },
        action: { kind: 'refuse', cause: codes.virtualService.prefixRewrite },
        route,
      });
    }
    return steps;
  }

  /** What the routes from a place on do with some requests. */
  function behind(from: number, within: Match): Step[] {
    const steps: Step[] = [];
    for (let index = from; index < routes.length; index++) {
      spend();
      const route = routes[index] as CompiledRoute;
      const { matches, except, isWider } = conditionsOf(index);
      let isCovered = false;
      for (const own of matches) {
        const match = intersection(own, within, repeated);
        if (match === 'empty') continue;
        if (match === undefined) throw new Inexpressible();
        steps.push(...(isWider ? [{ match, action: unconditional, route }] : stepsOf(index, match, except)));
        isCovered ||= covers(own, within);
      }
      if (isCovered) return steps;
    }
    return [...steps, { match: within, action: { kind: 'unmatched' }, route: undefined }];
  }

  const steps: Step[] = [];
  let isComplete = false;
  for (let index = 0; index < routes.length; index++) {
    const route = routes[index] as CompiledRoute;
    const { matches, except, isWider } = conditionsOf(index);
    for (const match of matches) {
      if (isWider) steps.push({ match, action: unconditional, route });
      else {
        try {
          steps.push(...stepsOf(index, match, except));
        } catch (error) {
          if (!(error instanceof Inexpressible)) throw error;
          const at = route.match?.fields[0] ?? route.rule.field;
          context.unsupported(at, codes.virtualService.excluded, {});
          steps.push({ match, action: { kind: 'refuse', cause: codes.virtualService.excluded }, route });
        }
      }
      isComplete ||= covers(match, everyRequest);
    }
    if (isComplete) break;
  }
  if (!isComplete) steps.push({ match: everyRequest, action: { kind: 'unmatched' }, route: undefined });
  const live = joinSegments(withoutDead(steps));
  loseHidden(live);
  return live;

  /** Rules whose requests Istio would hand to them, but a rule in front refuses: it lost a condition, so that it takes more. */
  function loseHidden(live: readonly Step[]): void {
    const first = conditions.findIndex((one) => one?.isWider);
    if (first < 0) return;
    const kept = new Set(live.flatMap(({ route }) => route ?? []));
    const hidden = new Map<CompiledRoute, Code>();
    const taken: Match[] = [];
    for (const [index, route] of routes.entries()) {
      const { matches, except, isWider } = conditionsOf(index);
      const isOpen = matches.some((match) => !taken.some((one) => covers(one, match)));
      if (index > first && isOpen && !kept.has(route)) hidden.set(route, codes.virtualService.condition);
      if (!isWider && except.length === 0) taken.push(...matches);
      if (taken.some((one) => covers(one, everyRequest))) break;
    }
    loseRoutes(context, hidden, kept);
  }
}
