export { compileKongMesh, type KongMeshBehavior, type ServiceRef } from './compile.ts';
export type { Destination, DestinationKind, DestinationPort } from './destination.ts';
export type { MeshOptions } from './options.ts';
