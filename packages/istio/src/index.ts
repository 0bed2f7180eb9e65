export { type AccessServer, compileAccess } from './behavior/access.ts';
export { constraintHolds, type Facts } from './behavior/access-values.ts';
export { addressWithin } from './behavior/address.ts';
export type { Approach, Token } from './behavior/approach.ts';
export {
  type Cluster,
  clustersOf,
  compileClusterSettings,
  defaultHashPolicy,
  hashOfRule,
  settingsOf,
  trafficSettings,
} from './behavior/cluster-settings.ts';
export { compileGateways, type GatewayPort } from './behavior/gateway.ts';
export type { Concern } from './behavior/patch-effects.ts';
export {
  indexProxyChanges,
  type ProxyChange,
  type ProxyChanges,
  type ProxySide,
  type Selection,
} from './behavior/proxy-changes.ts';
export { normalizedPath, pathNormalization, receivedPath } from './behavior/received-path.ts';
export { retriesOf } from './behavior/retries.ts';
export {
  type CompiledService,
  compileRouteTable,
  compileService,
  rivalTables,
  unknownService,
} from './behavior/route-table.ts';
export { type CompiledRoute, concerns, sourceLabelsOf } from './behavior/routes.ts';
export type { CompiledVirtualHost } from './behavior/virtual-hosts.ts';
export { isPartial, type UnreadKind } from './cluster-snapshot.ts';
export { clusterNames, estateOf, mergedEstate } from './clusters.ts';
export {
  type Action,
  type Alternative,
  type Attribute,
  type AuthorizationPolicy,
  allConstraints,
  type Constraint,
  isHttpOnly,
  isIdentity,
  matchesEverything,
  type Problem,
  type Rule,
  type Value,
} from './effective/authorization-policy.ts';
export { type ClientGroup, clientGroups, isMember } from './effective/client-groups.ts';
export { type ClientScope, type EgressListener, listenerFor, type SidecarIndex } from './effective/client-scope.ts';
export { type EffectiveConfig, effectiveConfig } from './effective/config.ts';
export type { EffectiveConnectionMatch, EffectiveConnectionRule } from './effective/connection-rule.ts';
export { compareCreation, createdAt, isOrderGuessed } from './effective/creation-order.ts';
export { delegateOf } from './effective/delegate.ts';
export { carriedFrom, isDerived, writtenAt } from './effective/derived.ts';
export type { EffectiveDestination, EffectiveRouteDestination } from './effective/destination.ts';
export type { EffectiveDestinationRule, EffectiveSubset } from './effective/destination-rule.ts';
export type { DestinationRuleIndex } from './effective/destination-rule-index.ts';
export { type Discovery, discovery, readByIstio } from './effective/discovery.ts';
export { type ExportTo, isExportedTo } from './effective/export-to.ts';
export { wildcardsOver } from './effective/host.ts';
export type { HostField } from './effective/host-field.ts';
export {
  type EffectiveHttpRule,
  type EffectiveMatch,
  type EffectiveMirror,
  type HttpSetting,
  httpSettings,
  type NamedCondition,
  type TextCondition,
} from './effective/http-rule.ts';
export {
  everyone,
  intersection,
  isWithin,
  type PathMatch,
  type PathSet,
  union,
  without,
} from './effective/identity-set.ts';
export {
  type Account,
  type Bounds,
  type IdentityContext,
  identitiesOf,
  identitiesOfAll,
} from './effective/identity-values.ts';
export {
  isGatewayRoute,
  type MeshParent,
  type MeshRoute,
  type MeshRouteKind,
  type MeshRoutes,
} from './effective/mesh-routes/mesh-routes.ts';
export { type MeshDefaults, type MeshSettings, meshConfigOf, meshDefaults } from './effective/mesh-settings.ts';
export {
  byAge,
  type EffectiveMtls,
  effectiveMtls,
  isPort,
  type MtlsMode,
  type PeerAuthentication,
  readPeerAuthentication,
} from './effective/peer-authentication.ts';
export { contains, overlaps, type PolicyScope, scopeOf, selects } from './effective/policy-scope.ts';
export { readAuthorizationPolicy } from './effective/read-authorization-policy.ts';
export type { Registry, RegistryService, Resolution } from './effective/registry.ts';
export type { PortView, ServiceOnPort, ServiceView } from './effective/service-view.ts';
export { type ClusterShape, isRemoteSecret, remoteClusterOf, shapeOf } from './effective/topology.ts';
export { type EffectivePolicy, effectivePolicy, type PolicyBlock, portEntry } from './effective/traffic-policy.ts';
export { type Trust, trustOf } from './effective/trust.ts';
export type { EffectiveVirtualService, LostRule } from './effective/virtual-service.ts';
export type { VirtualServiceIndex } from './effective/virtual-service-index.ts';
export type { VirtualServiceList } from './effective/virtual-service-list.ts';
export { type ContainerPort, servedPorts, type Workload, workloadsOf } from './effective/workloads.ts';
export type { Estate, Skipped, SourceFile, Superseded } from './estate.ts';
export { isIstioGroup } from './part.ts';
export {
  indexServices,
  parseProtocol,
  type Service,
  type ServiceIndex,
  type ServiceName,
  type ServicePort,
} from './services.ts';
export { type Intake, takeIn } from './take-in.ts';
