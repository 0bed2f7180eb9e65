import { codes } from '@isthmus/diagnostics';
import { indexServices, readByIstio, type Service } from '@isthmus/istio';
import { matchesLabels, stringifyJson } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, flag, items, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';
import type { Zone } from '../../place.ts';
import { ownTrustDomain } from '../../security/view.ts';

/** Tells MeshMultiZoneServices apart for generators of host names. */
const nameLabel = 'isthmus/multi-zone-service';

/** A Service that several clusters hold. */
interface Shared {
  readonly namespace: string;
  readonly name: string;
  readonly inZones: readonly { readonly zone: Zone; readonly service: Service }[];
}

/** Services of the cluster itself, which Istio keeps local (istio/pilot/pkg/model/cluster_local.go, 1.32). */
const isOfCluster = ({ namespace, name }: Service, root: string): boolean =>
  namespace === 'kube-system' ||
  (namespace === 'default' && name === 'kubernetes') ||
  (namespace === root && /^istiod(?:-|$)/.test(name));

/** Labels of the pods that Gateways of a cluster configure: those of Istio go, and each zone has its own of Kong. */
const gatewaysOf = ({ estate }: Zone): Readonly<Record<string, string>>[] =>
  estate.istio.flatMap((resource) => {
    if (resource.kind !== 'Gateway' || resource.group !== 'networking.istio.io') return [];
    const labels = entries(descend(rootField(resource), 'spec', 'selector'));
    return labels.length === 0 ? [] : [Object.fromEntries(labels.map(([key, { value }]) => [key, String(value)]))];
  });

function sharedServices({ settings }: Context, zones: readonly Zone[]): Shared[] {
  const found = new Map<string, { namespace: string; name: string; inZones: { zone: Zone; service: Service }[] }>();
  for (const zone of zones) {
    const gateways = gatewaysOf(zone);
    const isOfGateways = ({ selector }: Service): boolean =>
      selector !== undefined && gateways.some((labels) => matchesLabels(labels, selector));
    for (const service of indexServices(readByIstio(zone.estate, settings.rootNamespace), settings.clusterDomain).all) {
      // What no cluster has for its own is written for all of them, and stands in each.
      if (isOfCluster(service, settings.rootNamespace) || service.externalName || isOfGateways(service)) continue;
      const { namespace, name } = service;
      const key = `${namespace}/${name}`;
      const known = found.get(key) ?? { namespace, name, inZones: [] };
      found.set(key, known);
      known.inZones.push({ zone, service });
    }
  }
  return [...found.values()].filter(({ inZones }) => inZones.length > 1);
}

/** Hosts that `serviceSettings` of the mesh keep in their cluster (edge.md M15, X5). */
function clusterLocalHosts(context: Context): string[] {
  return meshSettings(context, 'serviceSettings').flatMap((list) =>
    items(list).flatMap((entry) =>
      flag(child(child(entry, 'settings'), 'clusterLocal'))?.value === true
        ? items(child(entry, 'hosts')).flatMap((host) => text(host)?.value ?? [])
        : [],
    ),
  );
}

const covers = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));

const portsOf = ({ ports }: Service): string =>
  ports
    .map(({ port, transport, protocol }) => `${port}/${transport}/${protocol ?? ''}`)
    .sort()
    .join(' ');

const supported = new Set(['grpc', 'http', 'http2', 'tcp']);
const spoken = (protocol: string | undefined): string =>
  protocol === 'grpc-web' ? 'http' : protocol !== undefined && supported.has(protocol) ? protocol : 'tcp';

function emitMultiZone(context: Context, { namespace, name, inZones }: Shared, as: string): void {
  const { settings } = context;
  const service = (inZones[0] as Shared['inZones'][number]).service;
  const written = items(child(child(rootField(service.resource), 'spec'), 'ports'));
  context.emit({
    role: 'resource',
    stage: 'services',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshMultiZoneService',
      metadata: {
        name: as,
        namespace: settings.systemNamespace,
        labels: { 'kuma.io/mesh': settings.mesh, [nameLabel]: as },
      },
      spec: {
        selector: {
          meshService: {
            matchLabels: { 'kuma.io/display-name': name, 'k8s.kuma.io/namespace': namespace },
          },
        },
        ports: service.ports
          .filter(({ transport }) => transport === 'TCP')
          .map(({ port, name: called, protocol }) => {
            const field = written.find((one) => child(one, 'port')?.value === port);
            const entry = { port, ...(called === '' ? {} : { name: called }), appProtocol: spoken(protocol) };
            return field === undefined ? entry : context.derived(field, entry);
          }),
      },
    },
    services: [`${namespace}/${name}`],
  });
}

/** The name that callers use for a Service of several clusters where the multi-cluster API is on (edge.md X8). */
const clusterSetHost = ({ namespace, name }: Shared): string => `${name}.${namespace}.svc.clusterset.local`;

