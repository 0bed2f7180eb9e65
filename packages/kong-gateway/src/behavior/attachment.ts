import { type LabelSelector, matchesSelector } from '@isthmus/kubernetes';
import { at, list, number, text, texts } from '../json.ts';
import { type Cluster, type ClusterObject, isServed } from './cluster.ts';
import { type Listener, listenersOf } from './listeners.ts';

/** A parent of a route that the controller serves, and what it says of the route. */
export interface Parent {
  readonly gateway: ClusterObject;
  readonly listeners: readonly Listener[];
  readonly section: string | undefined;
  /** `Accepted`, or why it is not. */
  readonly reason: string;
}

/** What becomes of a route by its parents. */
export interface Attachment {
  readonly route: ClusterObject;
  readonly parents: readonly Parent[];
  readonly accepted: boolean;
  /** Effective hostnames of an HTTPRoute, each as often as it comes out; of a GRPCRoute its own. None: every host. */
  readonly hostnames: readonly string[];
  readonly error?: string;
}

/** Reads the listeners of each Gateway once. */
export function createListeners(cluster: Cluster): (gateway: ClusterObject) => readonly Listener[] {
  const known = new Map<ClusterObject, readonly Listener[]>();
  return (gateway) => {
    const found = known.get(gateway) ?? listenersOf(cluster, gateway);
    known.set(gateway, found);
    return found;
  };
}

/** Whether `mask` takes a hostname (kic/internal/util/hostname.go HostnamesMatch, 3.5). */
function hostnameMatches(mask: string, hostname: string): boolean {
  const [left, right] = [mask.split('.'), hostname.split('.')];
  let [a, b] = [0, 0];
  let wildcard = false;
  for (; a < left.length && b < right.length; a++, b++) {
    if (wildcard) {
      while (b < right.length && right[b] !== left[a]) b++;
      if (b === right.length) return false;
    }
    wildcard = left[a] === '*';
    if (!wildcard && left[a] !== right[b]) return false;
  }
  return right.length - b === left.length - a;
}

const meet = (a: string, b: string): boolean => hostnameMatches(a, b) || hostnameMatches(b, a);

function allowsNamespace(cluster: Cluster, listener: Listener, gateway: ClusterObject, route: ClusterObject): boolean {
  if (listener.from === 'All') return true;
  if (listener.from === 'Same') return gateway.namespace === route.namespace;
  if (listener.from !== 'Selector') return false;
  const namespace = cluster.find('Namespace', '', route.namespace);
  if (namespace === undefined) return false;
  return matchesSelector((listener.selector ?? {}) as LabelSelector, texts(at(namespace.object, 'metadata', 'labels')));
}

function takesKind({ protocol, tlsMode }: Listener, kind: string): boolean {
  const http = protocol === 'HTTP' || protocol === 'HTTPS';
  switch (kind) {
    case 'HTTPRoute':
      return http && (tlsMode === undefined || tlsMode === 'Terminate');
    case 'GRPCRoute':
      return http;
    case 'TLSRoute':
      return protocol === 'TLS' && (tlsMode === undefined || tlsMode === 'Passthrough');
    case 'TCPRoute':
      return protocol === 'TCP' && (tlsMode === undefined || tlsMode === 'Terminate');
    default:
      return protocol === 'UDP' && tlsMode === undefined;
  }
}

/** A reference of a route to a Gateway that exists and whose class is this controller's. */
export function* parentsOf(
  cluster: Cluster,
  route: ClusterObject,
): Generator<{
  readonly gateway: ClusterObject;
  readonly section: string | undefined;
  readonly port: number | undefined;
}> {
  for (const ref of list(at(route.spec, 'parentRefs'))) {
    const gateway = cluster.find('Gateway', text(at(ref, 'namespace'), route.namespace), text(at(ref, 'name'), ''));
    if (gateway === undefined || text(at(ref, 'kind'), 'Gateway') !== 'Gateway') continue;
    if (!isServed(cluster, gateway)) continue;
    yield { gateway, section: text(at(ref, 'sectionName')) || undefined, port: number(at(ref, 'port')) };
  }
}

