import type { Code } from '../code.ts';
import { ambient } from './ambient.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import { destinationRule } from './destination-rule.ts';
import { estate } from './estate.ts';
import { existingPolicy } from './existing-policy.ts';
import { extension } from './extension.ts';
import { gateway } from './gateway.ts';
import { gatewayApi } from './gateway-api.ts';
import { identity } from './identity.ts';
import { installation } from './installation.ts';
import { label } from './label.ts';
import { meshConfig } from './mesh-config.ts';
import { multiCluster } from './multi-cluster.ts';
import { override } from './override.ts';
import { peerAuthentication } from './peer-authentication.ts';
import { preflight } from './preflight.ts';
import { reading } from './reading.ts';
import { requestAuthentication } from './request-authentication.ts';
import { security } from './security.ts';
import { serviceEntry } from './service-entry.ts';
import { sidecar } from './sidecar.ts';
import { telemetry } from './telemetry.ts';
import { translation } from './translation.ts';
import { virtualService } from './virtual-service.ts';
import { workload } from './workload.ts';

/** Every area of the registry. A new code is one entry in one of these files. */
export const codes = {
  ambient,
  authorizationPolicy,
  destinationRule,
  estate,
  extension,
  existingPolicy,
  gateway,
  gatewayApi,
  identity,
  installation,
  label,
  meshConfig,
  multiCluster,
  override,
  peerAuthentication,
  preflight,
  reading,
  requestAuthentication,
  security,
  serviceEntry,
  sidecar,
  telemetry,
  translation,
  virtualService,
  workload,
} as const;

/** All codes in order, for `isthmus explain`, the generated reference and the meta-tests. */
export const allCodes: readonly Code[] = Object.values(codes)
  .flatMap((area) => Object.values(area) as Code[])
  .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));

/** The entry of a code such as `ISTHMUS-READ-001`, without regard to case; undefined where there is none. */
export function findCode(code: string): Code | undefined {
  const wanted = code.toUpperCase();
  return allCodes.find((entry) => entry.code === wanted);
}
