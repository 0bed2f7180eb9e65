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
  readAuthorizationPolicy,
  type Value,
} from './effective/authorization-policy.ts';
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
  byAge,
  type EffectiveMtls,
  effectiveMtls,
  type MtlsMode,
  type PeerAuthentication,
  readPeerAuthentication,
} from './effective/peer-authentication.ts';
export { contains, overlaps, type PolicyScope, scopeOf, selects } from './effective/policy-scope.ts';
export { type Trust, trustOf } from './effective/trust.ts';
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
