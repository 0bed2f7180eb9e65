import { isList, isMap, type JsonObject } from '@isthmus/kubernetes';
import { isDnsLabel } from '../common/names.ts';
import { defineRules, type Validation } from '../common/resource.ts';

/**
 * The rules about mTLS of kuma, pkg/core/resources/apis/mesh/mesh_validator.go up to 2.14, and the name of 3.0 (edge.md
 * 1.9). The spec is a protobuf message that the schema says nothing about: types are not looked into, nor are logging,
 * tracing, metrics and constraints, which no translation emits.
 */
function validate(spec: JsonObject, { version, name, report }: Validation): void {
  if (version === '3.0') {
    if (!isDnsLabel(name)) report('name', 'it must be a DNS label of at most 63 characters', 'metadata.name');
    return;
  }
  const mtls = isMap(spec.mtls) ? spec.mtls : {};
  const backends = isList(mtls.backends) ? mtls.backends : [];
  const { enabledBackend = '' } = mtls;
  if (backends.length > 1) report('spec.mtls.backends', 'it must have at most one item');
  if (enabledBackend !== '' && !backends.some((backend) => isMap(backend) && backend.name === enabledBackend))
    report('spec.mtls.enabledBackend', 'it must be the name of a backend');
  if (isMap(spec.routing) && spec.routing.zoneEgress === true && enabledBackend === '')
    report('spec.mtls', 'it must be enabled beside zoneEgress');
}

export const mesh = defineRules({
  kind: 'Mesh',
  policy: false,
  globalOnly: true,
  clusterWide: true,
  meshless: true,
  go: {},
  validate,
});
