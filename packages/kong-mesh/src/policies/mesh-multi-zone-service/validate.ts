import { isDnsLabel } from '../common/names.ts';
import { defineRules, type Validation } from '../common/resource.ts';

interface Spec {
  readonly selector: { readonly meshService: { readonly matchLabels?: Readonly<Record<string, string>> } };
  readonly ports: readonly { readonly name?: string; readonly appProtocol: string }[];
}

/** kuma, pkg/core/resources/apis/meshmultizoneservice/api/v1alpha1/validator.go; edge.md 1.11. */
function validate({ selector, ports }: Spec, { version, name, report }: Validation): void {
  if (version === '3.0' && !isDnsLabel(name))
    report('name', 'it must be a DNS label of at most 63 characters', 'metadata.name');
  if (Object.keys(selector.meshService.matchLabels ?? {}).length === 0)
    report('spec.selector.meshService.matchLabels', 'it must have a label');
  if (ports.length === 0) report('spec.ports', 'it must have an item');
  const protocols = ['grpc', 'http', 'http2', 'tcp', ...(version === '3.0' ? [] : ['kafka'])];
  for (const [index, port] of ports.entries()) {
    if (port.name === '') report(`spec.ports[${index}].name`, 'it must not be empty');
    if (!protocols.includes(port.appProtocol))
      report(`spec.ports[${index}].appProtocol`, `it must be one of ${protocols.join(', ')}`);
  }
}

export const meshMultiZoneService = defineRules({
  kind: 'MeshMultiZoneService',
  policy: false,
  globalOnly: true,
  go: { integers: { port: 'int32' } },
  validate,
});
