export { comparePriority, longestPath, type RoutePath, type Traits } from './routing/priority.ts';
export {
  type AttachedRoute,
  type EdgeRequest,
  normalisePath,
  routeRequest,
  type Winner,
} from './routing/router.ts';
export { checkEdgeResource, edgeKinds, isEdgeGroup } from './schema/check.ts';
