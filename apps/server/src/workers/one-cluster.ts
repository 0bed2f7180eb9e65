import { clusterNames } from '@isthmus/istio';
import { concerns, servicesOf } from '@isthmus/migration';
import type { ZoneTranslation } from '@isthmus/translation';
import { noFindings, noOutcomes, type Translated } from './snapshot.ts';

/** One cluster of a snapshot, as a snapshot of its own; the whole of one that is of one cluster. */
export interface OneCluster {
  /** Absent where the snapshot is of one cluster, so that nothing needs to say so. */
  readonly zone?: ZoneTranslation;
  readonly snapshot: Translated;
}

const known = new WeakMap<Translated, readonly OneCluster[]>();

function alone(whole: Translated, zone: ZoneTranslation): OneCluster {
  const { translation } = zone;
  const { estate, settings } = translation;
  const indexes = new Map(whole.translation.estate.istio.map((resource, index) => [resource, index]));
  const services = servicesOf(estate);
  const places = estate.istio.map((resource) => indexes.get(resource) ?? -1);
  return {
    zone,
    snapshot: {
      ...whole,
      translation,
      services,
      concerns: concerns(estate, services, settings.clusterDomain),
      outcomes: places.map((index) => whole.outcomes[index] ?? noOutcomes()),
      findings: places.map((index) => whole.findings[index] ?? noFindings()),
    },
  };
}

/** The clusters of a snapshot, each by itself: merged into one they would be a mesh that nobody has. */
export function clustersOf(snapshot: Translated): readonly OneCluster[] {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const zones = snapshot.translation.zones ?? [];
  const parts = zones.length < 2 ? [{ snapshot }] : zones.map((zone) => alone(snapshot, zone));
  known.set(snapshot, parts);
  return parts;
}

/** Whether a snapshot has a cluster of that name. */
export const hasCluster = ({ translation }: Translated, cluster: string): boolean =>
  clusterNames(translation.estate).includes(cluster);

/**
 * The cluster of a name, or all of them where none is chosen.
 * @param cluster one that the snapshot has
 */
export function chosenClusters(snapshot: Translated, cluster: string | undefined): readonly OneCluster[] {
  const parts = clustersOf(snapshot);
  return cluster === undefined ? parts : parts.filter(({ zone }) => zone === undefined || zone.cluster === cluster);
}

/** The names among which there is a choice. */
export const choiceOf = (snapshot: Translated): string[] =>
  clustersOf(snapshot).flatMap(({ zone }) => (zone === undefined ? [] : [zone.cluster]));
