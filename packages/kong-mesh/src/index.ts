export type { Violation } from '@isthmus/kubernetes';
export { type Admission, type AdmissionOptions, checkAdmission, policyRole } from './admission/check.ts';
export type { PolicyRole } from './admission/role.ts';
export {
  compileKongMesh,
  type Destination,
  type DestinationKind,
  type DestinationPort,
  type KongMeshBehavior,
  type MeshOptions,
  type ServiceRef,
} from './behavior/index.ts';
export { defaultPolicies, skippedPolicies } from './defaults/default-policies.ts';
export { isCidr, isIpAddress } from './policies/common/addresses.ts';
export type { Refusal } from './policies/common/resource.ts';
export { kindsOf } from './schema/schemas.ts';
export { isTargetVersion, type TargetVersion, targetVersions } from './version.ts';
