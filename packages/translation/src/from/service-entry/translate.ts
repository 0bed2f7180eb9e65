import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { accountForEndpoint, emitExternal } from './external.ts';
import { listsFor } from './importers.ts';
import { type OutboundModes, outboundModes } from './outbound.ts';
import { type Allowed, createEgress, type Egress, type Scope } from './passthrough.ts';
import { type Fate, isForGateway, planHost } from './plan.ts';
import { type Entry, type EntryPort, readEntry } from './read.ts';
import { entriesByHost, externalName, isServiceHost } from './registry.ts';
import { emitSelected } from './selected.ts';
import { mutualDemands, originationOf } from './tls.ts';

/** Who may use an entry: everyone, some namespaces, or nobody. */
type Visibility = { readonly all: boolean; readonly namespaces: readonly string[]; readonly fields: readonly Field[] };

function visibilityOf(context: Context, entry: Entry): Visibility {
  const fields =
    entry.exportTo.length > 0
      ? entry.exportTo
      : meshSettings(context, 'defaultServiceExportTo').flatMap((field) =>
          items(field).flatMap((item) => text(item) ?? []),
        );
  const values = fields.map(({ value }) => value);
  const own = entry.resource.namespace === '' ? 'default' : entry.resource.namespace;
  return {
    all: values.length === 0 || values.includes('*'),
    namespaces: [
      ...new Set(values.filter((value) => value !== '~').map((value) => (value === '.' ? own : value))),
    ].sort(),
    fields,
  };
}

/** The lists that a host belongs on; where there is none, nobody who is closed may reach it, in Istio either. */
function scopesOf({ context, idle }: Run, host: Field<string>, { all, namespaces }: Visibility): Scope[] {
  const lists = listsFor(context, host, all ? undefined : namespaces);
  if (lists.length > 0) return lists;
  context.inert(host, codes.serviceEntry.importedNowhere, { host: host.value });
  idle.add(host);
  return [];
}

const passProtocols: Readonly<Record<string, Allowed['protocol']>> = { HTTP2: 'http2', GRPC: 'grpc' };

/** What a translation run knows beside the entry at hand. */
interface Run {
  readonly context: Context;
  readonly egress: Egress;
  readonly modes: OutboundModes;
  externals: number;
  /** Hosts whose finding about trusted names stands already. */
  readonly trusted: Set<string>;
  /** Hosts that nobody who is closed may reach. */
  readonly idle: Set<Field>;
}

/** What a port lets out of a sidecar, by name where its protocol carries one, else by address. */
function passPort(run: Run, entry: Entry, port: EntryPort, scope: Scope): void {
  const { context, egress } = run;
  const common = { port: port.number.value, portFrom: port.number, protocolFrom: port.protocolField ?? port.field };
  const protocol = port.family === 'http' ? (passProtocols[port.protocol] ?? 'http') : 'tls';
  context.settled(child(port.field, 'name'));
  const { targetPort, number } = port;
  if (targetPort !== undefined && targetPort.value !== number.value)
    context.unsupported(targetPort, codes.serviceEntry.targetPortPassed, {
      port: number.value,
      target: targetPort.value,
    });
  else context.settled(targetPort);
  context.settled(number);
  context.settled(port.protocolField);
  const byAddress = (values: readonly { value: string; from: readonly Field[] }[]): void => {
    for (const { value, from } of values) {
      const type = value.includes('/') ? 'CIDR' : 'IP';
      for (const each of port.family === 'tcp' ? (['tcp', 'tls'] as const) : [protocol])
        egress.allow(scope, { type, value, valueFrom: from, ...common, protocol: each });
    }
  };
  if (entry.addresses.length > 0) {
    if (port.family === 'tls')
      for (const address of entry.addresses.filter(({ value }) => value.includes('/')))
        context.report(codes.serviceEntry.cidrAndName, { port: number.value, address: address.value }, address);
    for (const address of entry.addresses) context.settled(address);
    byAddress(entry.addresses.map((address) => ({ value: address.value, from: [address] })));
    if (port.family !== 'http') {
      for (const host of entry.hosts) context.inert(host, codes.serviceEntry.hostWithoutEffect, { host: host.value });
      return;
    }
  } else if (port.family === 'tcp') {
    context.report(codes.serviceEntry.anyAddress, { port: number.value }, number);
    for (const host of entry.hosts) context.inert(host, codes.serviceEntry.hostWithoutEffect, { host: host.value });
    byAddress([
      { value: '0.0.0.0/0', from: [number] },
      { value: '::/0', from: [number] },
    ]);
    return;
  }
  for (const host of entry.hosts) passHost(run, entry, host, scope, { ...common, protocol });
}

