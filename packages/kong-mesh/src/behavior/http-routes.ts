import {
  type Decision,
  type HashPolicy,
  noHeaderChanges,
  type Retries,
  type Route,
  type RouteTable,
  type Rule,
} from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { resolveBackend } from './backend-ref.ts';
import type { ClientView } from './client-view.ts';
import { compareMatches, isCatchAll } from './compare-match.ts';
import { type DestinationPort, isHttp } from './destination.ts';
import type { Subject } from './entry-index.ts';
import { applyFilters, checkExpressions, type FilterOutcome } from './filters.ts';
import { hashOf } from './hash-policies.ts';
import { confOf, type Mesh } from './mesh.ts';
import type { Policy } from './policy.ts';
import { type RouteVariant, variantsOf } from './predicate.ts';
import type { Refuse } from './refusal.ts';
import { retriesOf } from './retries.ts';
import { mergeRules, type RouteMatch, type RouteRule } from './route-rule.ts';
import { ownSplit, type Split, splitOf, targetOf, weightedOf } from './split.ts';
import { type RouteTimeouts, routeTimeouts } from './timeouts.ts';

/** One match of one rule, on its way into the list. */
export interface FlatRoute {
  readonly match: RouteMatch;
  /** Undefined for the automatic route to the destination. */
  readonly rule?: RouteRule;
  /** Place of the match in its rule. */
  readonly at: number;
}

/**
 * The matches of all rules in the order in which the proxy tries them, with the automatic one behind them unless a rule
 * has exactly its match (kuma, meshhttproute/plugin/v1alpha1/listeners.go `prepareRoutes`).
 */
export function flatten(rules: readonly RouteRule[]): FlatRoute[] {
  const routes: FlatRoute[] = rules
    .flatMap((rule) => rule.matches.map((match, at) => ({ match, rule, at })))
    .sort((a, b) => compareMatches(a.match, b.match));
  const automatic: FlatRoute = { match: { path: { type: 'PathPrefix', value: '/' } }, at: 0 };
  return routes.some(({ match }) => isCatchAll(match)) ? routes : [...routes, automatic];
}

/** How many routes rules become, with the automatic one. */
export const countRoutes = (rules: readonly RouteRule[]): number =>
  flatten(rules).reduce((count, { match }) => count + variantsOf(match).length, 0);

/** What the policies say about a route beside where it goes. */
interface RouteSettings extends RouteTimeouts {
  readonly retries?: Retries;
  readonly hash: readonly HashPolicy[];
}

/** Finds the settings of the routes of one destination: its own, or those for the MeshHTTPRoute that a route is from. */
function settingsFor(
  mesh: Mesh,
  client: ClientView,
  subject: Subject,
  protocol: string,
  refuse: Refuse,
): (route?: Policy) => RouteSettings {
  const conf = (kind: 'MeshTimeout' | 'MeshRetry' | 'MeshLoadBalancingStrategy', route?: Policy): JsonObject =>
    confOf(mesh, kind, client, { ...subject, route }) ?? {};
  const read = (route?: Policy): RouteSettings => {
    // A rule for the route that means no retries leaves those of the destination in place (`configureRoute`).
    const retries =
      retriesOf(conf('MeshRetry', route), protocol, refuse) ??
      (route === undefined ? undefined : retriesOf(conf('MeshRetry'), protocol, refuse));
    return {
      ...routeTimeouts(conf('MeshTimeout'), conf('MeshTimeout', route)),
      ...(retries === undefined ? {} : { retries }),
      hash: hashOf(conf('MeshLoadBalancingStrategy', route), mesh.options.version, refuse) ?? [],
    };
  };
  const known = new Map<Policy | undefined, RouteSettings>();
  return (route) => {
    const before = known.get(route);
    if (before !== undefined) return before;
    const found = read(route);
    known.set(route, found);
    return found;
  };
}

function forwardTo(
  mesh: Mesh,

  split: Split & { readonly kind: 'backends' },
  filters: FilterOutcome,
  settings: RouteSettings,
): Decision {
  if (filters.badPath) return { kind: 'respond', status: 400 };
  const { rewrite, authority, requestHeaders, responseHeaders, mirrors } = filters;
  const weighted = weightedOf(mesh, split, 500);
  const only = weighted.length === 1 ? weighted[0]?.authority : undefined;
  const host = authority ?? only;
  return {
    kind: 'forward',
    destinations: weighted.map(({ authority: own, ...one }) =>
      own === undefined || host !== undefined ? one : { ...one, authority: own },
    ),
    ...(rewrite === undefined ? {} : { rewrite }),
    ...(host === undefined ? {} : { authority: host }),
    requestHeaders,
    responseHeaders,
    ...settings,
    mirrors,
  };
}

