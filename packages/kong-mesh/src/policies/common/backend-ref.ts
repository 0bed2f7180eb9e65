import type { Integer } from './numbers.ts';
import type { Validation } from './resource.ts';
import { checkTargetRef, type TargetRef } from './target-ref.ts';

/** Where a route sends traffic. */
export interface BackendRef extends TargetRef {
  readonly weight?: Integer;
  readonly port?: Integer;
}

const kindsOf3 = ['MeshService', 'MeshExternalService', 'MeshMultiZoneService'];
const kindsOf2 = ['MeshService', 'MeshServiceSubset', 'MeshExternalService', 'MeshMultiZoneService'];

/**
 * Reports what is refused in a backend of a route (kuma, pkg/core/validators/common_validators.go `ValidateBackendRef`).
 * The weight's range is the schema's.
 */
export function checkBackendRef(ref: BackendRef, path: string, validation: Validation, oddName?: string): void {
  const { version, report } = validation;
  const kinds = version === '3.0' ? kindsOf3 : kindsOf2;
  checkTargetRef(ref, path, { kinds, ...(oddName === undefined ? {} : { oddName }) }, validation);
  if (ref.kind === 'MeshMultiZoneService' && ref.port === undefined)
    report(`${path}.port`, 'it must be set for the kind MeshMultiZoneService');
}