function passHost(
  { context, egress, modes, trusted }: Run,
  { resolution }: Entry,
  host: Field<string>,
  scope: Scope,
  common: Omit<Allowed, 'type' | 'value' | 'valueFrom'>,
): void {
  if (/^\*[^.]/.test(host.value)) {
    context.unsupported(host, codes.serviceEntry.partialWildcard, { host: host.value });
    return;
  }
  const value = host.value.toLowerCase();
  const looksUp = resolution !== 'NONE';
  const draft =
    looksUp && modes.anyClosed
      ? 'Istio looks these names up itself; a MeshPassthrough would let callers reach any address under them.'
      : undefined;
  const allowed: Allowed = { type: 'Domain', value, valueFrom: [host], ...common, ...(draft ? { draft } : {}) };
  if (!egress.allow(scope, allowed)) {
    context.claim(host, 'unsupported', codes.serviceEntry.protocolMix);
    return;
  }
  if (!looksUp) context.settled(host);
  else if (!trusted.has(host.value)) {
    const code = draft === undefined ? codes.serviceEntry.nameTrusted : codes.serviceEntry.nameWouldBeTrusted;
    context.report(code, { host: host.value }, host);
    trusted.add(host.value);
  }
  if (looksUp)
    context.claim(
      host,
      draft === undefined ? 'approximate' : 'unsupported',
      draft === undefined ? codes.serviceEntry.nameTrusted : codes.serviceEntry.nameWouldBeTrusted,
    );
}

/**
 * Whether Istio speaks mutual TLS with endpoints of an entry inside the mesh: those with the label, or with a service account
 * (istio, pilot/pkg/serviceregistry/serviceentry/conversion.go, 1.32), or whatever they say where a DestinationRule demands it.
 */
function hasProxies(context: Context, entry: Entry, host: Field<string>): boolean {
  const labelled = entry.endpoints.some(({ field }) => {
    const mode = text(descend(field, 'labels', 'security.istio.io/tlsMode'))?.value;
    return mode === undefined ? child(field, 'serviceAccount') !== undefined : mode !== 'disabled';
  });
  return labelled || mutualDemands(context, entry, host.value).length > 0;
}

/** Why an external service must wait for a person; undefined where it need not. */
function draftOf(run: Run, entry: Entry, host: Field<string>, visibility: Visibility): string | undefined {
  const { context, modes } = run;
  if (!entry.internal && mutualDemands(context, entry, host.value).length > 0)
    return 'Istio shows the host the certificate of the calling workload; a MeshExternalService cannot, and would speak plain text to it.';
  if (entry.internal && !hasProxies(context, entry, host)) {
    context.report(codes.serviceEntry.internalPlain, { host: host.value }, child(entry.spec, 'location') ?? host);
  } else if (entry.internal) {
    context.report(codes.serviceEntry.meshInternal, { host: host.value }, child(entry.spec, 'location') ?? host);
    return 'The endpoints are members of the mesh in Istio; a MeshExternalService speaks plain text to them.';
  }
  if (visibility.all) return undefined;
  const namespaces = visibility.namespaces.join(', ');
  if (!modes.anyClosed) {
    for (const field of visibility.fields) context.claim(field, 'approximate', codes.serviceEntry.visibleToAll);
    context.report(codes.serviceEntry.visibleToAll, { namespaces }, visibility.fields[0] ?? host);
    return undefined;
  }
  for (const field of visibility.fields) context.claim(field, 'unsupported', codes.serviceEntry.exportLost);
  context.report(codes.serviceEntry.exportLost, { namespaces, host: host.value }, visibility.fields[0] ?? host);
  return 'Namespaces that cannot reach the host today would: restrict the clients first.';
}

function settleExternalFields(run: Run, entry: Entry, host: Field<string>, fates: readonly Fate[]): void {
  const { context } = run;
  const originates = fates.some((fate) => fate.kind === 'external' && fate.origination !== undefined);
  if (!originates)
    for (const name of entry.alternativeNames) context.inert(name, codes.serviceEntry.alternativeNamesIdle, {});
  for (const endpoint of entry.endpoints) {
    accountForEndpoint(context, endpoint, entry.endpoints.length === 1);
    for (const [name, port] of endpoint.ports)
      if (!entry.ports.some((one) => one.name === name))
        context.inert(port, codes.serviceEntry.endpointPort, { port: name });
  }
  if (entry.resolution === 'DNS_ROUND_ROBIN')
    context.report(codes.serviceEntry.lookedUpOnce, { host: host.value }, child(entry.spec, 'resolution') ?? host);
}

