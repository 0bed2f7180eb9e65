import type { Resource } from '@isthmus/kubernetes';
import { child, entries, type Field, flag, items, number, rootField, text } from '../../field.ts';

/** A host of a server: `namespace/dnsName`. */
export interface ServerHost {
  readonly field: Field<string>;
  /** Namespace whose VirtualServices may use it; `*` for all. */
  readonly namespace: string;
  /** In lower case; `*` for every host. */
  readonly name: string;
}

export type TlsMode = 'PASSTHROUGH' | 'SIMPLE' | 'MUTUAL' | 'AUTO_PASSTHROUGH' | 'ISTIO_MUTUAL' | 'OPTIONAL_MUTUAL';
export type ServerFamily = 'http' | 'https' | 'tls' | 'tcp';

/** A server of a Gateway. */
export interface Server {
  readonly field: Field;
  readonly number: Field<number>;
  readonly protocol: Field<string>;
  readonly family: ServerFamily;
  readonly portName: string;
  readonly hosts: readonly ServerHost[];
  readonly tls: Field | undefined;
  /** Of HTTPS and TLS; an absent mode is PASSTHROUGH, the zero value (edge.md T11). */
  readonly mode: TlsMode | undefined;
  readonly redirects: Field<boolean> | undefined;
}

/** A Gateway that Istio accepts. */
export interface IstioGateway {
  readonly resource: Resource;
  readonly namespace: string;
  readonly spec: Field;
  readonly selector: Readonly<Record<string, string>>;
  readonly servers: readonly Server[];
}

/** Why Istio refuses a Gateway, and where. */
export interface Refusal {
  readonly refused: Field;
  readonly reason: string;
}

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refused: Field, reason: string) {
    super(reason);
    this.refusal = { refused, reason };
  }
}

// istio/api, networking/v1alpha3/gateway.proto, and istio/pkg/config/protocol/instance.go (1.32), without regard to case.
const families: Readonly<Record<string, ServerFamily>> = {
  HTTP: 'http',
  HTTP2: 'http',
  GRPC: 'http',
  'GRPC-WEB': 'http',
  HTTPS: 'https',
  TLS: 'tls',
  TCP: 'tcp',
  MONGO: 'tcp',
  MYSQL: 'tcp',
  REDIS: 'tcp',
  UDP: 'tcp',
};
const modes = new Set(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL']);

function readHost(field: Field, namespace: string): ServerHost {
  const host = text(field);
  if (host === undefined || host.value === '') throw new Refused(field, 'a host is a name');
  const [first = '', second, ...rest] = host.value.split('/');
  if (rest.length > 0) throw new Refused(field, 'a host is a name, or a namespace and a name');
  const name = (second ?? first).toLowerCase();
  if (name === '' || /\s/.test(name)) throw new Refused(field, 'a host has a name');
  const owner = second === undefined ? '*' : first;
  return { field: host, namespace: owner === '.' ? namespace : owner, name };
}

function readServer(field: Field, namespace: string): Server {
  const port = child(field, 'port');
  if (port === undefined) throw new Refused(field, 'a server has a port');
  const numberField = child(port, 'number');
  const value = number(numberField);
  if (value === undefined || !Number.isInteger(value.value) || value.value < 1 || value.value > 65_535)
    throw new Refused(numberField ?? port, 'a port has a number from 1 to 65535');
  const protocol = text(child(port, 'protocol'));
  const family = families[(protocol?.value ?? '').toUpperCase()];
  if (protocol === undefined || family === undefined)
    throw new Refused(child(port, 'protocol') ?? port, 'a port has a protocol that Istio knows');
  const hosts = items(child(field, 'hosts')).map((host) => readHost(host, namespace));
  if (hosts.length === 0) throw new Refused(child(field, 'hosts') ?? field, 'a server has a host');
  const tls = child(field, 'tls');
  const modeField = child(tls, 'mode');
  const mode = modeField === undefined ? 'PASSTHROUGH' : (text(modeField)?.value ?? '');
  if (!modes.has(mode)) throw new Refused(modeField ?? field, 'Istio knows no such TLS mode');
  const secure = family === 'https' || family === 'tls';
  if (secure && tls === undefined) throw new Refused(port, 'a server for HTTPS or TLS has tls settings');
  if (!secure && tls !== undefined)
    for (const [name, setting] of entries(tls))
      if (name !== 'httpsRedirect' || family !== 'http')
        throw new Refused(setting, 'a server without TLS has no tls settings but httpsRedirect');
  return {
    field,
    number: value,
    protocol,
    family,
    portName: text(child(port, 'name'))?.value ?? '',
    hosts,
    tls,
    mode: secure ? (mode as TlsMode) : undefined,
    redirects: flag(child(tls, 'httpsRedirect')),
  };
}

/** Reads a Gateway; what Istio's own validation refuses comes back with the reason (edge.md G3, G4). */
export function readGateway(resource: Resource): IstioGateway | Refusal {
  const spec = child(rootField(resource), 'spec');
  if (spec === undefined) return { refused: rootField(resource), reason: 'a Gateway has a spec' };
  const namespace = resource.namespace === '' ? 'default' : resource.namespace;
  try {
    const servers = items(child(spec, 'servers')).map((server) => readServer(server, namespace));
    if (servers.length === 0) throw new Refused(child(spec, 'servers') ?? spec, 'a Gateway has a server');
    const selector: Record<string, string> = {};
    for (const [key, label] of entries(child(spec, 'selector'))) {
      const value = text(label);
      if (value === undefined) throw new Refused(label, 'a label is a text');
      selector[key] = value.value;
    }
    return { resource, namespace, spec, selector, servers };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.refusal;
  }
}
