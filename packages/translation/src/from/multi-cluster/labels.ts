import { codes } from '@isthmus/diagnostics';
import { isRemoteSecret, remoteClusterOf } from '@isthmus/istio';
import { isList, isMap, type JsonObject, parseYaml, type Resource, YamlError } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, flag, items, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';

const network = 'topology.istio.io/network';
/** Says which control planes serve a cluster, and which cluster an object is of: zones know both by themselves. */
const known = ['topology.istio.io/controlPlaneClusters', 'topology.istio.io/cluster'] as const;

/** The networks that an `istio` ConfigMap names beside the MeshConfig; what is no YAML, istiod does not read either. */
function networksIn({ kind, group, name, object }: Resource): JsonObject {
  const data = isMap(object.data) ? object.data : {};
  const isOwn = kind === 'ConfigMap' && group === '' && (name === 'istio' || name.startsWith('istio-'));
  if (!isOwn || typeof data.meshNetworks !== 'string') return {};
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

/** Networks, remote secrets and names of clusters (edge.md X1, X2): each has its verdict, and a zone needs none of them. */
export function accountForClusters(context: Context): void {
  for (const list of meshSettings(context, 'serviceSettings'))
    for (const entry of items(list))
      if (flag(descend(entry, 'settings', 'clusterLocal'))?.value === true) context.settled(entry);
  for (const resource of [...context.estate.context, ...context.estate.istio]) {
    reportNetworks(context, resource);
    for (const part of ['labels', 'annotations'] as const) {
      const metadata = descend(rootField(resource), 'metadata', part);
      const field = text(descend(metadata, network));
      if (field !== undefined) {
        const what = `${resource.kind} ${resource.name}`;
        context.approximate(field, undefined, codes.multiCluster.network, { what, network: field.value });
      }
      for (const key of known) context.settled(descend(metadata, key));
    }
    if (!isRemoteSecret(resource)) continue;
    const cluster = remoteClusterOf(resource);
    context.report(codes.multiCluster.remoteSecret, { name: resource.name, cluster }, resource);
    const named = descend(rootField(resource), 'metadata', 'annotations', 'networking.istio.io/cluster');
    if (named !== undefined) context.claim(named, 'inert', codes.multiCluster.remoteSecret);
  }
}
