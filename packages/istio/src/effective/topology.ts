import { child, descend, effectiveNamespace, type Resource, rootField, text } from '@isthmus/kubernetes';
import type { Estate } from '../estate.ts';

/** A cluster of a mesh, as far as its manifests tell. */
export interface ClusterShape {
  readonly name: string;
  /** The network that its pods are in; undefined where nothing says so. */
  readonly network: string | undefined;
  /** Whether a control plane of another cluster serves it: it has none of its own. */
  readonly isRemote: boolean;
  /** The clusters whose control planes may serve it; empty where it does not say. */
  readonly servedBy: readonly string[];
  /** The clusters whose services its control plane reads, by remote secrets. */
  readonly reads: readonly string[];
}

const controlPlaneClusters = 'topology.istio.io/controlPlaneClusters';

/** Whether a Secret lets a control plane read another cluster (istio/pkg/kube/multicluster/secretcontroller.go, 1.32). */
export const isRemoteSecret = ({ group, kind, labels }: Resource): boolean =>
  group === '' && kind === 'Secret' && labels['istio/multiCluster'] === 'true';

/** The cluster that a remote secret is for: its annotation says so, else its name. Values of Secrets are never read. */
export const remoteClusterOf = ({ name, annotations }: Resource): string =>
  annotations['networking.istio.io/cluster'] ?? name.replace(/^istio-remote-secret-/, '');

/** Fields of an installation that say that it has no control plane of its own (istio/manifests, profile remote, 1.32). */
function isRemoteInstallation(resource: Resource): boolean {
  if (resource.kind !== 'IstioOperator' && resource.kind !== 'Istio') return false;
  const spec = child(rootField(resource), 'spec');
  const profile = text(descend(spec, 'profile')) ?? text(descend(spec, 'values', 'profile'));
  const pilot = text(descend(spec, 'values', 'global', 'remotePilotAddress'));
  return profile?.value === 'remote' || Boolean(pilot?.value);
}

/** Reads what a cluster is to its mesh (edge.md 3.14). */
export function shapeOf(estate: Estate, name: string, rootNamespace: string): ClusterShape {
  const home = estate.context.find((one) => one.kind === 'Namespace' && one.group === '' && one.name === rootNamespace);
  const served = (home?.annotations[controlPlaneClusters] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const installed = estate.istio.flatMap((one) => {
    const network = text(descend(rootField(one), 'spec', 'values', 'global', 'network'))?.value;
    return network ? [network] : [];
  });
  const reads = estate.context.filter((one) => isRemoteSecret(one) && effectiveNamespace(one) === rootNamespace);
  const isServed = served.length > 0 && !served.includes(name) && !served.includes('*');
  return {
    name,
    network: home?.labels['topology.istio.io/network'] ?? installed[0],
    isRemote: isServed || estate.istio.some(isRemoteInstallation),
    servedBy: served.filter((one) => one !== '*' && one !== name),
    reads: [...new Set(reads.map(remoteClusterOf))].sort(),
  };
}
