export { compareConnections } from './compare-connections.ts';
export { compareDecisions, describe } from './compare-decisions.ts';
export { compareRoutes, defaultBudget, type RouteVerdicts } from './compare-routes.ts';
export type { Aspect, Counterexample, Decided, Difference, Verdict } from './difference.ts';
export type { Budget } from './intersection.ts';
export { type AfterOptions, type Emitted, meshAfter } from './mesh-after.ts';
export { type Subject, type Verification, type VerifyOptions, verifyEstate } from './verify-estate.ts';
