import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, entries, type Field, flag, items, number, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';

/** Istio's own format of access logs (istio/pilot/pkg/model/telemetry_logging.go EnvoyTextLogFormat, 1.32); Kong Mesh ends lines by itself. */
export const istioFormat =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%';

/** A provider of the mesh's configuration by its name. */
export interface Provider {
  readonly name: string;
  /** The key that says what it is: `envoyFileAccessLog`, `zipkin`, …; '' for those that Istio brings. */
  readonly kind: string;
  /** Its settings; undefined for those that Istio brings. */
  readonly settings: Field | undefined;
  readonly field: Field | undefined;
}

/** Finds a provider: those of the configuration, and those that Istio brings (`envoy`, `prometheus`, `stackdriver`). */
export function providerOf(context: Context, name: string): Provider | undefined {
  for (const list of meshSettings(context, 'extensionProviders')) {
    for (const field of items(list)) {
      if (text(child(field, 'name'))?.value !== name) continue;
      const [kind, settings] = entries(field).find(([key]) => key !== 'name') ?? ['', undefined];
      return { name, kind, settings, field };
    }
  }
  return ['envoy', 'prometheus', 'stackdriver'].includes(name)
    ? { name, kind: '', settings: undefined, field: undefined }
    : undefined;
}

/** Says of what a provider's settings hold beside the fields that were carried over. */
function settleProvider(context: Context, { field, settings }: Provider, known: readonly string[]): void {
  context.settled(child(field, 'name'));
  for (const [key, part] of entries(settings))
    if (!known.includes(key)) context.unsupported(part, codes.telemetry.providerField, { field: key });
}

const hostOf = (service: string): string => service.slice(service.indexOf('/') + 1);

/** Host and port of a provider's service; undefined where they are not there. */
export function addressOf(
  context: Context,
  provider: Provider,
): { readonly host: string; readonly port: number; readonly fields: readonly Field[] } | undefined {
  const service = text(child(provider.settings, 'service'));
  const port = number(child(provider.settings, 'port'));
  if (service === undefined || port === undefined) return undefined;
  context.settled(service);
  context.settled(port);
  return { host: hostOf(service.value), port: port.value, fields: [service, port] };
}

/** A backend for OpenTelemetry: an address in the policy up to 2.14, a resource of its own from 3.0 on (edge.md 1.6). */
export function openTelemetry(context: Context, provider: Provider): Record<string, unknown> | undefined {
  const address = addressOf(context, provider);
  if (address === undefined) return undefined;
  const { host, port, fields } = address;
  if (context.settings.target !== '3.0') return { endpoint: context.derived(fields, `${host}:${port}`) };
  const name = dnsLabel(provider.name);
  const label = { 'isthmus/telemetry-backend': name };
  const path = text(child(child(provider.settings, 'http'), 'path'));
  context.emit({
    role: 'resource',
    stage: 'mesh',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshOpenTelemetryBackend',
      metadata: {
        name,
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone', ...label },
      },
      spec: {
        endpoint: {
          address: context.derived(fields, host),
          port: context.derived(fields, port),
          ...(path === undefined ? {} : { path: context.exact(path, path.value) }),
        },
        protocol: child(provider.settings, 'http') === undefined ? 'grpc' : 'http',
      },
    },
    services: [],
  });
  return { backendRef: { kind: 'MeshOpenTelemetryBackend', labels: label } };
}

/** The entries of a JSON format as a flat list; what is nested, or holds quotation marks, is refused by Kong Mesh. */
function labelsOf(context: Context, labels: Field): { key: string; value: unknown }[] {
  return entries(labels).flatMap(([key, field]) => {
    const value = text(field);
    if (value === undefined || value.value === '' || value.value.includes('"')) {
      context.unsupported(field, codes.telemetry.logField, { field: key });
      return [];
    }
    return [{ key, value: context.exact(value, value.value) }];
  });
}

function formatOf(context: Context, format: Field | undefined): Record<string, unknown> {
  const plain = text(child(format, 'text'));
  const labels = child(format, 'labels');
  if (plain !== undefined) return { type: 'Plain', plain: context.exact(plain, plain.value.replace(/\n$/, '')) };
  const json = labels === undefined ? [] : labelsOf(context, labels);
  return json.length > 0 ? { type: 'Json', json } : { type: 'Plain', plain: istioFormat };
}

