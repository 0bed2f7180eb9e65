import type {
  Client,
  Destination,
  Forward,
  HashPolicy,
  Mirror,
  PathRewrite,
  TextMatch,
  WeightedDestination,
} from '@isthmus/behavior';
import { child, type Field, number, text } from '@isthmus/kubernetes';
import type { ClientScope } from '../effective/client-scope.ts';
import type { EffectiveConfig } from '../effective/config.ts';
import { isDerived } from '../effective/derived.ts';
import type { EffectiveRouteDestination } from '../effective/destination.ts';
import type { EffectiveHttpRule, EffectiveMirror } from '../effective/http-rule.ts';
import type { PortView } from '../effective/service-view.ts';
import { corsOf } from './cors.ts';
import { type ResolvedDestination, resolveDestination } from './destination.ts';
import { milliseconds } from './duration.ts';
import { faultOf, percentageOf } from './fault.ts';
import { hashOfDestination, hashPolicy } from './hash-policy.ts';
import { authorityFrom, headerChanges } from './header-changes.ts';
import { replaceMatched } from './redirect.ts';
import { retriesOf } from './retries.ts';

/** Who asks, on which port, and which services listen there. */
export interface Place {
  readonly config: EffectiveConfig;
  readonly client: Client;
  /** What the client knows. */
  readonly scope: ClientScope;
  readonly port: number;
  readonly known: PortView;
  /** Whether the routes are for a gateway of this name, as it is written; for sidecars where absent. */
  readonly isOf?: (gateway: string) => boolean;
}

/** The percentage of a mirror, all where none is written. */
function mirrorPercentage(field: Field | undefined): number {
  if (field === undefined) return 100;
  return number(field)?.value ?? percentageOf(field);
}

function mirrorOf({ destination, percentage }: EffectiveMirror, place: Place): Mirror {
  return {
    destination: resolveDestination(place, destination).destination,
    percentage: mirrorPercentage(percentage),
  };
}

function rewriteOf(rewrite: Field | undefined, path: TextMatch | undefined): PathRewrite | undefined {
  if (rewrite === undefined) return undefined;
  const regex = child(rewrite, 'uriRegexRewrite');
  if (regex !== undefined && regex.value !== null) {
    const pattern = text(child(regex, 'match'))?.value ?? '';
    const substitution = text(child(regex, 'rewrite'))?.value ?? '';
    // The whole path of every request, as routes of the Gateway API ask for it.
    if (pattern === '/.*' && !substitution.includes('\\')) return { kind: 'full', value: substitution };
    return { kind: 'regex', pattern, substitution };
  }
  const uri = text(child(rewrite, 'uri'))?.value;
  return uri ? replaceMatched(path, uri) : undefined;
}

/**
 * A destination that Istio has no cluster for is answered with 500 in a route of the Gateway API, else with 503
 * (istio/pilot/pkg/networking/core/route/route.go applyHTTPRouteDestination: ClusterNotFoundResponseCode, 1.32, read).
 */
function asRouted(destination: Destination, { field }: EffectiveHttpRule): Destination {
  if (destination.endpoints.kind !== 'none' || !isDerived(field.resource)) return destination;
  return { ...destination, endpoints: { ...destination.endpoints, status: 500 } };
}

/** One of several destinations: it changes headers by itself, and its authority counts where the route has none. */
function weighted(
  { headers, weight }: EffectiveRouteDestination,
  { destination }: ResolvedDestination,
  rule: EffectiveHttpRule,
): WeightedDestination {
  const authority = authorityFrom(headers);
  return {
    destination: asRouted(destination, rule),
    weight: weight?.value ?? 0,
    ...(authority === undefined ? {} : { authority }),
    ...(headers === undefined
      ? {}
      : {
          requestHeaders: headerChanges([headers], 'request'),
          responseHeaders: headerChanges([headers], 'response'),
        }),
  };
}

/**
 * What a rule with destinations does (istio/pilot/pkg/networking/core/route/route.go applyHTTPRouteDestination, 1.32).
 * @param path the condition on the path, whose match a rewrite replaces
 */
export function forwardOf(rule: EffectiveHttpRule, path: TextMatch | undefined, place: Place): Forward {
  const { settings, route, mirrors } = rule;
  const single = route.length === 1 ? route[0] : undefined;
  const destinations: WeightedDestination[] = [];
  const hash: HashPolicy[] = [];
  let isHashed = false;
  for (const entry of route) {
    if (single === undefined && (entry.weight?.value ?? 0) === 0) continue;
    const found = resolveDestination(place, entry.destination);
    destinations.push(
      single === undefined
        ? weighted(entry, found, rule)
        : { destination: asRouted(found.destination, rule), weight: 1 },
    );
    const field = hashOfDestination(found.rule, entry.destination);
    const policy = hashPolicy(field);
    if (policy !== undefined) hash.push(policy);
    if (single !== undefined) isHashed = field !== undefined;
  }
  const written = text(child(settings.rewrite, 'authority'))?.value || authorityFrom(settings.headers);
  // One destination: its changes stand in the route's own list, behind the route's.
  const authority = written ?? (single && authorityFrom(single.headers));
  const ownHeaders = single === undefined ? [settings.headers] : [settings.headers, single.headers];
  const retries = retriesOf(settings.retries ?? child(place.config.mesh.config, 'defaultHttpRetryPolicy'), isHashed);
  const rewrite = rewriteOf(settings.rewrite, path);
  const fault = faultOf(settings.fault);
  // Part by part: an estate has many routes, and spreads of what is absent take longer than all the rest of the object.
  const forward: { -readonly [Key in keyof Forward]?: Forward[Key] } = { kind: 'forward', destinations };
  if (rewrite !== undefined) forward.rewrite = rewrite;
  if (authority !== undefined) forward.authority = authority;
  forward.requestHeaders = headerChanges(ownHeaders, 'request');
  forward.responseHeaders = headerChanges(ownHeaders, 'response');
  forward.timeout = milliseconds(settings.timeout) ?? 0;
  if (retries !== undefined) forward.retries = retries;
  forward.mirrors = mirrors.map((mirror) => mirrorOf(mirror, place)).filter(({ percentage }) => percentage > 0);
  if (fault !== undefined) forward.fault = fault;
  if (settings.corsPolicy !== undefined) forward.cors = corsOf(settings.corsPolicy);
  forward.hash = hash;
  return forward as Forward;
}
