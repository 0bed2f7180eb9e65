import { writeYamlDocuments } from '@isthmus/kubernetes';
import type { Changes, Cluster } from '../bridge/placed.ts';
import { appliedTo, overlaysOf, type Portion, type Removal, removedFrom, removing, type Written } from './portions.ts';
import { clusterOrder } from './steps.ts';

/** A file of a bundle; the path is relative, with `/`. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

const below = (folder: string, cluster: Cluster): string => (cluster === 'shared' ? folder : `${folder}/${cluster}`);

const filesOf = (place: string, portions: readonly Portion[]): BundleFile[] =>
  portions.map(({ file, documents }) => ({ path: `${place}/${file}`, text: writeYamlDocuments(documents) }));

/** A script that applies and takes away in the order given, and stops at the first failure. */
function scriptOf(cluster: Cluster, applied: readonly Portion[], { lines }: Removal): string {
  const takesByName = lines.some((line) => line.startsWith('remove '));
  const script = [
    '#!/bin/sh',
    ...(cluster === 'shared' ? [] : [`# For the cluster of ${cluster === 'istio' ? 'Istio' : 'Kong Mesh'}.`]),
    'set -eu',
    'cd "$(dirname "$0")"',
    ...(takesByName ? removing : []),
    ...applied.map(({ tool, file }) => `${tool} apply -f ${file}`),
    ...lines,
  ];
  return `${script.join('\n')}\n`;
}

/** What a stage applies and removes, cluster by cluster. */
export function manifestsOf(changes: Changes, folder: string, how: Written): BundleFile[] {
  return clusterOrder.flatMap((cluster): BundleFile[] => {
    const place = below(folder, cluster);
    const overlays = overlaysOf(changes, cluster, how);
    const removal = removedFrom(changes, cluster, 'delete', how);
    return [
      ...filesOf(place, appliedTo(changes, cluster, 'apply', how)),
      ...(overlays.length === 0 ? [] : [{ path: `${place}/istio-overlay.yaml`, text: writeYamlDocuments(overlays) }]),
      ...filesOf(place, removal.portions),
      ...(how.form === 'kubernetes' || removal.lines.length === 0
        ? []
        : [{ path: `${place}/delete.sh`, text: scriptOf(cluster, [], removal) }]),
    ];
  });
}

/** What takes the clusters back: the original manifests, then what is to go. Requests return to Istio before anything is removed. */
export function rollbackOf(changes: Changes, folder: string, how: Written): BundleFile[] {
  return clusterOrder.flatMap((cluster): BundleFile[] => {
    const restored = appliedTo(changes, cluster, 'restore', how);
    const removal = removedFrom(changes, cluster, 'remove', how);
    if (restored.length + removal.lines.length === 0) return [];
    const place = below(folder, cluster);
    return [
      { path: `${place}/rollback.sh`, text: scriptOf(cluster, restored, removal) },
      ...filesOf(place, [...restored, ...removal.portions]),
    ];
  });
}