/** The decision of a route that has no backend left; undefined where Kuma leaves the route out. */
function withoutBackends({ options: { version } }: Mesh, { rule }: FlatRoute, refuse: Refuse): Decision | undefined {
  if (version === '2.13') refuse('a route has no backend left');
  return version === '3.0' && rule !== undefined && rule.backendRefs.length > 0
    ? { kind: 'respond', status: 500 }
    : undefined;
}

const ruleOf = ({ rule, at }: FlatRoute): { readonly rule?: Rule } =>
  rule === undefined
    ? {}
    : {
        rule: {
          kind: rule.policy.kind,
          namespace: rule.policy.namespace,
          name: rule.policy.name,
          path: `${rule.path}.matches[${at}]`,
        },
      };

/** Where one route of the proxy sends requests; undefined where Kuma leaves the route out. */
function decide(
  mesh: Mesh,
  flat: FlatRoute,
  variant: RouteVariant,
  split: Split & { readonly kind: 'backends' | 'empty' },
  settings: RouteSettings,
  refuse: Refuse,
): Decision | undefined {
  const { rule } = flat;
  const filters = applyFilters(
    rule?.filters ?? [],
    variant,
    (ref) => {
      const backend = resolveBackend(ref, rule?.policy as Policy, mesh.catalog, mesh.options.version, isHttp);
      return backend.kind === 'backend' ? targetOf(backend.destination, backend.port) : undefined;
    },
    refuse,
  );
  // 2.14 leaves out a route without backends before it looks at its filters.
  if (split.kind === 'empty' && (filters.redirect === undefined || mesh.options.version === '2.14'))
    return withoutBackends(mesh, flat, refuse);
  if (filters.redirect !== undefined) {
    // Envoy changes the headers of answers of its own as well (router.cc, direct_response_entry finalizeResponseHeaders, 1.40).
    const { responseHeaders } = filters;
    return responseHeaders === noHeaderChanges ? filters.redirect : { ...filters.redirect, responseHeaders };
  }
  return split.kind === 'empty' ? undefined : forwardTo(mesh, split, filters, settings);
}

/** The rules of the MeshHTTPRoutes for a port, merged; undefined where no policy has an entry for it. */
export function routeRules(mesh: Mesh, client: ClientView, subject: Subject): readonly RouteRule[] | undefined {
  const entries = mesh.entries.MeshHTTPRoute.rule(client, subject);
  return entries === undefined ? undefined : mergeRules(entries);
}

/** The routes of a listener as Kuma generates them, with the reasons why the proxy refuses them, if it does. */
export interface GeneratedRoutes {
  readonly routes: readonly Route[];
  readonly refusals: readonly string[];
}

/** The routes of a port whose requests are read, for a group of clients (routing.md 5.2 E). */
export function httpRoutes(
  mesh: Mesh,
  client: ClientView,
  subject: Subject,
  port: DestinationPort,
  rules: readonly RouteRule[],
): GeneratedRoutes {
  const refusals: string[] = [];
  const refuse: Refuse = (reason) => refusals.push(reason);
  const settings = settingsFor(mesh, client, subject, port.protocol, refuse);
  const own = isHttp(port.protocol) ? ownSplit(subject.destination, port) : ({ kind: 'empty' } as const);
  const counts = mesh.options.version === '3.0';
  const splits = new Map<RouteRule | undefined, Split & { readonly kind: 'backends' | 'empty' }>();
  const splitFor = (rule: RouteRule | undefined): Split & { readonly kind: 'backends' | 'empty' } => {
    const known = splits.get(rule);
    if (known !== undefined) return known;
    const listed = rule === undefined ? own : splitOf(rule.backendRefs, rule.policy, mesh, isHttp, counts);
    const split = listed.kind === 'destination' ? own : listed;
    splits.set(rule, split);
    return split;
  };
  const routes: Route[] = [];
  for (const flat of flatten(rules)) {
    const { rule } = flat;
    for (const variant of variantsOf(flat.match)) {
      const decision = decide(mesh, flat, variant, splitFor(rule), settings(rule?.policy), refuse);
      if (decision === undefined) continue;
      checkExpressions(variant, refuse);
      routes.push({ predicate: variant.predicate, decision, ...ruleOf(flat) });
    }
  }
  return { routes, refusals };
}

/** The table of such a port. Whatever the Host, one list counts: the destination was chosen by address and port. */
export function httpTable(subject: Subject, { routes, refusals }: GeneratedRoutes): RouteTable {
  const [reason] = refusals;
  if (reason !== undefined) return { virtualHosts: [], otherwise: { kind: 'broken', reason } };
  if (routes.length === 0) return { virtualHosts: [], otherwise: { kind: 'no listener' } };
  const name = `${subject.destination.name}.${subject.destination.namespace}`;
  return { virtualHosts: [{ name, domains: ['*'], routes }], otherwise: { kind: 'respond', status: 404 } };
}