/** The effect of an entry for the name of a Service, as Istio has it (edge.md S10). */
function serviceEffect(entry: Entry, namespace: string): string {
  if (entry.endpoints.length === 0 && entry.selector === undefined) return 'Without endpoints it adds nothing to it.';
  const own = entry.resource.namespace === '' ? 'default' : entry.resource.namespace;
  if (own === namespace) return 'Its endpoints join those of the Service in Istio.';
  return 'It takes the place of the Service for clients of its own namespace in Istio, and is ignored elsewhere.';
}

/** Whether an address is the only endpoint's, on the same ports: then calls to it need nobody who knows the entry. */
const isOwnAddress = ({ endpoints, ports }: Entry, address: Field<string>): boolean =>
  endpoints.length === 1 &&
  endpoints[0]?.address?.value === address.value &&
  endpoints[0].ports.size === 0 &&
  ports.every(({ number, targetPort }) => targetPort === undefined || targetPort.value === number.value);

/** Lets calls to such an address out as they are. */
function passAddress(
  { context, egress }: Run,
  { ports }: Entry,
  address: Field<string>,
  scopes: readonly Scope[],
): void {
  context.settled(address);
  for (const scope of scopes)
    for (const { number, field, family, protocolField, protocol } of ports) {
      const spoken: Readonly<Record<typeof family, readonly Allowed['protocol'][]>> = {
        http: [passProtocols[protocol] ?? 'http'],
        tls: ['tls'],
        tcp: ['tcp', 'tls'],
        none: [],
      };
      for (const each of spoken[family])
        egress.allow(scope, {
          type: 'IP',
          value: address.value,
          valueFrom: [address],
          port: number.value,
          portFrom: number,
          protocol: each,
          protocolFrom: protocolField ?? field,
        });
    }
}

function translateHost(run: Run, entry: Entry, host: Field<string>, visibility: Visibility): void {
  const { context } = run;
  const named = isServiceHost(context, entry, host);
  if (named !== undefined) {
    const idle = entry.endpoints.length === 0 && entry.selector === undefined;
    const effect = serviceEffect(entry, named.namespace);
    context.report(codes.serviceEntry.serviceHost, { host: host.value, effect }, host);
    context.claim(entry.spec, idle ? 'inert' : 'unsupported', codes.serviceEntry.serviceHost);
    return;
  }
  if (entry.selector !== undefined) {
    emitSelected(context, entry, host, entry.hosts.length === 1 && (visibility.all || !run.modes.anyClosed));
    return;
  }
  for (const mode of mutualDemands(context, entry, host.value))
    context.unsupported(mode, codes.serviceEntry.workloadCertificate, { host: host.value });
  const wildcard = host.value.includes('*');
  if (wildcard && entry.endpoints.length > 0) {
    context.unsupported(host, codes.serviceEntry.wildcardEndpoints, { host: host.value });
    for (const { field } of [...entry.ports, ...entry.endpoints])
      context.claim(field, 'unsupported', codes.serviceEntry.wildcardEndpoints);
    return;
  }
  if (wildcard || entry.resolution === 'NONE') return;
  const fates = planHost(context, entry, host, run.modes.anyClosed);
  for (const port of entry.ports)
    if (isForGateway(context, host, port, originationOf(context, entry, host.value, port)))
      context.claim(port.field, 'approximate', codes.gateway.detour);
  const externals = fates.filter((fate) => fate.kind === 'external');
  const isPassed =
    fates.some(({ kind }) => kind === 'passthrough') || entry.addresses.some((one) => isOwnAddress(entry, one));
  const scopes = isPassed ? scopesOf(run, host, visibility) : [];
  for (const { kind, port } of fates)
    if (kind === 'passthrough')
      for (const scope of scopes) passPort(run, { ...entry, hosts: [host], addresses: [] }, port, scope);
  for (const address of entry.addresses)
    if (isOwnAddress(entry, address)) passAddress(run, entry, address, scopes);
    else context.unsupported(address, codes.serviceEntry.virtualAddress, { address: address.value });
  if (externals.length === 0) return;
  const claimants = entriesByHost(context).get(host.value.toLowerCase())?.length ?? 0;
  if (claimants > 1) context.report(codes.serviceEntry.sharedHost, { count: claimants, host: host.value }, host);
  const draft = draftOf(run, entry, host, visibility);
  settleExternalFields(run, entry, host, fates);
  for (const { port, origination } of externals) {
    const name = externalName(context, entry, host, port, externals.length);
    const keepsHost = fates.length === 1 && claimants === 1 && (!entry.internal || !hasProxies(context, entry, host));
    if (emitExternal(context, { entry, host, port, name, keepsHost, origination, draft })) run.externals++;
  }
}

