import { compileExpression, RegularExpressionError } from '@isthmus/behavior';
import { isHostAndPort, isPort } from '../common/addresses.ts';
import type { Integer } from '../common/numbers.ts';
import { checkOtelBackend, type OtelBackend } from '../common/otel-backend.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';
import { isUrl } from '../common/url.ts';

interface Selector {
  readonly type: string;
  readonly match: string;
}

interface Backend {
  readonly type: string;
  readonly prometheus?: { readonly port: Integer };
  readonly openTelemetry?: OtelBackend;
}

interface Spec {
  readonly targetRef?: TargetRef;
  readonly default?: {
    readonly sidecar?: {
      readonly profiles?: { readonly exclude?: readonly Selector[]; readonly include?: readonly Selector[] };
    };
    readonly applications?: readonly { readonly port: Integer }[];
    readonly backends?: readonly Backend[];
  };
}

function isExpression(pattern: string): boolean {
  try {
    compileExpression(pattern);
    return true;
  } catch (error) {
    if (error instanceof RegularExpressionError) return false;
    throw error;
  }
}

function checkSelectors(selectors: readonly Selector[] = [], name: string, report: Report): void {
  for (const [index, { type, match }] of selectors.entries())
    if (type === 'Regex' && !isExpression(match))
      report(`spec.default.sidecar.profiles.${name}[${index}].match`, 'it must be a regular expression of RE2');
}

function checkOpenTelemetry(backend: OtelBackend, path: string, at: string, validation: Validation): void {
  const { version } = validation;
  const report: Report = (field, message) => validation.report(field, message, at + field.slice(path.length));
  const endpoint = backend.endpoint ?? '';
  if (version !== '2.13') {
    checkOtelBackend(backend, path, { ...validation, report }, (text, field) => {
      if (!isHostAndPort(text)) report(field, 'it must be a host with a port');
    });
    return;
  }
  if (!isUrl(endpoint)) report(`${path}.endpoint`, 'it must be a host with a port');
  if (/^https?:\/\//.test(endpoint)) report(`${path}.endpoint`, 'it must have no scheme');
}

/** kuma, pkg/plugins/policies/meshmetric/api/v1alpha1/validator.go; edge.md 1.4. Profiles and types are the schema's. */
function validate({ targetRef, default: conf = {} }: Spec, validation: Validation): void {
  const { report } = validation;
  checkTopTargetRef(targetRef, { system: ['MeshGateway'], listenerTags: true }, validation);
  const { sidecar, applications = [], backends = [] } = conf;
  checkSelectors(sidecar?.profiles?.exclude, 'exclude', report);
  checkSelectors(sidecar?.profiles?.include, 'include', report);
  const port = 'it must be a port from 1 to 65535';
  for (const [index, application] of applications.entries())
    if (!isPort(application.port))
      report(`spec.default.applications.application[${index}]`, port, `spec.default.applications[${index}].port`);
  for (const [index, { type, prometheus, openTelemetry }] of backends.entries()) {
    const path = `spec.default.backends.backend[${index}]`;
    const at = `spec.default.backends[${index}]`;
    if (type === 'Prometheus') {
      if (prometheus === undefined)
        report(`${path}.prometheus`, 'it must be set for the type Prometheus', `${at}.prometheus`);
      else if (!isPort(prometheus.port)) report(`${path}.port`, port, `${at}.prometheus.port`);
    } else if (openTelemetry === undefined)
      report(`${path}.openTelemetry`, 'it must be set for the type OpenTelemetry', `${at}.openTelemetry`);
    else checkOpenTelemetry(openTelemetry, `${path}.openTelemetry`, `${at}.openTelemetry`, validation);
  }
}

export const meshMetric = defineRules({
  kind: 'MeshMetric',
  policy: true,
  go: { durations: ['refreshInterval'] },
  validate,
});
