import type { Service, ServicePort } from '@isthmus/istio';
import {
  child,
  type Field,
  isList,
  isMap,
  items,
  type JsonObject,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import { type Facts, idOf } from './facts.ts';

/** A port of a Service with its place. */
export interface PortField {
  readonly service: Service;
  readonly port: ServicePort;
  readonly field: Field;
  readonly appProtocol: Field<string> | undefined;
}

/** The TCP ports of the Services that may get a MeshService, or those of other protocols. */
export function portFields(facts: Facts, transport: 'TCP' | 'other' = 'TCP'): PortField[] {
  return facts.services.flatMap((service) =>
    service.externalName
      ? []
      : items(child(child(rootField(service.resource), 'spec'), 'ports')).flatMap((field): PortField[] => {
          const value = number(child(field, 'port'))?.value;
          const protocol = text(child(field, 'protocol'))?.value ?? 'TCP';
          const port = service.ports.find((one) => one.port === value && one.transport === protocol);
          if (port === undefined || (protocol === 'TCP') !== (transport === 'TCP')) return [];
          return [{ service, port, field, appProtocol: text(child(field, 'appProtocol')) }];
        }),
  );
}

/** A port as a sentence names it: `Port 8080 (http) of Service sales/seats`. */
export const portName = ({ service, port }: PortField): string =>
  `Port ${port.port}${port.name === '' ? '' : ` (\`${port.name}\`)`} of Service ${idOf(service)}`;

/** A patch that says the protocol of a port to Kong Mesh. */
export const protocolPatch = ({ service, port }: PortField, appProtocol: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: service.name, namespace: service.namespace },
  spec: { ports: [{ port: port.port, appProtocol }] },
});

const http: Readonly<Record<string, string>> = {
  http: 'http',
  http_proxy: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'http2',
};

/** What Kong Mesh is to take a port for whose requests Istio reads; undefined for other ports. */
export const httpProtocol = ({ protocol }: ServicePort): string | undefined =>
  protocol === undefined ? undefined : http[protocol];

/** What Kong Mesh is to take any port for: what Istio does, HTTP where it finds that out for routes, TCP for the rest. */
export const spokenProtocol = (port: ServicePort, isRouted: boolean): string =>
  httpProtocol(port) ?? (port.protocol === undefined && isRouted ? 'http' : 'tcp');

const hostsOf = ({ object }: Resource): string[] => {
  const spec = isMap(object.spec) ? object.spec : {};
  const hosts = isList(spec.hosts) ? spec.hosts : [spec.host ?? null];
  return hosts.filter((host) => typeof host === 'string');
};

/** Whether a VirtualService has HTTP routes for the proxies of the mesh: without `gateways` it is for these. */
function hasHttp({ object }: Resource): boolean {
  const spec = isMap(object.spec) ? object.spec : {};
  const gateways = isList(spec.gateways) ? spec.gateways : [];
  return isList(spec.http) && (gateways.length === 0 || gateways.includes('mesh'));
}

function named(facts: Facts, resources: readonly Resource[]): Set<string> {
  return new Set(
    resources.flatMap((resource) =>
      hostsOf(resource).flatMap((host) => {
        const name = facts.index.named(host, resource.namespace || 'default');
        return name === undefined ? [] : [idOf(name)];
      }),
    ),
  );
}

/** Ids of the services that VirtualServices have HTTP routes for. */
export const withHttpRoutes = (facts: Facts): ReadonlySet<string> =>
  named(facts, facts.ofKind('networking.istio.io', 'VirtualService').filter(hasHttp));

/** Ids of the services that a VirtualService or a DestinationRule is for. */
export const withRules = (facts: Facts): ReadonlySet<string> =>
  named(facts, [
    ...facts.ofKind('networking.istio.io', 'VirtualService'),
    ...facts.ofKind('networking.istio.io', 'DestinationRule'),
  ]);
