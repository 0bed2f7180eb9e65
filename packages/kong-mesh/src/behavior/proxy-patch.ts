import { isMap, type Json, type JsonObject, parseYaml, YamlError } from '@isthmus/kubernetes';
import type { Catalog } from './catalog.ts';
import type { ClientView } from './client-view.ts';
import { type Destination, type DestinationPort, isRead } from './destination.ts';
import { applyJsonPatches, UnfollowedPatch } from './json-patch.ts';
import type { MeshOptions } from './options.ts';
import type { Policy } from './policy.ts';
import { comparePolicies } from './precedence.ts';
import { candidates, indexBySelection, selects } from './selection.ts';
import { filledOf, listOf, mapOf, textOf } from './value.ts';

/** What a MeshProxyPatch changes. */
export type PatchTarget = 'cluster' | 'listener' | 'networkFilter' | 'httpFilter' | 'virtualHost';

/** One change that a MeshProxyPatch makes to what a proxy gets. */
export interface Modification {
  readonly target: PatchTarget;
  readonly match: JsonObject;
  readonly operation: string;
  /** As written; undefined where there are JSON patches instead. */
  readonly value: string | undefined;
  readonly jsonPatches: readonly Json[];
  readonly policy: Policy;
  /** Its place in the policy, for people. */
  readonly path: string;
}

/** The changes for the proxies of a group, in the order in which they are made. */
export type PatchesOf = (client: ClientView) => readonly Modification[];

const targets = new Set<string>(['cluster', 'listener', 'networkFilter', 'httpFilter', 'virtualHost']);

const modificationsOf = (policy: Policy): Modification[] =>
  listOf(mapOf(policy.spec.default).appendModifications).flatMap((item, index): Modification[] => {
    const [target, body] = Object.entries(mapOf(item)).find(([key]) => targets.has(key)) ?? [];
    if (target === undefined) return [];
    const { match, operation, value, jsonPatches } = mapOf(body);
    return [
      {
        target: target as PatchTarget,
        match: mapOf(match),
        operation: filledOf(operation) ?? '',
        value: textOf(value),
        jsonPatches: listOf(jsonPatches),
        policy,
        path: `spec.default.appendModifications[${index}]`,
      },
    ];
  });

/**
 * Finds the changes for groups of workloads: the lists of all policies that select them one behind the other, the weakest first
 * (kuma, meshproxypatch/plugin/v1alpha1/plugin.go, 2.14; fields that begin with `append` are not replaced but joined).
 * @param concerns which of them are asked for: of thousands mostly few, and there are as many groups of servers as services
 */
export function readPatches(
  policies: readonly Policy[],
  { version }: MeshOptions,
  concerns: (modification: Modification) => boolean = () => true,
): PatchesOf {
  const changes = new Map(
    policies.map((policy) => [
      policy,
      // Identifiers are the names of 3.0, and of proxies of 2.x that are started with unified naming, which are not modelled.
      modificationsOf(policy).filter(
        (one) => concerns(one) && (version === '3.0' || !filledOf(one.match.name)?.startsWith('kri_')),
      ),
    ]),
  );
  const concerned = policies.filter((policy) => changes.get(policy)?.length);
  const index = indexBySelection(concerned, (policy) => policy);
  const known = new Map<string, readonly Modification[]>();
  return (client) => {
    if (concerned.length === 0) return [];
    const before = known.get(client.key);
    if (before !== undefined) return before;
    const found = candidates(index, client)
      .filter((policy) => selects(policy, client))
      .sort(comparePolicies)
      .flatMap((policy) => changes.get(policy) ?? []);
    known.set(client.key, found);
    return found;
  };
}

const shortNames = { MeshService: 'msvc', MeshExternalService: 'extsvc', MeshMultiZoneService: 'mzsvc' } as const;

/**
 * The names under which Envoy has a port of a destination, as cluster and as virtual host (kuma,
 * core/resources/apis/core/destinationname, 2.14; 3.0: KRIs only, one more where a `backendRef` names the port by its number).
 * None of a headless Service, whose Pods are not known.
 */
export function envoyNames(
  { kind, zone, namespace, name }: Destination,
  { name: section, port }: DestinationPort,
  { version, mesh }: MeshOptions,
): readonly string[] {
  if (name === '') return [];
  const short = shortNames[kind];
  if (version !== '3.0') return [`${mesh}_${name}_${namespace}_${zone}_${short}_${port}`];
  const sections = new Set([section, String(port)]);
  return [...sections].map((one) => `kri_${short}_${mesh}_${zone}_${namespace}_${name}_${one}`);
}

/** The names of all ports that have one, to tell what is meant to be none of a headless Service's Pods. */
export function allEnvoyNames({ all }: Pick<Catalog, 'all'>, options: MeshOptions): ReadonlySet<string> {
  return new Set(
    all.flatMap((destination) => destination.ports.flatMap((port) => envoyNames(destination, port, options))),
  );
}

const isOutbound = ({ match }: Modification): boolean => match.origin === undefined || match.origin === 'outbound';

/** What a port is called; where it is one of many Pods, what else is called by a name. */
export type Naming = string | ReadonlySet<string>;

/** Whether a change is, or may be, to what is called so. */
function isMeant({ match }: Modification, naming: Naming): boolean {
  const wanted = filledOf(match.name);
  if (wanted === undefined) return true;
  return typeof naming === 'string' ? wanted === naming : !naming.has(wanted);
}

const camelCase = (json: Json): Json =>
  Array.isArray(json)
    ? json.map(camelCase)
    : isMap(json)
      ? Object.fromEntries(
          Object.entries(json).map(([key, item]) => [
            key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
            camelCase(item),
          ]),
        )
      : json;

