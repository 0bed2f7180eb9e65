import { isHostname, isIpAddress, isPort } from '../common/addresses.ts';
import type { Integer } from '../common/numbers.ts';
import { defineRules, type Validation } from '../common/resource.ts';

interface Spec {
  readonly endpoint?: { readonly address?: string; readonly port?: Integer; readonly path?: string };
  readonly protocol?: string;
}

/** kuma, pkg/core/resources/apis/meshopentelemetrybackend/api/v1alpha1/validator.go; edge.md 1.6. Enums are the schema's. */
function validate({ endpoint = {}, protocol = 'grpc' }: Spec, { report }: Validation): void {
  const { address, port, path = '' } = endpoint;
  if (address !== undefined && !isIpAddress(address) && !isHostname(address))
    report('spec.endpoint.address', 'it must be an IP address or a host name');
  if (port !== undefined && !isPort(port)) report('spec.endpoint.port', 'it must be a port from 1 to 65535');
  if (path === '') return;
  if (protocol === 'grpc') {
    report('spec.endpoint.path', 'it must not be set for the protocol grpc');
    return;
  }
  if (!path.startsWith('/')) report('spec.endpoint.path', 'it must begin with a slash');
  if (/[?#]/.test(path)) report('spec.endpoint.path', 'it must have no query and no fragment');
}

export const meshOpenTelemetryBackend = defineRules({
  kind: 'MeshOpenTelemetryBackend',
  policy: false,
  systemOnly: true,
  go: { integers: { port: 'int32' } },
  validate,
});
