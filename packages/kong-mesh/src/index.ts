export type { Violation } from '@isthmus/kubernetes';
export { type Admission, type AdmissionOptions, checkAdmission, policyRole } from './admission/check.ts';
export type { PolicyRole } from './admission/role.ts';
export {
  type AccessOptions,
  compileKongMesh,
  compileKongMeshAccess,
  type Destination,
  type DestinationKind,
  type DestinationPort,
  identityAuthority,
  type KongMeshAccess,
  type KongMeshBehavior,
  type MeshOptions,
  meshAuthority,
  type NamedIdentity,
  type PortAccess,
  type RootName,
  type ServiceRef,
  type Workload,
  type WorkloadAccess,
} from './behavior/index.ts';
export { defaultPolicies, skippedPolicies } from './defaults/default-policies.ts';
export { isCidr, isIpAddress } from './policies/common/addresses.ts';
export type { Refusal } from './policies/common/resource.ts';
export { externalRef, meshServiceRef, type Reference, routeRef } from './reference.ts';
export { kindsOf, schemaOf } from './schema/schemas.ts';
export {
  isUniversal,
  kumactlDelete,
  type ResourceForm,
  resourceForms,
  toUniversal,
  type UniversalNames,
  type UniversalObject,
} from './universal/universal.ts';
export { unlimited } from './unlimited.ts';
export { isTargetVersion, type TargetVersion, targetVersions } from './version.ts';
