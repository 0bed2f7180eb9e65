import type { Client } from '@isthmus/behavior';
import {
  effectiveNamespace,
  isMap,
  type Json,
  type JsonObject,
  mapOf,
  matchesLabels,
  type Resource,
} from '@isthmus/kubernetes';
import { overlaps, type PolicyScope, selects } from '../effective/policy-scope.ts';
import { labelsOf, type Workload, workloadsOf } from '../effective/workloads.ts';
import type { Estate } from '../estate.ts';
import { type Concern, type Effects, effectsOf, isOfRequests, objectsIn, ofExtension } from './patch-effects.ts';
import { type Idiom, idiomOf } from './patch-idioms.ts';

type Labels = Readonly<Record<string, string>>;

/** A part of a proxy: what it does with what comes in, with what goes out, or a gateway's. */
export type ProxySide = 'inbound' | 'outbound' | 'gateway';

/** A change to proxies by something else than what Istio's own configuration says. */
export interface ProxyChange extends Effects {
  readonly resource: Resource;
  /** The field that makes it. */
  readonly path: string;
  /** What it is, for people. */
  readonly words: string;
  readonly scope: PolicyScope;
  /** Gateways or waypoints that it is for, by their names, and no sidecars; none: all that the scope holds. */
  readonly targets: readonly string[];
  readonly sides: readonly ProxySide[];
  /** Whether it is of what is done with requests, which nobody reads of other connections. */
  readonly ofRequests: boolean;
  /** Of outgoing traffic: the one port, and the one service, that it is for; all where absent. */
  readonly port?: number;
  readonly host?: string;
  /** Of incoming traffic: the one port of the workloads that it is for; all where absent. */
  readonly inboundPort?: number;
  /** What it does, where the model follows that. */
  readonly idiom?: Idiom;
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const filled = (value: Json | undefined): string | undefined => textOf(value) || undefined;

const sidesByContext: Readonly<Record<string, readonly ProxySide[]>> = {
  ANY: ['inbound', 'outbound', 'gateway'],
  SIDECAR_INBOUND: ['inbound'],
  SIDECAR_OUTBOUND: ['outbound'],
  GATEWAY: ['gateway'],
};

const targetsOf = ({ targetRef, targetRefs }: JsonObject): string[] =>
  [...(isMap(targetRef) ? [targetRef] : []), ...objectsIn(targetRefs)].map(({ name }) => textOf(name));

const sidesFor = (sides: readonly ProxySide[], targets: readonly string[]): readonly ProxySide[] =>
  targets.length === 0 ? sides : sides.filter((side) => side === 'gateway');

/** The service of a cluster: as the match names it, or in the cluster's own name. */
const hostOf = ({ service, name }: JsonObject): string | undefined =>
  (filled(service) ?? /^outbound\|\d+\|[^|]*\|(.+)$/.exec(textOf(name))?.[1])?.toLowerCase();

function changeOf(resource: Resource, patch: JsonObject, index: number, scope: PolicyScope): ProxyChange | undefined {
  const { applyTo, match, patch: change } = patch;
  const { context, listener, cluster, routeConfiguration } = mapOf(match);
  const { operation, value } = mapOf(change);
  const { portNumber, filterChain } = mapOf(listener);
  const filter = mapOf(mapOf(filterChain).filter);
  const shape = {
    applyTo: textOf(applyTo),
    operation: textOf(operation),
    value: mapOf(value),
    filter: filled(filter.name),
    subFilter: filled(mapOf(filter.subFilter).name),
  };
  const effects = effectsOf(shape);
  const targets = targetsOf(mapOf(resource.object.spec));
  const sides = sidesFor(sidesByContext[textOf(context) || 'ANY'] ?? [], targets);
  if (effects.concerns.length === 0 || sides.length === 0) return undefined;
  const port = portNumber ?? mapOf(routeConfiguration).portNumber ?? mapOf(cluster).portNumber;
  const idiom = idiomOf(shape, mapOf(match));
  const host = hostOf(mapOf(cluster));
  const about = filled(mapOf(value).name) ?? shape.subFilter ?? shape.filter;
  const path = `spec.configPatches[${index}]`;
  const what = about === undefined ? shape.applyTo : `${shape.applyTo} ${about}`;
  return {
    ...effects,
    resource,
    path,
    words: `EnvoyFilter ${effectiveNamespace(resource)}/${resource.name} ${path} (${shape.operation} of ${what})`,
    scope,
    targets,
    sides,
    ofRequests: isOfRequests(shape),
    ...(typeof port === 'number' ? { port } : {}),
    ...(host === undefined ? {} : { host }),
    ...(typeof portNumber === 'number' ? { inboundPort: portNumber } : {}),
    ...(idiom === undefined ? {} : { idiom }),
  };
}

function changesOf(resource: Resource, rootNamespace: string): ProxyChange[] {
  const spec = mapOf(resource.object.spec);
  const namespace = effectiveNamespace(resource);
  const selector =
    resource.kind === 'EnvoyFilter' ? mapOf(spec.workloadSelector).labels : mapOf(spec.selector).matchLabels;
  const scope: PolicyScope = {
    namespace: namespace === rootNamespace ? undefined : namespace,
    labels: labelsOf(selector),
  };
  if (resource.kind === 'EnvoyFilter')
    return objectsIn(spec.configPatches).flatMap((patch, index) => changeOf(resource, patch, index, scope) ?? []);
  const modes = objectsIn(spec.match).map(({ mode }) => textOf(mode));
  const all = modes.length === 0 || modes.some((mode) => mode !== 'CLIENT' && mode !== 'SERVER');
  const sidecar: ProxySide[] = [
    ...(all || modes.includes('SERVER') ? (['inbound'] as const) : []),
    ...(all || modes.includes('CLIENT') ? (['outbound'] as const) : []),
  ];
  const targets = targetsOf(spec);
  return [
    {
      ...ofExtension,
      resource,
      path: 'spec',
      words: `${resource.kind} ${namespace}/${resource.name}`,
      scope,
      targets,
      sides: sidesFor([...sidecar, 'gateway'], targets),
      ofRequests: !/NETWORK/.test(textOf(spec.type)),
    },
  ];
}

const groups: Readonly<Record<string, string>> = {
  EnvoyFilter: 'networking.istio.io',
  WasmPlugin: 'extensions.istio.io',
  TrafficExtension: 'extensions.istio.io',
};

const wellKnown: readonly Labels[] = [{ istio: 'ingressgateway' }, { istio: 'egressgateway' }];

/** What tells the pods of gateways from sidecars: selectors of Gateways, and the labels of Istio's own. */
const gatewaySelectors = ({ istio }: Estate): Labels[] => [
  ...wellKnown,
  ...istio
    .filter(({ kind, group }) => kind === 'Gateway' && group === 'networking.istio.io')
    .map(({ object }) => labelsOf(mapOf(object.spec).selector))
    .filter((selector) => Object.keys(selector).length > 0),
];

/** The changes to proxies that may matter to a verdict, in the order of the estate; see `ProxyChange`. */
function readProxyChanges(estate: Estate, rootNamespace: string): ProxyChange[] {
  const gateways = gatewaySelectors(estate);
  return estate.istio
    .filter(({ kind, group }) => groups[kind] === group)
    .flatMap((resource) => changesOf(resource, rootNamespace))
    .map((change) =>
      gateways.some((selector) => matchesLabels(selector, change.scope.labels))
        ? { ...change, sides: change.sides.filter((side) => side === 'gateway') }
        : change,
    );
}

/** Workloads whose proxies may be changed. */
export interface Selection {
  readonly namespaces: readonly string[];
  /** Labels that all of them have. */
  readonly labels: Labels;
  /** Which workloads of these namespaces are among them; those with the labels where absent. */
  readonly has?: (workload: Pick<Workload, 'namespace' | 'labels'>) => boolean;
  /** They have no other labels. */
  readonly isWhole?: boolean;
}

/** What changes proxies in Istio, beyond Istio's own configuration. */
export interface ProxyChanges {
  /** Whether nothing does. */
  readonly isEmpty: boolean;
  /** The changes to the sidecars of some workloads, whatever they are about. */
  all(side: 'inbound' | 'outbound', selection: Selection): ProxyChange[];
  /** The changes to one concern of them. */
  of(side: 'inbound' | 'outbound', concern: Concern, selection: Selection): ProxyChange[];
  /** The changes to a gateway's pods, which serve these Gateways. */
  ofGateway(client: Client, gateways: readonly Pick<Resource, 'name'>[]): ProxyChange[];
  /** Whether a workload of the import is in a change's scope. */
  isSelecting(change: ProxyChange): boolean;
  /** The workloads of a namespace; none where nothing is changed. */
  workloadsIn(namespace: string): readonly Workload[];
}

/**
 * Finds EnvoyFilters, WasmPlugins and TrafficExtensions that may change what sidecars and gateways do. A selector that no workload
 * of the import meets is taken to select some that the import does not hold.
 */
export function indexProxyChanges(estate: Estate, rootNamespace: string): ProxyChanges {
  const changes = readProxyChanges(estate, rootNamespace);
  const byNamespace = changes.length === 0 ? new Map() : Map.groupBy(workloadsOf(estate), ({ namespace }) => namespace);
  const inScope = ({ namespace }: PolicyScope, among: Iterable<string>): Workload[] =>
    (namespace === undefined ? [...among] : [namespace]).flatMap((one): Workload[] => byNamespace.get(one) ?? []);
  const everywhere = [...byNamespace.keys()];
  const known = new Map(
    changes.map((one) => [one, inScope(one.scope, everywhere).some((own) => selects(one.scope, own))]),
  );
  const holds = (change: ProxyChange, selection: Selection): boolean => {
    const { scope, targets } = change;
    const {
      namespaces,
      labels,
      has = (workload) => matchesLabels(labels, workload.labels),
      isWhole = false,
    } = selection;
    if (targets.length > 0) return false;
    if (scope.namespace !== undefined && !namespaces.includes(scope.namespace)) return false;
    if (isWhole) return matchesLabels(scope.labels, labels);
    if (Object.keys(scope.labels).length === 0) return true;
    const members = inScope(scope, namespaces).filter(has);
    if (members.some((workload) => selects(scope, workload))) return true;
    return known.get(change) !== true && overlaps({ ...scope, namespace: undefined }, { namespace: undefined, labels });
  };
  const all = (side: 'inbound' | 'outbound', selection: Selection): ProxyChange[] =>
    changes.filter((one) => one.sides.includes(side) && holds(one, selection));
  return {
    isEmpty: changes.length === 0,
    all,
    of: (side, concern, selection) =>
      changes.filter((one) => one.sides.includes(side) && one.concerns.includes(concern) && holds(one, selection)),
    ofGateway: (client, gateways) =>
      changes.filter(({ scope, targets, sides }) => {
        if (!sides.includes('gateway')) return false;
        if (targets.length > 0) return gateways.some(({ name }) => targets.includes(name));
        return selects(scope, client);
      }),
    isSelecting: (change) => known.get(change) === true,
    workloadsIn: (namespace) => byNamespace.get(namespace) ?? [],
  };
}
