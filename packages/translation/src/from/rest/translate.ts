import { workloadsOf } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { translateAmbientLabels } from '../ambient/labels.ts';
import { reportZtunnel } from '../ambient/ztunnel.ts';
import { accountForClusters } from '../multi-cluster/labels.ts';
import { translateMeshProxyConfig } from '../proxy-config/of-mesh.ts';
import { translatePodProxyConfigs } from '../proxy-config/of-pods.ts';
import { translateProxyConfigs } from '../proxy-config/translate.ts';
import { translateSidecars } from '../sidecar/translate.ts';
import { accountForInstallation, accountForRetired } from './installation.ts';
import { translateInterception } from './interception.ts';
import { accountForLeftOut } from './left-out.ts';
import { accountForMeshFields } from './mesh-fields.ts';
import { accountForMetadata } from './metadata.ts';
import { translateInjection } from './namespaces.ts';
import { translateProxyResources } from './proxy-resources.ts';
import { createWorkloadPatches } from './workloads.ts';

/** What the other translators leave: it runs last, and says something of every field that none of them has spoken of. */
export function translateRest(context: Context): void {
  const workloads = workloadsOf(context.estate).filter(({ inCluster }) => inCluster);
  const patches = createWorkloadPatches(context);
  translateSidecars(context, workloads, patches);
  translatePodProxyConfigs(context, workloads, patches);
  translateProxyConfigs(context, workloads, patches);
  translateMeshProxyConfig(context, workloads, patches);
  accountForRetired(context);
  accountForLeftOut(context);
  accountForClusters(context);
  accountForMeshFields(context);
  accountForInstallation(context);
  translateAmbientLabels(context, workloads, patches);
  reportZtunnel(context, workloads);
  translateInjection(context, workloads);
  translateProxyResources(context, workloads, patches);
  translateInterception(context, workloads, patches);
  accountForMetadata(context, workloads, patches);
  patches.emit();
}
