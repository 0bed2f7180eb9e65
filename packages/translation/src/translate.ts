import { compareDiagnostics, type Diagnostic } from '@isthmus/diagnostics';
import {
  type ClusterShape,
  clusterNames,
  type Estate,
  estateOf,
  isIstioGroup,
  isPartial,
  readByIstio,
  shapeOf,
  trustOf,
} from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import { createWorkings } from './context.ts';
import type { Emitted, Provenance } from './emitted.ts';
import { finishEmissions } from './finish.ts';
import { translateAcrossZones } from './from/multi-cluster/global.ts';
import { installingKinds } from './from/rest/installation.ts';
import { heavier, type LedgerEntry, type LedgerField } from './ledger.ts';
import { objectionTo } from './objection.ts';
import { type Peer, type Place, type Zone, zoneNames } from './place.ts';
import type { Settings } from './settings.ts';
import {
  accountFor,
  type Checker,
  targetsOf,
  translateCluster,
  translateClusterBeside,
  withoutRepeats,
} from './translate-cluster.ts';
import type { Translation, ZoneTranslation } from './translation.ts';

/** What installs Istio stays with its cluster; everything else of Istio configures the mesh. */
const isConfiguration = ({ group, kind }: Resource): boolean => isIstioGroup(group) && !installingKinds.includes(kind);

/**
 * The zones of an import of several clusters. A cluster without a control plane of its own is configured by what stands in the
 * cluster that serves it; what stands in itself nobody reads (edge.md 3.14).
 */
function zonesOf(estate: Estate, settings: Settings, clusters: readonly string[]): Zone[] {
  const names = zoneNames(clusters);
  const parts = new Map(clusters.map((name) => [name, estateOf({ ...estate, diagnostics: [] }, name)]));
  const shapes = clusters.map((name) => shapeOf(parts.get(name) as Estate, name, settings.rootNamespace));
  const primaries = shapes.filter(({ isRemote }) => !isRemote).map(({ name }) => name);
  const servesIt = ({ servedBy }: ClusterShape): string | undefined =>
    servedBy.find((name) => primaries.includes(name)) ?? primaries[0];
  return shapes.map((cluster): Zone => {
    const own = parts.get(cluster.name) as Estate;
    const primary = cluster.isRemote ? servesIt(cluster) : undefined;
    const zone = names.get(cluster.name) as string;
    if (primary === undefined) return { zone, cluster, estate: own };
    // Its namespaces say what of its configuration is read.
    const configuration = readByIstio(parts.get(primary) as Estate, settings.rootNamespace).istio.filter(
      (one) => isConfiguration(one) || one.kind === 'MeshConfig',
    );
    const installation = own.istio.filter((one) => !isConfiguration(one) && one.kind !== 'MeshConfig');
    return { zone, cluster, estate: { ...own, istio: [...configuration, ...installation] } };
  });
}

/** Collects entries of a ledger of which several zones may have one for the same resource. */
function collectEntries(): {
  add(entry: LedgerEntry, offset: number): void;
  has(resource: Resource): boolean;
  all(): LedgerEntry[];
} {
  const byResource = new Map<Resource, Map<string, LedgerField>>();
  return {
    add({ resource, fields }, offset) {
      const known = byResource.get(resource) ?? new Map<string, LedgerField>();
      byResource.set(resource, known);
      for (const field of fields) {
        const moved = field.targets.map((target) => ({ ...target, resource: target.resource + offset }));
        const before = known.get(field.path);
        const said = before === undefined ? field : heavier(before, field);
        known.set(field.path, { ...said, targets: [...(before?.targets ?? []), ...moved] });
      }
    },
    has: (resource) => byResource.has(resource),
    all: () => [...byResource].map(([resource, fields]) => ({ resource, fields: [...fields.values()] })),
  };
}

/** Translates each cluster as a zone, and what belongs to all of them. */
function translateZones(estate: Estate, given: Settings, clusters: readonly string[]): Translation {
  // What one cluster does not let be read is missing from the mesh.
  const settings = isPartial(estate) ? { ...given, complete: false } : given;
  const zones = zonesOf(estate, settings, clusters);
  const workings = createWorkings(estate, settings);
  translateAcrossZones(workings.context, zones);
  const { finished, diagnostics } = finishEmissions(workings, (object) => objectionTo(object, settings));
  const emitted: Emitted[] = [];
  const origins: (readonly Provenance[])[] = [];
  const found: Diagnostic[] = [...estate.diagnostics, ...workings.diagnostics, ...diagnostics];
  const ledger = collectEntries();
  const context = collectEntries();
  const place = (list: readonly Emitted[], at: Place): void =>
    void emitted.push(...list.map((one) => ({ ...one, place: at })));
  place(
    finished.map((one) => one.emitted),
    { kind: 'global' },
  );
  origins.push(...finished.map((one) => one.origins));
  const { rootNamespace, clusterDomain } = settings;
  const peers = zones.map(
    (one): Peer => ({
      zone: one.zone,
      trustDomain: trustOf(one.estate, { rootNamespace, trustDomain: clusterDomain }).trustDomain,
    }),
  );
  const translated: ZoneTranslation[] = zones.map((one) => ({
    cluster: one.cluster.name,
    zone: one.zone,
    translation: translateCluster(
      one.estate,
      { ...settings, zone: one.zone },
      peers.filter(({ zone }) => zone !== one.zone),
    ),
  }));
  for (const { zone, translation } of translated) {
    const offset = emitted.length;
    place(translation.emitted, { kind: 'zone', zone });
    origins.push(...translation.origins);
    found.push(...translation.diagnostics);
    for (const entry of translation.ledger) ledger.add(entry, offset);
    for (const entry of translation.context) context.add(entry, offset);
  }
  const targets = targetsOf(finished);
  for (const resource of estate.istio) {
    if (ledger.has(resource)) continue;
    const { entry, diagnostic } = accountFor(resource, workings, targets);
    ledger.add(entry, 0);
    if (diagnostic !== undefined) found.push(diagnostic);
  }
  return {
    settings,
    estate,
    emitted,
    origins,
    ledger: ledger.all(),
    context: context.all(),
    zones: translated,
    diagnostics: withoutRepeats(found.sort(compareDiagnostics)),
  };
}

/**
 * Translates an estate for a target version. Every leaf of every Istio resource is in the ledger; what no translator
 * claimed is `untranslated`, with a diagnostic for each resource. Several clusters become a zone each.
 */
export function translate(estate: Estate, settings: Settings): Translation {
  const clusters = clusterNames(estate);
  return clusters.length < 2 ? translateCluster(estate, settings) : translateZones(estate, settings, clusters);
}

/** Translates as `translate` does, with somebody else to check what one cluster emits. Rejects as the checker does. */
export async function translateBeside(checker: Checker, estate: Estate, settings: Settings): Promise<Translation> {
  return clusterNames(estate).length < 2
    ? await translateClusterBeside(checker, estate, settings)
    : translate(estate, settings);
}
