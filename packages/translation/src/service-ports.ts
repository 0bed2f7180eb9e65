import { codes } from '@isthmus/diagnostics';
import type { RegistryService, ServiceName, ServicePort } from '@isthmus/istio';
import { child, items, mapOf, rootField, text } from '@isthmus/kubernetes';
import type { Context } from './context.ts';
import { isGuessed } from './effective-config.ts';

/** Protocols whose requests Kong Mesh reads, by what Istio calls them. */
const httpProtocols: Readonly<Record<string, string>> = {
  http: 'http',
  http_proxy: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'http2',
};

/** The five names that Kong Mesh knows; any other closes every connection to the port (routing.md 2.5). */
const known: ReadonlySet<string> = new Set(['http', 'http2', 'grpc', 'tcp', 'kafka']);

/** What Kong Mesh is to take a port for. */
export function spokenProtocol({ protocol }: ServicePort, readsRequests: boolean): string {
  if (protocol === undefined) return readsRequests ? 'http' : 'tcp';
  return httpProtocols[protocol] ?? 'tcp';
}

/** Whether Istio takes a port for HTTP because it says so. */
export const isDeclaredHttp = ({ protocol }: ServicePort): boolean =>
  protocol !== undefined && Object.hasOwn(httpProtocols, protocol);

function selects({ selector }: RegistryService): boolean {
  for (const _ in selector) return true;
  return false;
}

/** Ports whose protocol is not declared but that have HTTP routes. */
export type ReadPorts = ReadonlySet<string>;
export const portKey = ({ namespace, name }: ServiceName, port: number): string => `${namespace}/${name}:${port}`;

/**
 * Patches the Services of an estate so that Kong Mesh takes their ports for what Istio does: it reads `appProtocol` alone, not
 * the name of the port, and does not find protocols out from traffic (routing.md 2.5, 3.0; verified by running).
 * @param read ports that Istio finds out about, where an HTTP route makes them HTTP
 */
export function declareProtocols(context: Context, services: readonly RegistryService[], read: ReadPorts): void {
  for (const service of services) {
    const { registry, namespace, ports, resource } = service;
    if (registry !== 'kubernetes' || isGuessed(context, service)) continue;
    if (service.resolution === 'endpoints' && !selects(service))
      context.report(
        codes.virtualService.withoutSelector,
        { service: `${namespace}/${resource.name}`, namespace },
        resource,
      );
    const written = items(child(child(rootField(resource), 'spec'), 'ports'));
    const changes: Record<string, unknown>[] = [];
    for (const port of ports) {
      if (port.protocol === 'udp') continue;
      const field = written.find(({ value }) => {
        const entry = mapOf(value);
        const transport = typeof entry.protocol === 'string' ? entry.protocol : 'TCP';
        return entry.port === port.port && transport === port.transport;
      });
      const own = text(child(field, 'appProtocol'));
      const readsRequests =
        port.protocol === undefined && read.has(portKey({ namespace, name: resource.name }, port.port));
      const wanted = spokenProtocol(port, readsRequests);
      if (port.protocol === undefined && !readsRequests)
        context.report(
          codes.virtualService.undeclaredPort,
          { service: `${namespace}/${resource.name}`, port: port.port },
          field ?? rootField(resource),
        );
      if ((own?.value ?? 'tcp') === wanted || (own?.value === 'kafka' && context.settings.target !== '3.0')) continue;
      const place = own ?? field ?? rootField(resource);
      const named = `${namespace}/${resource.name}`;
      if (port.protocol === undefined && readsRequests)
        context.report(codes.virtualService.sniffedPort, { service: named, port: port.port }, place);
      if (own !== undefined && !known.has(own.value))
        context.report(
          codes.virtualService.protocolReplaced,
          { service: named, port: port.port, protocol: own.value, wanted },
          place,
        );
      const transport = port.transport === 'TCP' ? {} : { protocol: port.transport };
      changes.push({ port: port.port, ...transport, appProtocol: wanted });
    }
    if (changes.length === 0) continue;
    context.emit({
      role: 'patch',
      base: resource,
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: resource.name, namespace },
        spec: { ports: changes },
      },
      services: [`${namespace}/${resource.name}`],
    });
  }
}
