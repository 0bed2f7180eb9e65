export * from './behaviour.ts';
export * from './common.ts';
export * from './migration.ts';
export type { BodyOf, Operation, Operations, ParametersOf, QueryOf, ResponseOf } from './operation.ts';
export * from './phase.ts';
export * from './problem.ts';
export { type Route, routes } from './routes.ts';
export * from './service.ts';
export * from './views.ts';
