export { comparePriority, longestPath, type RoutePath, type Traits } from './routing/priority.ts';
export { checkEdgeResource, edgeKinds, isEdgeGroup } from './schema/check.ts';
