import type { Client } from '@isthmus/behavior';
import type { Estate } from '../estate.ts';
import { type ClientScope, clientScopes, indexSidecars, type SidecarIndex } from './client-scope.ts';
import type { EffectiveDestinationRule } from './destination-rule.ts';
import { type DestinationRuleIndex, indexDestinationRules } from './destination-rule-index.ts';
import { discovery, readByIstio } from './discovery.ts';
import { type MeshRoutes, readMeshRoutes } from './mesh-routes/mesh-routes.ts';
import { type MeshDefaults, type MeshSettings, meshDefaults, readMeshSettings } from './mesh-settings.ts';
import { buildRegistry, type Registry, type RegistryService } from './registry.ts';
import { sortByVisibility } from './service-view.ts';
import { indexVirtualServices, type VirtualServiceIndex } from './virtual-service-index.ts';

/**
 * What Istio makes of an estate's resources together, for routing and resilience: read once, then asked per client. Every
 * value keeps the resource and the path that it was written at.
 */
export interface EffectiveConfig {
  /** Without what `discoverySelectors` leave out. */
  readonly estate: Estate;
  readonly mesh: MeshSettings;
  readonly registry: Registry;
  /** Services of the cluster that `discoverySelectors` leave out: no client knows them. */
  readonly leftOut: readonly RegistryService[];
  readonly meshRoutes: MeshRoutes;
  readonly virtualServices: VirtualServiceIndex;
  readonly destinationRules: DestinationRuleIndex;
  readonly sidecars: SidecarIndex;
  /** What a client's proxy knows: services, VirtualServices, what becomes of the rest. */
  scopeOf(client: Client): ClientScope;
  /** The DestinationRule for a client's connections to a host; undefined where none applies or the client knows no such host. */
  destinationRule(client: Client, host: string): EffectiveDestinationRule | undefined;
}

/** Reads the effective configuration of an estate. */
export function effectiveConfig(whole: Estate, defaults: Partial<MeshDefaults> = {}): EffectiveConfig {
  const known = { ...meshDefaults, ...defaults };
  const estate = readByIstio(whole, known.rootNamespace);
  const mesh = readMeshSettings(estate, known);
  const registry = buildRegistry(estate, mesh);
  const unread = discovery(whole, known.rootNamespace)?.leftOut ?? [];
  const leftOut = unread.length === 0 ? [] : buildRegistry({ ...whole, istio: [], context: unread }, mesh).all;
  const meshRoutes = readMeshRoutes(estate, mesh);
  const virtualServices = indexVirtualServices(estate, mesh, meshRoutes.virtualServices);
  const destinationRules = indexDestinationRules(estate, mesh);
  const sidecars = indexSidecars(estate, mesh);
  const visibility = sortByVisibility(registry);
  const scopeOf = clientScopes({ mesh, registry, visibility, virtualServices }, sidecars);
  return {
    estate,
    mesh,
    registry,
    leftOut,
    meshRoutes,
    virtualServices,
    destinationRules,
    sidecars,
    scopeOf,
    destinationRule(client, host) {
      const service = scopeOf(client).service(host);
      return service && destinationRules.find(client, service);
    },
  };
}
