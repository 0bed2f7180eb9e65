import { isCidr, isIpAddress } from '@isthmus/kong-mesh';
import type { Resource } from '@isthmus/kubernetes';
import { child, entries, type Field, items, number, rootField, text } from '../../field.ts';

/** How a sidecar treats a port: by what protocol it can tell requests apart. */
export type PortFamily = 'http' | 'tls' | 'tcp' | 'none';

/** A port of a ServiceEntry. */
export interface EntryPort {
  readonly field: Field;
  readonly number: Field<number>;
  readonly protocolField: Field<string> | undefined;
  /** As Istio spells it, in capitals; '' where none is given: the protocol is then found out connection by connection. */
  readonly protocol: string;
  readonly family: PortFamily;
  readonly name: string;
  readonly targetPort: Field<number> | undefined;
}

/** An endpoint of a ServiceEntry. */
export interface Endpoint {
  readonly field: Field;
  readonly address: Field<string> | undefined;
  /** Ports by the name of the entry's port. */
  readonly ports: ReadonlyMap<string, Field<number>>;
}

export type Resolution = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS';

/** A ServiceEntry that Istio accepts. */
export interface Entry {
  readonly resource: Resource;
  readonly spec: Field;
  readonly hosts: readonly Field<string>[];
  readonly addresses: readonly Field<string>[];
  readonly ports: readonly EntryPort[];
  readonly endpoints: readonly Endpoint[];
  readonly internal: boolean;
  readonly resolution: Resolution;
  readonly exportTo: readonly Field<string>[];
  readonly selector: Field | undefined;
  readonly alternativeNames: readonly Field<string>[];
}

/** Why Istio refuses a ServiceEntry, and where. */
export interface Refusal {
  readonly refused: Field;
  readonly reason: string;
}

// istio/pkg/config/protocol/instance.go Parse (1.32), without regard to case.
const families: Readonly<Record<string, PortFamily>> = {
  HTTP: 'http',
  HTTP2: 'http',
  GRPC: 'http',
  'GRPC-WEB': 'http',
  HTTPS: 'tls',
  TLS: 'tls',
  TCP: 'tcp',
  MONGO: 'tcp',
  MYSQL: 'tcp',
  REDIS: 'tcp',
  '': 'tcp',
  UDP: 'none',
};
const resolutions = new Set(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']);

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refused: Field, reason: string) {
    super(reason);
    this.refusal = { refused, reason };
  }
}

function texts(field: Field | undefined, what: string): Field<string>[] {
  return items(field).map((item) => {
    const value = text(item);
    if (value === undefined) throw new Refused(item, `${what} is a text`);
    return value;
  });
}

function portNumber(field: Field, what: string): Field<number> {
  const value = number(field);
  if (value === undefined || !Number.isInteger(value.value) || value.value < 1 || value.value > 65_535)
    throw new Refused(field, `${what} is a number from 1 to 65535`);
  return value;
}

function readPort(field: Field): EntryPort {
  const numberField = child(field, 'number');
  if (numberField === undefined) throw new Refused(field, 'a port has a number');
  const protocolField = child(field, 'protocol');
  const protocol = text(protocolField);
  if (protocolField !== undefined && protocol === undefined) throw new Refused(protocolField, 'a protocol is a text');
  const family = families[(protocol?.value ?? '').toUpperCase()];
  if (family === undefined) throw new Refused(protocolField ?? field, 'Istio knows no such protocol');
  const target = child(field, 'targetPort');
  const targetPort = target === undefined || target.value === 0 ? undefined : portNumber(target, 'a target port');
  return {
    field,
    number: portNumber(numberField, 'a port'),
    protocolField: protocol,
    protocol: (protocol?.value ?? '').toUpperCase(),
    family,
    name: text(child(field, 'name'))?.value ?? '',
    targetPort,
  };
}

function readEndpoint(field: Field): Endpoint {
  const ports = new Map<string, Field<number>>();
  const address = text(child(field, 'address'));
  if (address !== undefined && address.value !== '' && !/^unix:/.test(address.value))
    if (!isIpAddress(address.value) && (!hostName.test(address.value) || address.value.includes('*')))
      throw new Refused(address, 'an endpoint is an IP address, a DNS name or a socket');
  for (const [name, port] of entries(child(field, 'ports'))) ports.set(name, portNumber(port, 'a port'));
  return { field, address, ports };
}

const label = '[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?';
// A wildcard may stand in the first label (istio/pkg/config/validation ValidateWildcardDomain, 1.32).
const hostName = new RegExp(`^(?:\\*[-A-Za-z0-9]*\\.)?${label}(?:\\.${label})*\\.?$`);

