import { codes } from '@isthmus/diagnostics';
import { isRemoteSecret, remoteClusterOf } from '@isthmus/istio';
import { isList, isMap, type JsonObject, parseYaml, type Resource, YamlError } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, flag, items, rootField, text } from '../../field.ts';
import { istioMarks } from '../../leaves.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';

const network = 'topology.istio.io/network';
/** Says which control planes serve a cluster, and which cluster an object is of: zones know both by themselves. */
const known: ReadonlySet<string> = new Set(['topology.istio.io/controlPlaneClusters', 'topology.istio.io/cluster']);

/** Whether an object may name networks beside a MeshConfig. */
const isMeshMap = ({ kind, group, name }: Resource): boolean =>
  kind === 'ConfigMap' && group === '' && (name === 'istio' || name.startsWith('istio-'));

/** The networks that an `istio` ConfigMap names beside the MeshConfig; what is no YAML, istiod does not read either. */
function networksIn(resource: Resource): JsonObject {
  const { data } = resource.object;
  if (!isMeshMap(resource) || !isMap(data) || typeof data.meshNetworks !== 'string') return {};
  try {
    const read = parseYaml(data.meshNetworks)[0]?.value;
    return isMap(read) && isMap(read.networks) ? read.networks : {};
  } catch (error) {
    if (error instanceof YamlError) return {};
    throw error;
  }
}

const gatewaysIn = (network: unknown): string[] =>
  (isMap(network as JsonObject) && isList((network as JsonObject).gateways)
    ? ((network as JsonObject).gateways as readonly JsonObject[])
    : []
  ).flatMap((gateway) =>
    isMap(gateway)
      ? [`${String(gateway.address ?? gateway.registryServiceName ?? '?')}:${String(gateway.port ?? '?')}`]
      : [],
  );

function reportNetworks(context: Context, resource: Resource): void {
  const networks = networksIn(resource);
  const names = Object.keys(networks).sort();
  if (names.length === 0) return;
  const gateways = [...new Set(names.flatMap((name) => gatewaysIn(networks[name])))].sort();
  const reached = gateways.length === 0 ? '' : `, reached through ${gateways.join(', ')}`;
  context.report(codes.multiCluster.meshNetworks, { networks: names.join(', '), reached }, resource);
}

/** How other clusters reach the network of this one now: the gateways that its own list of networks names for it. */
function reachedThrough({ estate, settings }: Context): string[] {
  const home = estate.context.find((one) => one.kind === 'Namespace' && one.name === settings.rootNamespace);
  const own = home?.labels[network];
  return own === undefined ? [] : estate.context.flatMap((resource) => gatewaysIn(networksIn(resource)[own]));
}

/**
 * Where other zones find the ingress of this one (3.0; edge.md 0 and X3): a draft, since the control plane of a zone on Kubernetes
 * writes it from the Service of the ingress, which has no address before it runs (security.md 4.6; developer.konghq.com,
 * mesh/zone-proxies).
 */
function emitZoneAddress(context: Context): void {
  const { target, mesh, zone, systemNamespace } = context.settings;
  if (target !== '3.0' || context.peers.length === 0) return;
  const now = [...new Set(reachedThrough(context))].sort();
  const hint =
    now.length === 0 ? '' : ` Istio's clusters reach this network at ${now.join(', ')}, which is Istio's own gateway.`;
  context.emit({
    role: 'draft',
    stage: 'mesh',
    why: `The control plane of a zone on Kubernetes writes this from the Service of the ingress: apply it only where nothing does, as on Universal, or where other zones reach the ingress at another address than its Service's. Fill in that address and port.${hint}`,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshZoneAddress',
      metadata: {
        name: dnsLabel(`${zone}-ingress`),
        namespace: systemNamespace,
        labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' },
      },
      spec: { address: `FILL-IN.${zone}.example`, port: 10001 },
    },
    services: [],
  });
}

/** Networks, remote secrets and names of clusters (edge.md X1, X2): each has its verdict, and a zone needs none of them. */
export function accountForClusters(context: Context): void {
  emitZoneAddress(context);
  for (const list of meshSettings(context, 'serviceSettings'))
    for (const entry of items(list))
      if (flag(descend(entry, 'settings', 'clusterLocal'))?.value === true) context.settled(entry);
  for (const resource of [...context.estate.context, ...context.estate.istio]) {
    if (isMeshMap(resource)) reportNetworks(context, resource);
    for (const [key, field] of istioMarks(resource)) {
      if (known.has(key)) context.settled(field);
      const own = key === network ? text(field) : undefined;
      if (own === undefined) continue;
      const what = `${resource.kind} ${resource.name}`;
      context.approximate(own, undefined, codes.multiCluster.network, { what, network: own.value });
    }
    if (!isRemoteSecret(resource)) continue;
    const cluster = remoteClusterOf(resource);
    context.report(codes.multiCluster.remoteSecret, { name: resource.name, cluster }, resource);
    const named = descend(rootField(resource), 'metadata', 'annotations', 'networking.istio.io/cluster');
    if (named !== undefined) context.claim(named, 'inert', codes.multiCluster.remoteSecret);
  }
}
