import { codes } from '@isthmus/diagnostics';
import { isRemoteSecret, remoteClusterOf } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { descend, flag, items, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';

const network = 'topology.istio.io/network';
/** Says which control planes serve a cluster, and which cluster an object is of: zones know both by themselves. */
const known = ['topology.istio.io/controlPlaneClusters', 'topology.istio.io/cluster'] as const;

/** Networks, remote secrets and names of clusters (edge.md X1, X2): each has its verdict, and a zone needs none of them. */
export function accountForClusters(context: Context): void {
  for (const list of meshSettings(context, 'serviceSettings'))
    for (const entry of items(list))
      if (flag(descend(entry, 'settings', 'clusterLocal'))?.value === true) context.settled(entry);
  for (const resource of [...context.estate.context, ...context.estate.istio]) {
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
