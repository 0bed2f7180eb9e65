import type { Validation } from './resource.ts';

/** An OpenTelemetry backend of an observability policy; 3.0 knows only the reference. */
export interface OtelBackend {
  readonly endpoint?: string;
  readonly backendRef?: { readonly kind: string; readonly labels?: Readonly<Record<string, string>> };
}

function checkReference(
  { labels = {} }: NonNullable<OtelBackend['backendRef']>,
  path: string,
  { report }: Validation,
): void {
  if (Object.keys(labels).length === 0) report(path, 'its labels must be set');
}

/**
 * Reports what is refused in an OpenTelemetry backend that is given: from 2.14 on it has either an endpoint or a reference
 * (kuma, pkg/core/validators/common_validators.go `ValidateOtelBackendRefOrEndpoint`). `checkEndpoint` is the policy's own
 * rule for an endpoint.
 */
export function checkOtelBackend(
  { endpoint = '', backendRef }: OtelBackend,
  path: string,
  validation: Validation,
  checkEndpoint?: (endpoint: string, path: string) => void,
): void {
  const { version, report } = validation;
  if (version === '3.0') {
    if (backendRef === undefined) report(`${path}.backendRef`, 'it must be set');
    else checkReference(backendRef, `${path}.backendRef`, validation);
  } else if ((endpoint === '') === (backendRef === undefined))
    report(path, 'it must have either an endpoint or a backendRef');
  else if (backendRef !== undefined) checkReference(backendRef, `${path}.backendRef`, validation);
  else if (/[/?#]/.test(endpoint)) report(`${path}.endpoint`, 'it must be a host with a port, not a URL');
  else checkEndpoint?.(endpoint, `${path}.endpoint`);
}
