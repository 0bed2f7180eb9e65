import { certificates } from './preflight/identity.ts';
import { injection } from './preflight/injection.ts';
import { kongMesh } from './preflight/kong-mesh.ts';
import { network } from './preflight/network.ts';
import { pods } from './preflight/pods.ts';
import { services } from './preflight/services.ts';
import { traffic } from './preflight/traffic.ts';

/**
 * The codes of the pre-flight checks, by area. Each message is `{found}`, which a check says of one place, then what that
 * means at run time.
 */
export const preflight = {
  ...injection,
  ...pods,
  ...services,
  ...traffic,
  ...network,
  ...kongMesh,
  ...certificates,
} as const;
