export { checkEdgeResource, edgeKinds, isEdgeGroup } from './schema/check.ts';