// The rules of istio/pkg/config/validation/validation.go (1.32) that decide what an entry can be; verified by running.
function checkTogether(entry: Entry): void {
  const { hosts, endpoints, resolution, selector, spec, addresses } = entry;
  const wildcard = hosts.find(({ value }) => value.includes('*'));
  const [first] = endpoints;
  if (selector !== undefined && first !== undefined)
    throw new Refused(selector, 'workloadSelector and endpoints exclude each other');
  if (resolution === 'NONE' && first !== undefined)
    throw new Refused(first.field, 'there are no endpoints with resolution NONE');
  if (resolution === 'STATIC')
    for (const { address, field } of endpoints)
      if (address !== undefined && !isIpAddress(address.value) && !address.value.startsWith('unix:'))
        throw new Refused(address ?? field, 'endpoints with resolution STATIC are IP addresses');
  if (resolution.startsWith('DNS') && wildcard !== undefined && first === undefined && selector === undefined)
    throw new Refused(wildcard, 'a wildcard cannot be looked up in DNS');
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1)
    throw new Refused(endpoints[1]?.field ?? spec, 'DNS_ROUND_ROBIN takes one endpoint at most');
  if (resolution === 'DYNAMIC_DNS') {
    const plain = hosts.find(({ value }) => !value.includes('*'));
    const other = addresses[0] ?? first?.field ?? plain;
    if (other !== undefined)
      throw new Refused(other, 'DYNAMIC_DNS takes wildcard hosts only, no addresses or endpoints');
  }
  if (hosts.length > 1 && addresses.length === 0) {
    const port = entry.ports.find(({ family, protocol }) => family === 'tcp' && protocol !== '');
    if (port !== undefined)
      throw new Refused(port.field, 'several hosts cannot share a port that is neither HTTP nor TLS');
  }
}

/** Reads a ServiceEntry; what Istio's own validation refuses comes back with the reason. */
export function readEntry(resource: Resource): Entry | Refusal {
  const spec = child(rootField(resource), 'spec');
  if (spec === undefined) return { refused: rootField(resource), reason: 'a ServiceEntry has a spec' };
  try {
    const hosts = texts(child(spec, 'hosts'), 'a host');
    if (hosts.length === 0) throw new Refused(child(spec, 'hosts') ?? spec, 'a ServiceEntry has a host');
    const bad = hosts.find(({ value }) => !hostName.test(value) || value.length > 255);
    if (bad !== undefined) throw new Refused(bad, 'a host is a DNS name, with a wildcard at its start at most');
    const resolutionField = child(spec, 'resolution');
    const resolution = resolutionField === undefined ? 'NONE' : (text(resolutionField)?.value ?? '');
    if (resolutionField !== undefined && !resolutions.has(resolution))
      throw new Refused(resolutionField, 'Istio knows no such resolution');
    const locationField = child(spec, 'location');
    const location = locationField === undefined ? 'MESH_EXTERNAL' : text(locationField)?.value;
    if (locationField !== undefined && location !== 'MESH_EXTERNAL' && location !== 'MESH_INTERNAL')
      throw new Refused(locationField, 'Istio knows no such location');
    const ports = items(child(spec, 'ports')).map(readPort);
    const twice = ports.find(
      ({ number: one }, index) => ports.findIndex((port) => port.number.value === one.value) < index,
    );
    if (twice !== undefined) throw new Refused(twice.number, 'a port number stands once in an entry');
    const addresses = texts(child(spec, 'addresses'), 'an address');
    const strange = addresses.find(({ value }) => !isIpAddress(value) && !isCidr(value));
    if (strange !== undefined) throw new Refused(strange, 'an address is an IP address or a CIDR');
    const exportTo = texts(child(spec, 'exportTo'), 'a namespace');
    const nowhere = exportTo.find(({ value }) => !/^(?:[.*~]|[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)$/.test(value));
    if (nowhere !== undefined) throw new Refused(nowhere, 'exportTo names namespaces, or is one of . * ~');
    const entry: Entry = {
      resource,
      spec,
      hosts,
      addresses,
      ports,
      endpoints: items(child(spec, 'endpoints')).map(readEndpoint),
      internal: location === 'MESH_INTERNAL',
      resolution: resolution as Resolution,
      exportTo,
      selector: child(spec, 'workloadSelector'),
      alternativeNames: texts(child(spec, 'subjectAltNames'), 'a name'),
    };
    checkTogether(entry);
    return entry;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.refusal;
  }
}
