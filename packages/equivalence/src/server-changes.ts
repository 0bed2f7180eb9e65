import type { Decision, Destination, Endpoints, RouteTable, ServerEffects } from '@isthmus/behavior';
import {
  contains,
  type EffectiveConfig,
  overlaps,
  type ProxyChange,
  type RegistryService,
  scopeOf,
} from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import { type Called, isMet, proxyChangesOf, rivals } from './proxy-changes.ts';

type Workloads = Extract<Endpoints, { readonly kind: 'workloads' }>;

/** What is changed at the servers behind a destination. */
interface OfServers {
  /** What the model follows of it. */
  readonly effects: ServerEffects | undefined;
  readonly followed: readonly ProxyChange[];
  readonly unfollowed: readonly ProxyChange[];
}

/**
 * Whether Services may send to the port of these workloads more than once: each time they have an inbound of its own in Kong
 * Mesh, with all filters (routing.md 2.5). A port by name may be any other one.
 */
function isShared({ registry }: EffectiveConfig, { namespace, labels, port }: Workloads): boolean {
  const sending = registry.all.flatMap((one) =>
    one.registry === 'kubernetes' &&
    one.namespace === namespace &&
    one.selector !== undefined &&
    matchesLabels(one.selector, labels)
      ? one.ports.filter(({ targetPort }) => targetPort === port || typeof targetPort !== typeof port)
      : [],
  );
  return sending.length > 1;
}

const refusing = new Set(['AuthorizationPolicy', 'RequestAuthentication']);

/** Whether policies of Istio's may refuse some of what comes to these workloads, so that it matters who counts first. */
const mayRefuse = ({ estate, mesh }: EffectiveConfig, { namespace, labels }: Workloads): boolean =>
  estate.istio.some(
    (one) =>
      refusing.has(one.kind) &&
      one.group === 'security.istio.io' &&
      overlaps(scopeOf(one, mesh.rootNamespace), { namespace, labels }),
  );

function findOfServers(config: EffectiveConfig, servers: Workloads): OfServers {
  const { namespace, labels, port } = servers;
  const all = proxyChangesOf(config)
    .all('inbound', { namespaces: [namespace], labels })
    .filter(({ inboundPort }) => inboundPort === undefined || typeof port === 'string' || inboundPort === port);
  const competing = rivals(all);
  // Another filter or route may have the bucket that counts.
  const isOnly = all.filter(({ concerns }) => concerns.includes('limits')).length === 1;
  const isFollowed = (change: ProxyChange): boolean => {
    const { idiom, scope, inboundPort } = change;
    if (idiom?.kind !== 'rate limit' && idiom?.kind !== 'fault') return false;
    if (competing.has(change) || (idiom.isFirst === true && mayRefuse(config, servers))) return false;
    if (!contains(scope, { namespace, labels }) || (inboundPort !== undefined && inboundPort !== port)) return false;
    return !isShared(config, servers) && (idiom.kind === 'fault' || isOnly);
  };
  const followed = all.filter(isFollowed);
  const idioms = followed.flatMap(({ idiom }) => idiom ?? []);
  const rateLimits = idioms.flatMap((idiom) => (idiom.kind === 'rate limit' ? [idiom.limit] : []));
  const faults = idioms
    .flatMap((idiom) => (idiom.kind === 'fault' ? [idiom.fault] : []))
    .filter((fault) => Object.keys(fault).length > 0);
  const effects: ServerEffects = {
    ...(rateLimits.length === 0 ? {} : { rateLimits }),
    ...(faults.length === 0 ? {} : { faults }),
  };
  return {
    effects: Object.keys(effects).length === 0 ? undefined : effects,
    followed,
    unfollowed: all.filter((one) => !followed.includes(one)),
  };
}

const known = new WeakMap<EffectiveConfig, Map<string, OfServers>>();