const attributeKey = /^[a-z](?:[a-z0-9]|[._][a-z0-9])*$/;

/** The backend of a MeshAccessLog for a provider; undefined (with a finding) where there is none. */
export function logBackend(context: Context, provider: Provider, at: Field): unknown {
  const { kind, settings, name, field } = provider;
  if (kind === 'envoyFileAccessLog' || (kind === '' && name === 'envoy')) {
    const path = text(child(settings, 'path'));
    settleProvider(context, provider, ['path', 'logFormat', 'omitEmptyValues']);
    const omit = flag(child(settings, 'omitEmptyValues'));
    const format = formatOf(context, child(settings, 'logFormat'));
    return {
      type: 'File',
      file: {
        path: path === undefined ? '/dev/stdout' : context.exact(path, path.value),
        format: { ...format, ...(omit === undefined ? {} : { omitEmptyValues: context.exact(omit, omit.value) }) },
      },
    };
  }
  if (kind === 'envoyOtelAls') {
    const backend = openTelemetry(context, provider);
    if (backend !== undefined) {
      settleProvider(context, provider, ['service', 'port', 'logFormat']);
      const format = child(settings, 'logFormat');
      const body = text(child(format, 'text'));
      const labels = child(format, 'labels');
      const all = labels === undefined ? [] : labelsOf(context, labels);
      const attributes = all.filter(({ key }) => attributeKey.test(key) && !key.startsWith('otel.'));
      for (const { key } of all)
        if (!attributes.some((one) => one.key === key))
          context.unsupported(child(labels, key) as Field, codes.telemetry.logField, { field: key });
      return {
        type: 'OpenTelemetry',
        openTelemetry: {
          ...backend,
          ...(attributes.length === 0 ? {} : { attributes }),
          ...(body === undefined
            ? {}
            : {
                body: {
                  kvlistValue: {
                    values: [{ key: 'message', value: { stringValue: context.derived(body, body.value) } }],
                  },
                },
              }),
        },
      };
    }
  }
  context.report(codes.telemetry.noBackend, { name, kind: kind === '' ? name : kind }, field ?? at);
  if (field !== undefined) context.claim(field, 'unsupported', codes.telemetry.noBackend);
  return undefined;
}

/** The backend of a MeshTrace for a provider; undefined (with a finding) where there is none. */
export function traceBackend(context: Context, provider: Provider, at: Field): unknown {
  const { kind, settings, name, field } = provider;
  if (kind === 'opentelemetry') {
    const backend = openTelemetry(context, provider);
    if (backend !== undefined) {
      settleProvider(context, provider, ['service', 'port', ...(context.settings.target === '3.0' ? ['http'] : [])]);
      return { type: 'OpenTelemetry', openTelemetry: backend };
    }
  }
  const address = kind === 'zipkin' || kind === 'datadog' ? addressOf(context, provider) : undefined;
  if (address !== undefined && kind === 'zipkin') {
    settleProvider(context, provider, ['service', 'port', 'path', 'enable64bitTraceId']);
    const path = text(child(settings, 'path'));
    const short = flag(child(settings, 'enable64bitTraceId'));
    const url = `http://${address.host}:${address.port}${path?.value ?? '/api/v2/spans'}`;
    context.settled(path);
    return {
      type: 'Zipkin',
      zipkin: {
        url: context.derived(address.fields, url),
        apiVersion: 'httpJson',
        traceId128bit: short === undefined ? true : context.exact(short, !short.value),
      },
    };
  }
  if (address !== undefined && kind === 'datadog') {
    settleProvider(context, provider, ['service', 'port']);
    return {
      type: 'Datadog',
      datadog: { url: context.derived(address.fields, `http://${address.host}:${address.port}`) },
    };
  }
  context.report(codes.telemetry.noBackend, { name, kind: kind === '' ? name : kind }, field ?? at);
  if (field !== undefined) context.claim(field, 'unsupported', codes.telemetry.noBackend);
  return undefined;
}
