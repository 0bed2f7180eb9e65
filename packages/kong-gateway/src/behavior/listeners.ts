import type { Json } from '@isthmus/kubernetes';
import { at, list, number, text, texts } from '../json.ts';
import { type Cluster, type ClusterObject, gatewayGroup, isGranted } from './cluster.ts';

/** A listener of a Gateway, with what Kong's ingress controller says of it. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** Undefined: every host. */
  readonly hostname: string | undefined;
  readonly tlsMode: string | undefined;
  /** Kinds of routes that the listener's status supports. */
  readonly kinds: ReadonlySet<string>;
  /** Kinds that the listener's own list allows; undefined: all. */
  readonly allowedKinds: ReadonlySet<string> | undefined;
  readonly from: string;
  readonly selector: Json | undefined;
  /** Conditions that keep it from being programmed, spelled `Type=Status(Reason)` and sorted; none: it is. */
  readonly problems: readonly string[];
}

const kindsOf: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
  TLS: ['TLSRoute'],
};

// kic/internal/controllers/gateway/gateway_controller.go supportedKinds, 3.5: without GRPCRoute (edge.md 2.2).
const listable = new Set(['HTTPRoute', 'TCPRoute', 'UDPRoute', 'TLSRoute']);

/** Why the certificates of a listener cannot be used; undefined where they can (gateway_utils.go getListenerStatus). */
function certificateProblem(cluster: Cluster, gateway: ClusterObject, refs: readonly Json[]): string | undefined {
  let problem: string | undefined;
  for (const ref of refs) {
    const namespace = text(at(ref, 'namespace'), gateway.namespace);
    const name = text(at(ref, 'name'), '');
    const [group, kind] = [text(at(ref, 'group'), ''), text(at(ref, 'kind'), 'Secret')];
    const granted =
      namespace === gateway.namespace ||
      isGranted(
        cluster,
        { kind: 'Gateway', namespace: gateway.namespace },
        { group: '', kind: 'Secret', namespace, name },
      );
    if (!granted) return 'RefNotPermitted';
    if ((group !== '' && group !== 'core') || kind !== 'Secret') return 'InvalidCertificateRef';
    const secret = cluster.find('Secret', namespace, name);
    if (secret === undefined) return 'InvalidCertificateRef';
    const keys = { ...texts(at(secret.object, 'data')), ...texts(at(secret.object, 'stringData')) };
    if (!Object.hasOwn(keys, 'tls.crt') || !Object.hasOwn(keys, 'tls.key')) problem = 'InvalidCertificateRef';
  }
  return problem;
}

// gateway_utils.go canSharePort.
const groupOf = (protocol: string): string | undefined =>
  protocol === 'HTTPS' || protocol === 'TLS' ? 'TLS' : protocol === 'HTTP' ? 'HTTP' : undefined;
const share = (requested: string, existing: string): boolean =>
  groupOf(requested) !== undefined && groupOf(requested) === groupOf(existing);

/** The listeners of a Gateway with their conditions, as `getListenerStatus` makes them where Kong listens on their ports. */
export function listenersOf(cluster: Cluster, gateway: ClusterObject): readonly Listener[] {
  const protocolOf = new Map<number, string>();
  const hostnamesOf = new Map<number, Set<string>>();
  const conflictedPorts = new Set<number>();
  const conflictedHosts = new Set<string>();
  const read = list(at(gateway.spec, 'listeners')).map((listener) => {
    const port = number(at(listener, 'port')) ?? 0;
    const protocol = text(at(listener, 'protocol'), '');
    const hostname = text(at(listener, 'hostname')) || undefined;
    const tls = at(listener, 'tls');
    const written = list(at(listener, 'allowedRoutes', 'kinds'));
    const ofGateway = (kind: Json): boolean => text(at(kind, 'group'), gatewayGroup) === gatewayGroup;
    const allowed = written.flatMap((kind) => (ofGateway(kind) ? [text(at(kind, 'kind'), '')] : []));
    const supported = allowed.filter((kind) => listable.has(kind));
    const certificates =
      tls === undefined ? undefined : certificateProblem(cluster, gateway, list(at(tls, 'certificateRefs')));
    const kinds = supported.length < written.length ? 'InvalidRouteKinds' : undefined;
    const refs = certificates ?? kinds;
    const problems = refs === undefined ? [] : [`ResolvedRefs=False(${refs})`];
    const existing = protocolOf.get(port);
    const hosts = hostnamesOf.get(port) ?? new Set<string>();
    hostnamesOf.set(port, hosts);
    if (existing === undefined) {
      protocolOf.set(port, protocol);
      hosts.add(hostname ?? '');
    } else if (!share(protocol, existing)) conflictedPorts.add(port);
    else if (hosts.has(hostname ?? '')) conflictedHosts.add(`${port} ${hostname ?? ''}`);
    else hosts.add(hostname ?? '');
    return {
      name: text(at(listener, 'name'), ''),
      port,
      protocol,
      hostname,
      tlsMode: tls === undefined ? undefined : text(at(tls, 'mode'), 'Terminate'),
      kinds: new Set(written.length === 0 ? kindsOf[protocol] : supported),
      allowedKinds: written.length === 0 ? undefined : new Set(allowed),
      from: text(at(listener, 'allowedRoutes', 'namespaces', 'from'), 'Same'),
      selector: at(listener, 'allowedRoutes', 'namespaces', 'selector'),
      problems,
    };
  });
  // A conflict is one of all listeners that share the port, or the port and the hostname.
  return read.map((listener) => {
    const conflict = conflictedPorts.has(listener.port)
      ? 'ProtocolConflict'
      : conflictedHosts.has(`${listener.port} ${listener.hostname ?? ''}`)
        ? 'HostnameConflict'
        : undefined;
    const problems = [
      ...listener.problems,
      ...(conflict === undefined ? [] : [`Conflicted=True(${conflict})`]),
      ...(conflict === undefined && listener.problems.length === 0 ? [] : ['Programmed=False(Invalid)']),
    ].sort();
    return { ...listener, problems };
  });
}
