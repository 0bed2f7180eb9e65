export type { Step } from './path.ts';
export { formatPath, join, parsePath } from './path.ts';
export type { Json, JsonObject, Resource, Source } from './resource.ts';
