import { isList, isMap, type Json, type Resource } from '@isthmus/kubernetes';
import type { Estate } from './estate.ts';

/** A port of a Service; `protocol` is what Istio takes it for: appProtocol, else the prefix of its name, else undefined (sniffed). */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
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

// istio/pkg/config/protocol/instance.go Parse (1.32): names and the prefix before the first dash, without regard to case.
const protocols: Readonly<Record<string, string>> = {
  grpc: 'grpc',
  'grpc-web': 'grpc-web',
  http: 'http',
  http2: 'http2',
  https: 'https',
  tcp: 'tcp',
  tls: 'tls',
  udp: 'udp',
  mongo: 'mongo',
  redis: 'redis',
  mysql: 'mysql',
  hbone: 'hbone',
};
// istio/pkg/config/kube/conversion.go ConvertProtocol (1.32).
const wellKnownPorts: Readonly<Record<number, string>> = { 3306: 'mysql', 9300: 'tcp', 5432: 'tcp', 27017: 'mongo' };
const applicationProtocols: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};

function protocolOf(name: string, port: number, appProtocol: string | undefined): string | undefined {
  if (appProtocol !== undefined) {
    const known = applicationProtocols[appProtocol] ?? protocols[appProtocol.toLowerCase()];
    if (known !== undefined) return known;
  }
  const lower = name.toLowerCase();
  const prefix = lower.startsWith('grpc-web') ? 'grpc-web' : (lower.split('-', 1)[0] ?? '');
  return protocols[prefix] ?? wellKnownPorts[port];
}

function readPort(value: Json): ServicePort | undefined {
  if (!isMap(value) || typeof value.port !== 'number') return undefined;
  const name = typeof value.name === 'string' ? value.name : '';
  const appProtocol = typeof value.appProtocol === 'string' ? value.appProtocol : undefined;
  const transport = typeof value.protocol === 'string' ? value.protocol : 'TCP';
  return {
    name,
    port: value.port,
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

/** Indexes the Services of an estate. */
export function indexServices(estate: Estate, clusterDomain: string): ServiceIndex {
  const all = estate.context
    .filter((resource) => resource.group === '' && resource.kind === 'Service')
    .map(readService);
  const byName = new Map(all.map((service) => [`${service.namespace}/${service.name}`, service]));
  const suffix = `.svc.${clusterDomain}`;
  return {
    all,
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
