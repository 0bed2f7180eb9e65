import { child, descend, type Field, type JsonObject, type Resource, rootField, text } from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../estate.ts';
import { type ExportTo, readExportTo } from './export-to.ts';
import { objectField } from './fields.ts';

/** What holds where the estate does not say otherwise. */
export interface MeshDefaults {
  /** DNS suffix of the cluster. */
  readonly clusterDomain: string;
  /** Istio's root namespace, unless the MeshConfig names another. */
  readonly rootNamespace: string;
  readonly trustDomain: string;
}

/** The mesh configuration in force, with Istio's defaults (istio/pkg/config/mesh/mesh.go DefaultMeshConfig, 1.32). */
export interface MeshSettings {
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  readonly trustDomain: string;
  /** The MeshConfig itself; undefined where the estate holds none, so that every default applies. */
  readonly config: Field<JsonObject> | undefined;
  /** What becomes of requests to unknown hosts, unless a Sidecar says otherwise. */
  readonly outboundTrafficPolicy: string;
  readonly serviceExportTo: ExportTo;
  readonly virtualServiceExportTo: ExportTo;
  readonly destinationRuleExportTo: ExportTo;
  readonly enableAutoMtls: boolean;
}

export const meshDefaults: MeshDefaults = {
  clusterDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
};

const installations: Readonly<Record<string, readonly string[]>> = {
  IstioOperator: ['spec', 'meshConfig'],
  Istio: ['spec', 'values', 'meshConfig'],
};

/**
 * The MeshConfig that istiod would read: that of the ConfigMap `istio` (of the root namespace, if there are several), else of
 * another revision, else what an IstioOperator or the Sail operator's Istio would write into it.
 */
export function meshConfigOf(estate: Estate, rootNamespace: string): Field<JsonObject> | undefined {
  const ranked = (resource: Resource): number =>
    (resource.name === 'istio' ? 0 : 2) + (resource.namespace === rootNamespace ? 0 : 1);
  const written = ofKind(estate.istio, 'MeshConfig')
    .filter(({ group }) => group === '')
    .sort((a, b) => ranked(a) - ranked(b))[0];
  if (written !== undefined) return rootField(written);
  // Most estates hold no installation.
  if (Object.keys(installations).every((kind) => ofKind(estate.istio, kind).length === 0)) return undefined;
  for (const resource of estate.istio) {
    const steps = installations[resource.kind];
    const found = steps && objectField(descend(rootField(resource), ...steps));
    if (found !== undefined) return found;
  }
  return undefined;
}

const filled = (field: Field | undefined): string | undefined => text(field)?.value || undefined;

/** Reads the mesh configuration of an estate. */
export function readMeshSettings(estate: Estate, defaults: MeshDefaults): MeshSettings {
  const config = meshConfigOf(estate, defaults.rootNamespace);
  const everywhere: ExportTo = new Set(['*']);
  return {
    config,
    clusterDomain: defaults.clusterDomain,
    rootNamespace: filled(child(config, 'rootNamespace')) ?? defaults.rootNamespace,
    trustDomain: (filled(child(config, 'trustDomain')) ?? defaults.trustDomain).replaceAll('@', '.'),
    outboundTrafficPolicy: filled(descend(config, 'outboundTrafficPolicy', 'mode')) ?? 'ALLOW_ANY',
    serviceExportTo: readExportTo(child(config, 'defaultServiceExportTo')) ?? everywhere,
    virtualServiceExportTo: readExportTo(child(config, 'defaultVirtualServiceExportTo')) ?? everywhere,
    destinationRuleExportTo: readExportTo(child(config, 'defaultDestinationRuleExportTo')) ?? everywhere,
    enableAutoMtls: child(config, 'enableAutoMtls')?.value !== false,
  };
}
