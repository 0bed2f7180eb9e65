import { type BackendRef, checkBackendRef } from '../common/backend-ref.ts';
import { defineRules, type Validation } from '../common/resource.ts';
import { checkTargetRef, checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';

interface Spec {
  readonly targetRef?: TargetRef;
  readonly to?: readonly {
    readonly targetRef: TargetRef;
    readonly rules: readonly { readonly default: { readonly backendRefs?: readonly BackendRef[] } }[];
  }[];
}

/** kuma, pkg/plugins/policies/meshtcproute/api/v1alpha1/validator.go; routing.md 2.4. */
function validate({ targetRef, to = [] }: Spec, validation: Validation): void {
  checkTopTargetRef(targetRef, { system: ['MeshGateway'], listenerTags: true }, validation);
  const kinds =
    targetRef?.kind === 'MeshGateway' ? ['Mesh'] : ['MeshService', 'MeshExternalService', 'MeshMultiZoneService'];
  for (const [index, { targetRef: ref, rules }] of to.entries()) {
    checkTargetRef(ref, `spec.to[${index}].targetRef`, { kinds }, validation);
    for (const [number, { default: conf }] of rules.entries()) {
      const path = `spec.to[${index}].rules[${number}].default.backendRefs`;
      const { backendRefs = [] } = conf;
      if (backendRefs.length === 0) validation.report(path, 'it must have an item');
      for (const [at, backend] of backendRefs.entries()) checkBackendRef(backend, `${path}[${at}]`, validation);
    }
  }
}

export const meshTcpRoute = defineRules({
  kind: 'MeshTCPRoute',
  policy: true,
  go: { integers: { weight: 'uint64' }, pointers: ['weight'] },
  validate,
});
