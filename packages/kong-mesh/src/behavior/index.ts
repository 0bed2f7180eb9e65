export {
  type AccessOptions,
  compileKongMeshAccess,
  type KongMeshAccess,
  type NamedIdentity,
  type PortAccess,
  type WorkloadAccess,
} from './access.ts';
export { compileKongMesh, type KongMeshBehavior, type ServiceRef } from './compile.ts';
export type { Destination, DestinationKind, DestinationPort } from './destination.ts';
export type { MeshOptions } from './options.ts';
export { identityAuthority, meshAuthority, type RootName } from './trust.ts';
export type { Workload } from './workload.ts';