/** What a parent says of a route (kic/internal/controllers/gateway/route_utils.go getSupportedGatewayForRoute, 3.5). */
function reasonOf(
  cluster: Cluster,
  route: ClusterObject,
  { gateway, section, port }: { gateway: ClusterObject; section: string | undefined; port: number | undefined },
  listeners: readonly Listener[],
): string {
  const hostnames = hostnamesIn(route);
  const passed = { allowed: false, supported: false, ready: false, named: false, port: false };
  let hostname: boolean | undefined;
  let matched = false;
  for (const listener of listeners) {
    if (listener.allowedKinds?.has(route.kind) === false) continue;
    if (!allowsNamespace(cluster, listener, gateway, route)) continue;
    passed.allowed = true;
    if (!listener.kinds.has(route.kind)) continue;
    passed.supported = true;
    if (listener.problems.length > 0) continue;
    passed.ready = true;
    if (section !== undefined && section !== listener.name) continue;
    passed.named = true;
    if (port !== undefined && port !== listener.port) continue;
    passed.port = true;
    if (!takesKind(listener, route.kind)) continue;
    hostname =
      route.kind === 'TCPRoute' ||
      route.kind === 'UDPRoute' ||
      hostnames.length === 0 ||
      listener.hostname === undefined ||
      hostnames.some((one) => meet(listener.hostname as string, one));
    if (hostname) matched = true;
  }
  if (matched) return 'Accepted';
  if (hostname === false) return 'NoMatchingListenerHostname';
  if (section !== undefined && !passed.named) return 'NoMatchingParent';
  if (!passed.ready) return 'NotAllowedByListeners';
  if (port !== undefined && !passed.port) return 'NoMatchingParent';
  return passed.allowed && passed.supported ? 'NoMatchingParent' : 'NotAllowedByListeners';
}

const hostnamesIn = ({ spec }: ClusterObject): string[] =>
  list(at(spec, 'hostnames')).flatMap((hostname) => text(hostname) ?? []);

const httpLike = new Set(['HTTP', 'HTTPS', 'TLS']);

/** The union of the hostnames of a route's listeners; undefined where one takes every host. */
function unionOf(parents: readonly Parent[]): string[] | undefined {
  const found: string[] = [];
  for (const { listeners, section } of parents) {
    for (const { name, hostname, protocol } of listeners) {
      if (section === undefined ? !httpLike.has(protocol) : name !== section) continue;
      if (hostname === undefined) return undefined;
      found.push(hostname);
    }
  }
  return found;
}

/** The narrower of a hostname and that of the first listener which it meets; the parents that refuse the route count too. */
function intersectionOf(parents: readonly Parent[], hostname: string): string | undefined {
  for (const { listeners, section } of parents) {
    for (const listener of listeners) {
      if (section !== undefined && section !== listener.name) continue;
      if (listener.hostname === undefined || hostnameMatches(listener.hostname, hostname)) return hostname;
      if (hostnameMatches(hostname, listener.hostname)) return listener.hostname;
    }
  }
  return undefined;
}

/** Attaches a route to its parents (route_utils.go getSupportedGatewayForRoute, filterHostnames). */
export function attach(
  cluster: Cluster,
  route: ClusterObject,
  listenersIn: (gateway: ClusterObject) => readonly Listener[],
): Attachment {
  const parents = [...parentsOf(cluster, route)].map((parent): Parent => {
    const listeners = listenersIn(parent.gateway);
    const { gateway, section } = parent;
    return { gateway, section, listeners, reason: reasonOf(cluster, route, parent, listeners) };
  });
  const own = hostnamesIn(route);
  if (parents.length === 0)
    return { route, parents, accepted: false, hostnames: [], error: 'no supported gateway found for route' };
  const accepted = parents.some(({ reason }) => reason === 'Accepted');
  if (route.kind !== 'HTTPRoute') return { route, parents, accepted, hostnames: own };
  if (own.length === 0) return { route, parents, accepted, hostnames: unionOf(parents) ?? [] };
  const hostnames = own.flatMap((hostname) => intersectionOf(parents, hostname) ?? []);
  if (hostnames.length > 0) return { route, parents, accepted, hostnames };
  return { route, parents, accepted: false, hostnames: own, error: 'no matching hostnames in listener' };
}