/** Keeps the name of the multi-cluster API, which the DNS of no cluster answers once Istio is gone. */
function emitClusterSetName(context: Context, shared: Shared, as: string): void {
  context.emit({
    role: 'resource',
    stage: 'services',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'HostnameGenerator',
      metadata: { name: dnsLabel(`${as}-clusterset`), namespace: context.settings.systemNamespace },
      spec: {
        selector: { meshMultiZoneService: { matchLabels: { [nameLabel]: as } } },
        template: clusterSetHost(shared),
      },
    },
    services: [`${shared.namespace}/${shared.name}`],
  });
}

/** What the configuration of all clusters says, as one text to look for names in. */
const wordsOf = (context: Context): string =>
  context.estate.istio
    .map(({ object }) => stringifyJson(object))
    .filter((text) => text.includes('.clusterset.local'))
    .join('\n');

function translateShared(
  context: Context,
  shared: Shared,
  names: ReadonlyMap<string, number>,
  local: readonly string[],
  words: string,
): void {
  const { namespace, name, inZones } = shared;
  const service = `${namespace}/${name}`;
  const clusters = inZones.map(({ zone }) => zone.cluster.name).join(', ');
  const host = `${name}.${namespace}.svc.${context.settings.clusterDomain}`;
  const at = (inZones[0] as Shared['inZones'][number]).service.resource;
  const related = inZones.slice(1).map(({ service: { resource } }) => ({
    file: resource.source.file,
    line: resource.source.line,
    message: `The Service of cluster ${resource.source.cluster ?? ''}`.trim(),
  }));
  if (local.some((pattern) => covers(pattern, host))) {
    context.report(codes.multiCluster.clusterLocal, { service, clusters }, at, related);
    return;
  }
  if (new Set(inZones.map((one) => portsOf(one.service))).size > 1) {
    context.report(codes.multiCluster.collision, { service, clusters, what: 'ports' }, at, related);
    return;
  }
  if (inZones[0]?.service.ports.every(({ transport }) => transport !== 'TCP')) return;
  const as = dnsLabel(names.get(name) === 1 ? name : `${name}-${namespace}`);
  const other = `${as}.mzsvc.mesh.local`;
  context.report(codes.multiCluster.shared, { service, clusters, host, name: as, other }, at, related);
  emitMultiZone(context, shared, as);
  if (words.includes(clusterSetHost(shared))) emitClusterSetName(context, shared, as);
}

function shapeInWords(zones: readonly Zone[]): string {
  const remote = zones.filter(({ cluster }) => cluster.isRemote).map(({ cluster }) => cluster.name);
  const primary = zones.filter(({ cluster }) => !cluster.isRemote).map(({ cluster }) => cluster.name);
  if (remote.length === 0) return 'Each has a control plane of its own (multi-primary), as far as they tell.';
  return `${primary.join(', ')} ${primary.length === 1 ? 'has' : 'have'} a control plane, which serves ${remote.join(', ')} too (primary-remote).`;
}

/** Configuration of Istio that stands in a cluster whose control plane is elsewhere (edge.md 3.14). */
function reportRemoteConfig(context: Context, zones: readonly Zone[]): void {
  const primaries = zones.filter(({ cluster }) => !cluster.isRemote).map(({ cluster }) => cluster.name);
  for (const resource of context.whole.istio) {
    const zone = zones.find(({ cluster }) => cluster.name === resource.source.cluster);
    if (zone === undefined || !zone.cluster.isRemote || zone.estate.istio.includes(resource)) continue;
    context.report(
      codes.multiCluster.remoteConfig,
      { kind: resource.kind, cluster: zone.cluster.name, primaries: primaries.join(', ') || 'another cluster' },
      resource,
    );
    for (const part of ['spec', 'metadata'] as const) {
      const field = child(rootField(resource), part);
      if (field !== undefined) context.claim(field, 'inert', codes.multiCluster.remoteConfig);
    }
  }
}

/**
 * What belongs to no single zone (edge.md 3.14): a MeshMultiZoneService for each Service that several clusters hold, and what
 * there is to know about the clusters as zones.
 */
export function translateAcrossZones(context: Context, zones: readonly Zone[]): void {
  const { target } = context.settings;
  for (const { cluster, zone } of zones)
    if (zone !== cluster.name) context.report(codes.multiCluster.zoneName, { cluster: cluster.name, zone }, undefined);
  context.report(
    codes.multiCluster.shape,
    {
      count: zones.length,
      clusters: zones.map(({ cluster }) => cluster.name).join(', '),
      shape: shapeInWords(zones),
      where: target === '3.0' ? ' (Universal, with Postgres)' : '',
    },
    undefined,
  );
  const domains = zones.map(({ zone }) => ownTrustDomain({ mesh: context.settings.mesh, zone }));
  context.report(codes.multiCluster.trust, { domains: domains.join(', ') }, undefined);
  reportRemoteConfig(context, zones);
  const local = clusterLocalHosts(context);
  const shared = sharedServices(context, zones);
  const names = new Map<string, number>();
  for (const { name } of shared) names.set(name, (names.get(name) ?? 0) + 1);
  const words = wordsOf(context);
  for (const one of shared) translateShared(context, one, names, local, words);
}