function readValue(text: string): JsonObject {
  try {
    return mapOf(camelCase(parseYaml(text)[0]?.value ?? null));
  } catch (error) {
    if (error instanceof YamlError) throw new UnfollowedPatch('its value is no YAML');
    throw error;
  }
}

/** Merges as protobuf does, which appends to lists, and replaces the values of a map (kuma, pkg/util/proto/google_proto.go). */
function merged(base: Json | undefined, over: Json, path: string): Json {
  if (Array.isArray(over)) return [...(Array.isArray(base) ? base : []), ...over];
  if (!isMap(over) || path === '/typedExtensionProtocolOptions/*') return over;
  const within = path === '/typedExtensionProtocolOptions' ? `${path}/*` : undefined;
  const result: Record<string, Json> = { ...(isMap(base) ? base : {}) };
  for (const [key, item] of Object.entries(over)) result[key] = merged(result[key], item, within ?? `${path}/${key}`);
  return result;
}

/** What a patch makes of a resource of Envoy in proto JSON. */
export function patched(json: JsonObject, { operation, value, jsonPatches }: Modification): JsonObject {
  if (operation !== 'Patch') throw new UnfollowedPatch(`the operation ${operation} is not modelled`);
  return value === undefined ? applyJsonPatches(json, jsonPatches) : mapOf(merged(json, readValue(value), ''));
}

/** Where a change stands, and that the model does not follow it. */
export const notFollowed = ({ policy, path }: Modification, why: string): string =>
  `the model does not follow MeshProxyPatch ${policy.namespace}/${policy.name} ${path}: ${why}`;

/** The outbound changes of a group of clients, sorted out once: there may be one for each cluster of the mesh. */
interface Sorted {
  /** To clusters, with their places in the list, by the name that they are meant for; '' for all. */
  readonly clusters: ReadonlyMap<string, readonly number[]>;
  readonly others: readonly Modification[];
}

const sortedOut = new WeakMap<readonly Modification[], Sorted>();

function sortOut(all: readonly Modification[]): Sorted {
  const before = sortedOut.get(all);
  if (before !== undefined) return before;
  const outbound = all.flatMap((one, place) => (isOutbound(one) ? [{ one, place }] : []));
  const ofClusters = Map.groupBy(
    outbound.filter(({ one }) => one.target === 'cluster'),
    ({ one }) => filledOf(one.match.name) ?? '',
  );
  const sorted = {
    clusters: new Map([...ofClusters].map(([name, list]) => [name, list.map(({ place }) => place)])),
    others: outbound.flatMap(({ one }) => (one.target === 'cluster' ? [] : [one])),
  };
  sortedOut.set(all, sorted);
  return sorted;
}

/** The changes to the cluster of a port, in their order. */
export function clusterPatches(all: readonly Modification[], naming: Naming): readonly Modification[] {
  const { clusters } = sortOut(all);
  const places =
    typeof naming === 'string'
      ? [...(clusters.get('') ?? []), ...(clusters.get(naming) ?? [])]
      : [...clusters].flatMap(([name, list]) => (name !== '' && naming.has(name) ? [] : list));
  return places.sort((a, b) => a - b).map((place) => all[place] as Modification);
}

/** The changes to what a client's proxy does with requests to a port, before they get to a cluster. */
export function routePatches(
  all: readonly Modification[],
  port: DestinationPort,
  naming: Naming,
): readonly Modification[] {
  return sortOut(all).others.filter((one) => {
    if (one.target === 'virtualHost') return isRead(port.protocol) && isMeant(one, naming);
    return one.target !== 'httpFilter' || isRead(port.protocol);
  });
}

/** Whether a change is to what the proxies of servers do with what comes in. */
export const isInbound = ({ match }: Modification): boolean => match.origin === undefined || match.origin === 'inbound';

/** Filters that refuse nobody: they count, limit rates, change how messages look or hold them up. */
const unasking =
  /^envoy\.filters\.(?:(?:http|network)\.local_ratelimit|http\.(?:fault|compressor|decompressor|grpc_web|grpc_json_transcoder|grpc_http1_bridge|grpc_stats|cors|buffer|router))$/;

function nameIn(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : filledOf(readValue(value).name);
  } catch (error) {
    if (error instanceof UnfollowedPatch) return undefined;
    throw error;
  }
}

/** Whether a change may decide who gets in to servers: one of their listeners, or of a filter that may refuse. */
function decidesAccess({ match, target, operation, value }: Modification): boolean {
  if (match.origin !== undefined && match.origin !== 'inbound') return false;
  if (target === 'cluster' || target === 'virtualHost') return false;
  if (target === 'listener') return true;
  const name = filledOf(match.name);
  // Settings of the connection manager that leave its filters alone.
  if (operation === 'Patch' && target === 'networkFilter' && value !== undefined)
    return /http_?filters/i.test(value) || name !== 'envoy.filters.network.http_connection_manager';
  const own = operation === 'Patch' || operation === 'Remove' ? name : nameIn(value);
  return own === undefined || !unasking.test(own);
}

/** Why it is not known who gets in, for a filter that is added only among those whom nothing else refuses. */
export function unknownAccess(all: readonly Modification[]): { reason: string; opens: boolean } | undefined {
  const deciding = all.filter(decidesAccess);
  const opening = deciding.find(({ target, operation }) => target === 'listener' || !operation.startsWith('Add'));
  const found = opening ?? deciding[0];
  return found && { reason: notFollowed(found, 'it may change who gets in'), opens: opening !== undefined };
}
