import { isDnsLabel } from '../common/names.ts';
import type { Integer } from '../common/numbers.ts';
import { defineRules, type Validation } from '../common/resource.ts';

interface Spec {
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly port: Integer; readonly appProtocol?: string }[];
}

const protocols = ['grpc', 'http', 'http2', 'tcp'];

/** kuma, pkg/core/resources/apis/meshservice/api/v1alpha1/validator.go; edge.md 1.10. */
function validate({ selector = {}, ports = [] }: Spec, { version, name, report }: Validation): void {
  if (version === '3.0' ? !isDnsLabel(name) : name.length > 63)
    report('name', 'it must be a DNS label of at most 63 characters', 'metadata.name');
  if (version === '3.0')
    for (const [index, { appProtocol = '' }] of ports.entries())
      if (appProtocol !== '' && !protocols.includes(appProtocol.toLowerCase()))
        report(`spec.ports[${index}].appProtocol`, `it must be one of ${protocols.join(', ')}`);
  if (version !== '2.13' && Object.keys(selector).length > 1)
    report('spec.selector', 'it must have only one kind of selector');
}

export const meshService = defineRules({
  kind: 'MeshService',
  policy: false,
  go: { integers: { port: 'int32' }, pointers: ['state', 'appProtocol'] },
  validate,
});