function ofServers(config: EffectiveConfig, servers: Workloads): OfServers {
  const ofConfig = known.get(config) ?? new Map<string, OfServers>();
  known.set(config, ofConfig);
  const key = JSON.stringify(servers);
  const found = ofConfig.get(key) ?? findOfServers(config, servers);
  ofConfig.set(key, found);
  return found;
}

/** Nothing is followed of what is changed at servers that a decision does not name one by one. */
const unnamed = ({ followed, unfollowed }: OfServers): OfServers => ({
  effects: undefined,
  followed: [],
  unfollowed: [...followed, ...unfollowed],
});

/** The workloads of a service that are dialled by their own addresses. */
const dialledOf = ({ namespace, selector = {}, ports }: RegistryService, port: number): Workloads => ({
  kind: 'workloads',
  namespace,
  labels: selector,
  port: ports.find((one) => one.port === port)?.targetPort ?? port,
});

/** What is changed at whoever answers for a destination. */
function behind(config: EffectiveConfig, { host, port, endpoints }: Destination): OfServers[] {
  switch (endpoints.kind) {
    case 'workloads':
      return [ofServers(config, endpoints)];
    case 'any':
      return endpoints.of.flatMap((one) => behind(config, { host, port, endpoints: one })).map(unnamed);
    case 'original':
      return config.registry.withHost(host).map((service) => unnamed(ofServers(config, dialledOf(service, port))));
    default:
      return [];
  }
}

/** @param dialled whose address was dialled, where that is known */
function decided(config: EffectiveConfig, decision: Decision, dialled: Workloads | undefined): OfServers[] {
  switch (decision.kind) {
    case 'forward':
      return decision.destinations.flatMap(({ destination }) => behind(config, destination));
    case 'respond':
    case 'redirect':
    case 'closed':
      return [];
    default:
      return dialled === undefined ? [] : [unnamed(ofServers(config, dialled))];
  }
}

/** What is changed at the servers of some routes. */
export interface ServerChanges {
  readonly followed: readonly ProxyChange[];
  readonly unfollowed: readonly ProxyChange[];
}

const all = (found: readonly OfServers[]): ServerChanges => ({
  followed: [...new Set(found.flatMap(({ followed }) => followed))],
  unfollowed: [...new Set(found.flatMap(({ unfollowed }) => unfollowed))],
});

/** What is changed at the servers behind a gateway's routes and is not followed. */
export const unfollowedBehind = (config: EffectiveConfig, decisions: readonly Decision[]): readonly ProxyChange[] =>
  proxyChangesOf(config).isEmpty ? [] : all(decisions.flatMap((one) => decided(config, one, undefined))).unfollowed;

/** What is changed at the servers that requests to a service may get to. */
export function changesOfServers({ config, service, port, compiled }: Called, table: RouteTable): ServerChanges {
  const dialled = dialledOf(service, port);
  // Under its own names a service has a virtual host, unless there is none at all.
  const decisions =
    table.virtualHosts.length === 0
      ? [table.otherwise]
      : table.virtualHosts.flatMap(({ routes }) => routes.map(({ decision }) => decision));
  const found =
    compiled === undefined
      ? [unnamed(ofServers(config, dialled))]
      : decisions.flatMap((one) => decided(config, one, dialled));
  const { followed, unfollowed } = all(found);
  const met = (change: ProxyChange): boolean => isMet(change, compiled);
  return { followed: followed.filter(met), unfollowed: unfollowed.filter(met) };
}

/** A decision with what the model follows of the changes at its servers. */
export function withServers(config: EffectiveConfig, decision: Decision): Decision {
  if (decision.kind !== 'forward') return decision;
  return {
    ...decision,
    destinations: decision.destinations.map((one) => {
      const { endpoints } = one.destination;
      const effects = endpoints.kind === 'workloads' ? ofServers(config, endpoints).effects : undefined;
      return effects === undefined ? one : { ...one, server: effects };
    }),
  };
}
