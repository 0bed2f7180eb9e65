export type { Attachment, Parent } from './behavior/attachment.ts';
export { annotationList, type ClusterObject, type RouterFlavor } from './behavior/cluster.ts';
export {
  compileKongGateway,
  type KongGatewayBehavior,
  type KongGatewayOptions,
  type ServedRoute,
  type ServedService,
} from './behavior/compile.ts';
export { type DecidedBy, isLocation, type KongDecision } from './behavior/decide.ts';
export { type EdgeRequest, normalisePath } from './behavior/edge-request.ts';
export type { Condition, HeaderChange, KongRoute, NamedCondition } from './behavior/kong-entities.ts';
export { comparePriority, longestPath, type RoutePath, type Traits } from './behavior/priority.ts';
export { checkEdgeResource, edgeKinds, edgeSchemaOf, isEdgeGroup } from './schema/check.ts';
