import {
  compileExpression,
  type Decision,
  type HeaderChanges,
  noHeaderChanges,
  type Predicate,
  RegularExpressionError,
  type Route,
  type Rule,
  type TextMatch,
} from '@isthmus/behavior';
import { child, effectiveNamespace, type Field, matchesLabels, number, text } from '@isthmus/kubernetes';
import { writtenAt } from '../effective/derived.ts';
import type { EffectiveHttpRule, EffectiveMatch } from '../effective/http-rule.ts';
import type { EffectiveVirtualService } from '../effective/virtual-service.ts';
import { corsOf } from './cors.ts';
import { faultOf } from './fault.ts';
import { forwardOf, type Place } from './forward.ts';
import { headerChanges } from './header-changes.ts';
import { asksForClaims, isCatchAll, never, predicateOf } from './predicate.ts';
import { redirectOf } from './redirect.ts';

/** A route with what it was made of. */
export interface CompiledRoute {
  readonly route: Route;
  readonly virtualService: EffectiveVirtualService;
  readonly rule: EffectiveHttpRule;
  /** Undefined where the rule has no matches. */
  readonly match: EffectiveMatch | undefined;
}

/** The labels of `sourceLabels`. */
export const sourceLabelsOf = (match: EffectiveMatch): Record<string, string> =>
  Object.fromEntries(Object.entries(match.sourceLabels).map(([key, { value }]) => [key, String(value)]));

/**
 * Whether a match can hold for a client on a port at all: `gateways` take the place of the source (route.go sourceMatchHTTP).
 * Of a gateway its pods are the client.
 */
export function concerns(
  match: EffectiveMatch,
  { client, port, isOf = (gateway) => gateway === 'mesh' }: Pick<Place, 'client' | 'port' | 'isOf'>,
): boolean {
  if (match.port !== undefined && match.port.value !== port) return false;
  if (match.gateways.length > 0) return match.gateways.some(({ value }) => isOf(value));
  if (match.sourceNamespace !== undefined && match.sourceNamespace.value !== client.namespace) return false;
  for (const _ in match.sourceLabels) return matchesLabels(sourceLabelsOf(match), client.labels);
  return true;
}

function referTo({ field }: EffectiveHttpRule, match: EffectiveMatch | undefined): Rule {
  const own = match?.fields.find((part) => part.resource === field.resource);
  const { resource, path } = writtenAt(own ?? field);
  return { kind: resource.kind, namespace: effectiveNamespace(resource), name: resource.name, path };
}

function responseHeaders(headers: Field | undefined): { readonly responseHeaders?: HeaderChanges } {
  const changes = headerChanges([headers], 'response');
  return changes === noHeaderChanges ? {} : { responseHeaders: changes };
}

function bodyOf(directResponse: Field): { readonly body?: string } {
  const body = child(directResponse, 'body');
  const written = text(child(body, 'string'))?.value;
  const bytes = text(child(body, 'bytes'))?.value;
  if (written !== undefined) return { body: written };
  if (bytes === undefined) return {};
  try {
    return { body: atob(bytes) };
  } catch {
    // The API server stores no such bytes.
    return { body: bytes };
  }
}

const maxWeight = 4_294_967_295;

function decide(rule: EffectiveHttpRule, path: TextMatch | undefined, place: Place): Decision {
  const { redirect, directResponse, headers, fault: written, corsPolicy } = rule.settings;
  const fault = faultOf(written);
  if (redirect !== undefined) {
    const decision = redirectOf(redirect, path, place.port);
    if (decision === undefined)
      return {
        kind: 'broken',
        reason: `redirect code ${number(child(redirect, 'redirectCode'))?.value} has no action`,
      };
    return { ...decision, ...responseHeaders(headers), ...(corsPolicy && { cors: corsOf(corsPolicy) }) };
  }
  if (directResponse !== undefined)
    return {
      kind: 'respond',
      status: number(child(directResponse, 'status'))?.value ?? 0,
      ...bodyOf(directResponse),
      ...(fault && { fault }),
      ...responseHeaders(headers),
    };
  if (rule.route.length !== 1) {
    const total = rule.route.reduce((sum, { weight }) => sum + (weight?.value ?? 0), 0);
    if (total > maxWeight || total === 0)
      return { kind: 'broken', reason: `the weights of the destinations sum to ${total}` };
  }
  return forwardOf(rule, path, place);
}

/** Why RE2 refuses an expression; undefined where it takes it. */
function refusalOf(match: TextMatch | undefined): string | undefined {
  if (match?.kind !== 'regex') return undefined;
  try {
    compileExpression(match.pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RegularExpressionError) return `RE2 refuses ${JSON.stringify(match.pattern)}`;
    throw error;
  }
}

function refusalAmong(named: readonly { readonly match: TextMatch }[]): string | undefined {
  for (const { match } of named) {
    const refusal = refusalOf(match);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Why RE2 refuses one of a predicate's expressions; undefined where it takes all. */
function badExpression({ path, method, authority, scheme, headers, queryParameters }: Predicate): string | undefined {
  return (
    refusalOf(path) ??
    refusalOf(method) ??
    refusalOf(authority) ??
    refusalOf(scheme) ??
    refusalAmong(headers) ??
    refusalAmong(queryParameters)
  );
}

const withoutMatches: readonly (EffectiveMatch | undefined)[] = [undefined];

/**
 * The routes of a VirtualService for a client and the port that it dials, in order, as far as the first that takes every
 * request (istio/pilot/pkg/networking/core/route/route.go BuildHTTPRoutesForVirtualService, TranslateRoute, 1.32). Empty
 * where none concerns them: the VirtualService then counts for nothing there. A `broken` decision means that Envoy refuses
 * the whole table.
 */
export function compileRoutes(virtualService: EffectiveVirtualService, place: Place): CompiledRoute[] {
  const compiled: CompiledRoute[] = [];
  for (const rule of virtualService.http) {
    const matches = rule.matches.length === 0 ? withoutMatches : rule.matches;
    for (const match of matches) {
      if (match !== undefined && !concerns(match, place)) continue;
      const isNever = place.isOf === undefined && match !== undefined && asksForClaims(match);
      const predicate = isNever ? never : predicateOf(match);
      const bad = badExpression(predicate);
      const decision: Decision =
        bad === undefined ? decide(rule, predicate.path, place) : { kind: 'broken', reason: bad };
      compiled.push({ route: { predicate, decision, rule: referTo(rule, match) }, virtualService, rule, match });
      if (isCatchAll(match, predicate)) return compiled;
    }
  }
  return compiled;
}
