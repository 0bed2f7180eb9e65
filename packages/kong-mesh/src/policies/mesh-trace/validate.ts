import { type IntegerOrText, inspectDecimal } from '../common/numbers.ts';
import { checkOtelBackend, type OtelBackend } from '../common/otel-backend.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';
import { isUrl, parseGoUrl } from '../common/url.ts';

interface Backend {
  readonly type: string;
  readonly zipkin?: { readonly url: string };
  readonly datadog?: { readonly url: string };
  readonly openTelemetry?: OtelBackend;
}

interface Spec {
  readonly targetRef?: TargetRef;
  readonly default?: {
    readonly backends?: readonly Backend[];
    readonly sampling?: Readonly<Record<'overall' | 'client' | 'random', IntegerOrText | undefined>>;
    readonly tags?: readonly { readonly name: string; readonly literal?: string; readonly header?: unknown }[];
  };
}

function checkDatadogUrl(text: string, path: string, report: Report): void {
  const url = parseGoUrl(text, { request: true });
  if (url === undefined) {
    report(path, 'it must be a URL');
    return;
  }
  if (url.scheme !== 'http') report(path, 'its scheme must be http');
  const port = /:(\d+)$/.exec(url.host)?.[1];
  if (port === undefined) report(path, 'it must have a port');
  else if (Number(port) < 1 || Number(port) > 65535) report(path, 'its port must be from 1 to 65535');
  if (url.opaque !== '' || url.user || url.path !== '' || url.query !== '' || url.fragment !== '')
    report(path, 'it must have nothing besides scheme, host and port');
}

function checkBackend({ type, datadog, zipkin, openTelemetry }: Backend, validation: Validation): void {
  const { version, report } = validation;
  const path = 'spec.default.backends[0]';
  if (type === 'Datadog') {
    if (datadog === undefined) report(`${path}.datadog`, 'it must be set for the type Datadog');
    else checkDatadogUrl(datadog.url, `${path}.datadog.url`, report);
  } else if (type === 'Zipkin') {
    if (zipkin === undefined) report(`${path}.zipkin`, 'it must be set for the type Zipkin');
    else if (!isUrl(zipkin.url)) report(`${path}.zipkin.url`, 'it must be a URL');
  } else if (openTelemetry === undefined) report(`${path}.openTelemetry`, 'it must be set for the type OpenTelemetry');
  else if (version !== '2.13') checkOtelBackend(openTelemetry, `${path}.openTelemetry`, validation);
}

/** kuma, pkg/plugins/policies/meshtrace/api/v1alpha1/validator.go; edge.md 1.5. */
function validate({ targetRef, default: conf = {} }: Spec, validation: Validation): void {
  const { report } = validation;
  checkTopTargetRef(targetRef, { system: ['MeshGateway'] }, validation);
  const { backends, tags = [], sampling } = conf;
  if (backends === undefined) report('spec.default.backends', 'it must be set; an empty list turns tracing off');
  else if (backends.length > 1) report('spec.default.backends', 'it must have at most one item');
  else for (const backend of backends) checkBackend(backend, validation);
  for (const [index, { name, header, literal }] of tags.entries()) {
    const path = `spec.default.tags[${index}]`;
    if (name === '') report(`${path}.name`, 'it must not be empty');
    if ((header === undefined) === (literal === undefined)) report(path, 'it must have either header or literal');
  }
  for (const name of ['client', 'random', 'overall'] as const) {
    const value = sampling?.[name];
    if (value !== undefined && !['zero', 'to 100'].includes(inspectDecimal(value)))
      report(`spec.default.sampling.${name}`, 'it must be a number from 0 to 100');
  }
}

export const meshTrace = defineRules({ kind: 'MeshTrace', policy: true, go: {}, validate });
