import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, entries, type Field } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import type { Endpoint, Entry, EntryPort } from './read.ts';
import { externalTls, type Origination } from './tls.ts';

const protocols: Readonly<Record<string, string>> = { HTTP: 'http', HTTP2: 'http2', GRPC: 'grpc', TCP: 'tcp' };

function protocolOf(context: Context, { protocol, protocolField, family, number }: EntryPort): unknown {
  const exact = protocols[protocol];
  // Istio finds out what is spoken, connection by connection (edge.md T22).
  if (protocolField === undefined)
    return context.approximate(number, 'tcp', codes.serviceEntry.foundOut, { port: number.value });
  if (exact !== undefined) return context.exact(protocolField, exact);
  const target = family === 'http' ? 'http' : 'tcp';
  return context.approximate(protocolField, target, codes.serviceEntry.protocolFlattened, {
    protocol: protocol === '' ? '""' : protocol,
    target,
  });
}

const isUsable = (value: string): boolean => value !== '' && !value.includes('/') && !value.startsWith('unix:');

/** Accounts for what an endpoint says beside its address and ports, of which a MeshExternalService knows nothing. */
export function accountForEndpoint(context: Context, { field, address }: Endpoint, alone: boolean): void {
  const name = address?.value ?? '""';
  const weight = child(field, 'weight');
  if (weight !== undefined) {
    // The weight of a single endpoint says nothing.
    if (alone) context.settled(weight);
    else
      context.unsupported(weight, codes.serviceEntry.endpointWeight, { address: name, weight: String(weight.value) });
  }
  for (const what of ['locality', 'network']) {
    const place = child(field, what);
    if (place !== undefined) context.unsupported(place, codes.serviceEntry.endpointPlace, { what, address: name });
  }
  // Says whether the endpoint has a proxy, which was looked at.
  for (const [key, label] of entries(child(field, 'labels')))
    if (key === 'security.istio.io/tlsMode') context.settled(label);
    else context.unsupported(label, codes.serviceEntry.endpointLabels, { address: name });
  context.inert(child(field, 'serviceAccount'), codes.serviceEntry.endpointAccount, { address: name });
  if (address === undefined || !isUsable(address.value))
    context.unsupported(address ?? field, codes.serviceEntry.endpointSocket, { address: name });
}

/** The endpoints of a port: those of the entry, or the host itself where DNS finds it. */
function endpointsOf(context: Context, entry: Entry, host: Field<string>, port: EntryPort): unknown[] {
  const { targetPort } = port;
  const number = (): unknown =>
    targetPort === undefined
      ? context.derived(port.number, port.number.value)
      : context.exact(targetPort, targetPort.value);
  if (entry.endpoints.length === 0)
    return entry.resolution === 'STATIC' ? [] : [{ address: context.derived(host, host.value), port: number() }];
  // What endpoints say of a port by its name counts before the entry's (edge.md S3).
  if (entry.endpoints.every(({ ports }) => ports.has(port.name)))
    context.inert(targetPort, codes.serviceEntry.partWithoutEffect, {});
  return entry.endpoints.flatMap(({ address, ports }) => {
    if (address === undefined || !isUsable(address.value)) return [];
    const own = ports.get(port.name);
    return [
      {
        address: context.exact(address, address.value),
        port: own === undefined ? number() : context.exact(own, own.value),
      },
    ];
  });
}

/** A MeshExternalService to emit. */
export interface External {
  readonly entry: Entry;
  readonly host: Field<string>;
  readonly port: EntryPort;
  readonly name: string;
  /** Whether applications can go on calling the host. */
  readonly keepsHost: boolean;
  readonly origination: Origination | undefined;
  /** Why it must not be applied as it is. */
  readonly draft: string | undefined;
}

const ownLabel = 'isthmus/external-service';

/** Names of the MeshExternalServices that are applied, by `host:port`: what routes of such a host are about. */
export const externalNames = oncePerContext(() => new Map<string, string>());

/** Emits a MeshExternalService and, where the host can be kept, its HostnameGenerator; false where it has no endpoint. */
export function emitExternal(context: Context, external: External): boolean {
  const { entry, host, port, name, keepsHost, origination } = external;
  const endpoints = endpointsOf(context, entry, host, port);
  if (endpoints.length === 0) {
    context.inert(host, codes.serviceEntry.noEndpoints, { host: host.value });
    context.claim(port.field, 'inert', codes.serviceEntry.noEndpoints);
    return false;
  }
  const tls = origination && externalTls(context, origination, entry, { host, name });
  const why = external.draft ?? tls?.draft;
  const role: EmittedRole =
    why === undefined ? { role: 'resource', stage: 'egress' } : { role: 'draft', stage: 'egress', why };
  if (why === undefined) externalNames(context).set(`${host.value.toLowerCase()}:${port.number.value}`, name);
  const metadata = {
    name,
    namespace: context.settings.systemNamespace,
    labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone', [ownLabel]: name },
  };
  context.emit({
    ...role,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshExternalService',
      metadata,
      spec: {
        match: {
          type: 'HostnameGenerator',
          port: context.exact(port.number, port.number.value),
          protocol: protocolOf(context, port),
        },
        endpoints,
        ...(tls === undefined ? {} : { tls: tls.tls }),
      },
    },
    services: [],
  });
  context.settled(child(port.field, 'name'));
  if (!keepsHost) {
    context.claim(host, 'approximate', codes.serviceEntry.hostChanged);
    context.report(codes.serviceEntry.hostChanged, { host: host.value, port: port.number.value, name }, host);
    return true;
  }
  const template = context.approximate(host, host.value.toLowerCase(), codes.serviceEntry.hostKept, {
    host: host.value,
    name,
    port: port.number.value,
  });
  context.emit({
    ...role,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'HostnameGenerator',
      metadata: {
        name,
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/origin': 'zone' },
      },
      spec: { selector: { meshExternalService: { matchLabels: { [ownLabel]: name } } }, template },
    },
    services: [],
  });
  return true;
}