const known: Readonly<Record<string, readonly string[]>> = {
  spec: [
    'hosts',
    'addresses',
    'ports',
    'location',
    'resolution',
    'endpoints',
    'workloadSelector',
    'exportTo',
    'subjectAltNames',
  ],
  port: ['number', 'protocol', 'name', 'targetPort'],
  endpoint: ['address', 'ports', 'labels', 'network', 'locality', 'weight', 'serviceAccount'],
  selector: ['labels'],
};

function dismissUnknown(context: Context, entry: Entry): void {
  const parts: [string, Field][] = [
    ['spec', entry.spec],
    ...entry.ports.map(({ field }): [string, Field] => ['port', field]),
    ...entry.endpoints.map(({ field }): [string, Field] => ['endpoint', field]),
    ...(entry.selector === undefined ? [] : [['selector', entry.selector] as [string, Field]]),
  ];
  for (const [kind, part] of parts)
    for (const [name, field] of entries(part))
      if (!known[kind]?.includes(name)) context.inert(field, codes.serviceEntry.unknownField, { field: name });
}

function translateEntry(run: Run, entry: Entry): void {
  const { context } = run;
  dismissUnknown(context, entry);
  const visibility = visibilityOf(context, entry);
  if (!visibility.all && visibility.namespaces.length === 0) {
    context.report(codes.serviceEntry.exportNowhere, {}, visibility.fields[0] ?? entry.spec);
    context.claim(entry.spec, 'inert', codes.serviceEntry.exportNowhere);
    return;
  }
  if (entry.ports.length === 0) {
    context.report(codes.serviceEntry.noPorts, {}, entry.spec);
    context.claim(entry.spec, 'inert', codes.serviceEntry.noPorts);
    return;
  }
  for (const part of [
    'location',
    'resolution',
    'hosts',
    'addresses',
    'ports',
    'endpoints',
    'exportTo',
    'subjectAltNames',
    'workloadSelector',
  ]) {
    const field = child(entry.spec, part);
    // Scalars hold by what is emitted; an empty list or map says nothing.
    const says = Array.isArray(field?.value)
      ? field.value.length > 0
      : typeof field?.value === 'object' && field.value !== null;
    if (!says) context.settled(field);
  }
  for (const port of entry.ports) {
    if (port.targetPort === undefined) context.settled(child(port.field, 'targetPort'));
    if (port.family !== 'none') continue;
    context.inert(port.field, codes.serviceEntry.datagram, { port: port.number.value });
  }
  for (const field of entry.exportTo) context.settled(field);
  for (const host of entry.hosts) translateHost(run, entry, host, visibility);
  const passed = entry.hosts.filter(({ value }) => value.includes('*') || entry.resolution === 'NONE');
  if (entry.selector === undefined && entry.endpoints.length === 0)
    for (const host of passed)
      for (const scope of scopesOf(run, host, visibility))
        for (const port of entry.ports)
          if (port.family !== 'none') passPort(run, { ...entry, hosts: [host] }, port, scope);
  // Names count where TLS starts in the mesh.
  for (const name of entry.alternativeNames)
    if (context.unclaimed(name).length > 0) context.inert(name, codes.serviceEntry.alternativeNamesIdle, {});
  if (entry.ports.every(({ family }) => family === 'none') || entry.hosts.some((host) => run.idle.has(host)))
    for (const leaf of context.unclaimed(entry.spec))
      context.claim(leaf, 'inert', codes.serviceEntry.partWithoutEffect);
}

/**
 * ServiceEntries (edge.md 3.3): hosts that Istio resolves become MeshExternalServices or, where only the name matters, entries
 * of a MeshPassthrough; what Istio passes on by original address becomes entries of a MeshPassthrough. Every leaf gets an outcome.
 */
export function translateServiceEntries(context: Context): void {
  const read = context.ofKind('ServiceEntry').map((resource) => ({ resource, entry: readEntry(resource) }));
  const modes = outboundModes(context);
  const run: Run = {
    context,
    egress: createEgress(context),
    modes,
    externals: 0,
    trusted: new Set(),
    idle: new Set(),
  };
  for (const { entry } of read) {
    if ('refused' in entry) {
      const { refused, reason } = entry;
      context.report(codes.serviceEntry.refused, { reason }, refused);
      context.claim(specOrSelf(refused), 'inert', codes.serviceEntry.refused);
    } else translateEntry(run, entry);
  }
  run.egress.emit(modes);
  if (run.externals > 0) context.report(codes.serviceEntry.needsEgress, { count: run.externals }, undefined);
}

const specOrSelf = (field: Field): Field => {
  const value = (field.resource.object as { spec?: Field['value'] }).spec;
  return value === undefined ? field : { resource: field.resource, path: 'spec', value };
};
