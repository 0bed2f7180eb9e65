import { isList, isMap, type Json, type Resource } from '@isthmus/kubernetes';
import { type Estate, ofKind } from './estate.ts';

/** A port of a Service; `protocol` is what Istio takes it for: appProtocol, else the prefix of its name, else undefined (sniffed). */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** Of the workloads: a number, or the name of a container's port; the port itself where the Service names none. */
  readonly targetPort: number | string;
  readonly transport: string;
  readonly protocol: string | undefined;
}

/** A Kubernetes Service of the estate. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly headless: boolean;
  readonly externalName: boolean;
  readonly resource: Resource;
}

/** A Service by its parts, as a host name spells it. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** The Services of an estate by namespace and name, and what host names mean. */
export interface ServiceIndex {
  readonly all: readonly Service[];
  get(namespace: string, name: string): Service | undefined;
  /**
   * The Service that a host names, whether or not the estate holds it: `reviews` and (from a FQDN) `reviews.shop.svc.cluster.local`.
   * Undefined for wildcards and for hosts outside the cluster. Istio completes only names without a dot with the
   * namespace of the resource that uses them (istio/pilot/pkg/model/config.go ResolveShortnameToFQDN, 1.32); a dotted
   * name that is no FQDN stays as it is, so that `reviews.shop` names no Service of Kubernetes.
   */
  named(host: string, namespace: string): ServiceName | undefined;
}

// istio/pkg/config/protocol/instance.go Parse (1.32), without regard to case.
const protocols: ReadonlySet<string> = new Set([
  'tcp',
  'udp',
  'grpc',
  'grpc-web',
  'http',
  'http_proxy',
  'http2',
  'https',
  'tls',
  'mongo',
  'redis',
  'mysql',
]);
// Ports whose servers speak first, so that Istio does not sniff them: SMTP, DNS, MySQL, MongoDB.
const neverSniffed: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);
const applicationProtocols: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};

/** The protocol that Istio reads in a word such as `HTTP2`; undefined where it knows none and sniffs. */
export function parseProtocol(word: string): string | undefined {
  const lower = word.toLowerCase();
  return protocols.has(lower) ? lower : undefined;
}

/** Where an appProtocol is set the name of the port does not count (istio/pkg/config/kube/conversion.go ConvertProtocol, 1.32). */
function protocolOf(name: string, port: number, appProtocol: string | undefined): string | undefined {
  const word = appProtocol ?? name;
  const known = appProtocol === undefined ? undefined : applicationProtocols[appProtocol];
  if (known !== undefined) return known;
  const prefix = word.toLowerCase().startsWith('grpc-web') ? 'grpc-web' : (word.split('-', 1)[0] ?? '');
  return parseProtocol(prefix) ?? (neverSniffed.has(port) ? 'tcp' : undefined);
}

function readPort(value: Json): ServicePort | undefined {
  if (!isMap(value) || typeof value.port !== 'number') return undefined;
  const name = typeof value.name === 'string' ? value.name : '';
  const appProtocol = typeof value.appProtocol === 'string' ? value.appProtocol : undefined;
  const { targetPort } = value;
  const transport = typeof value.protocol === 'string' ? value.protocol : 'TCP';
  return {
    name,
    port: value.port,
    targetPort: typeof targetPort === 'number' || typeof targetPort === 'string' ? targetPort : value.port,
    transport,
    protocol: transport === 'UDP' ? 'udp' : protocolOf(name, value.port, appProtocol),
  };
}

function readService(resource: Resource): Service {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const ports = isList(spec.ports) ? spec.ports : [];
  const selector = spec.selector;
  return {
    namespace: resource.namespace === '' ? 'default' : resource.namespace,
    name: resource.name,
    ports: ports.map(readPort).filter((port) => port !== undefined),
    selector: isMap(selector)
      ? Object.fromEntries(Object.entries(selector).map(([key, value]) => [key, String(value)]))
      : undefined,
    headless: spec.clusterIP === 'None',
    externalName: spec.type === 'ExternalName',
    resource,
  };
}

function readIndex(estate: Estate, clusterDomain: string): ServiceIndex {
  // Istio takes Services of one name in several clusters for one (edge.md X4).
  const byName = new Map<string, Service>();
  for (const resource of ofKind(estate.context, 'Service')) {
    if (resource.group !== '') continue;
    const service = readService(resource);
    byName.set(`${service.namespace}/${service.name}`, service);
  }
  const suffix = `.svc.${clusterDomain}`;
  return {
    all: [...byName.values()],
    get: (namespace, name) => byName.get(`${namespace}/${name}`),
    named(host, namespace) {
      if (host === '' || host.includes('*')) return undefined;
      if (!host.includes('.')) return { namespace: namespace === '' ? 'default' : namespace, name: host };
      if (!host.endsWith(suffix)) return undefined;
      const [name, owner, ...rest] = host.slice(0, -suffix.length).split('.');
      return name && owner && rest.length === 0 ? { namespace: owner, name } : undefined;
    },
  };
}

const indexes = new WeakMap<Estate, Map<string, ServiceIndex>>();

/** Indexes the Services of an estate; read once for each. */
export function indexServices(estate: Estate, clusterDomain: string): ServiceIndex {
  const ofEstate = indexes.get(estate) ?? new Map<string, ServiceIndex>();
  indexes.set(estate, ofEstate);
  const index = ofEstate.get(clusterDomain) ?? readIndex(estate, clusterDomain);
  ofEstate.set(clusterDomain, index);
  return index;
}
