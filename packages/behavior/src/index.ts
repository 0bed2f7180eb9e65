export type { Access, Arrival, ClientCertificate } from './access.ts';
export type { Client, MeshClient } from './client.ts';
export type { ClusterSettings, HttpConfig, SlowStart } from './cluster-settings.ts';
export { fillOperators } from './command-operators.ts';
export * from './decision.ts';
export type { ListenerSettings } from './listener-settings.ts';
export { mergeSlashes, normalizePath } from './normalize-path.ts';
export { changeHeaders, isForward, locationOf, rewritePath, type Upstream, upstreamOf } from './outcome.ts';
export {
  firstMiss,
  type HeaderMatch,
  headerMatches,
  headerValues,
  type Miss,
  type Predicate,
  type QueryMatch,
  type TextMatch,
  textMatches,
} from './predicate.ts';
export { compileExpression, type RegularExpression, RegularExpressionError } from './regular-expression.ts';
export { queryParameter, type Request, splitPath } from './request.ts';
export {
  type Evaluation,
  evaluate,
  findVirtualHost,
  type Route,
  type RouteTable,
  type Rule,
  type VirtualHost,
  type Waits,
} from './route-table.ts';
