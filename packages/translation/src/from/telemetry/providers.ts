import { codes } from '@isthmus/diagnostics';
import { isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, flag, items, number, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';

/** Istio's own format of access logs (istio/pilot/pkg/model/telemetry_logging.go EnvoyTextLogFormat, 1.32); Kong Mesh ends lines by itself. */
const istioFormat =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%';

/** A provider of the mesh's configuration by its name. */
export interface Provider {
  readonly name: string;
  /** The key that says what it is: `envoyFileAccessLog`, `zipkin`, …; '' where there is none. */
  readonly kind: string;
  /** Its settings; undefined for those that Istio brings. */
  readonly settings: Field | undefined;
  readonly field: Field | undefined;
}

/** Those that Istio brings (istio/pkg/config/mesh/mesh.go DefaultMeshConfig, 1.32). */
const brought: Readonly<Record<string, string>> = {
  envoy: 'envoyFileAccessLog',
  prometheus: 'prometheus',
  stackdriver: 'stackdriver',
};

/** Finds a provider, whatever the case of its name (istio/pilot/pkg/model/telemetry.go fetchProvider, 1.32). */
export function providerOf(context: Context, name: string): Provider | undefined {
  const wanted = name.toLowerCase();
  for (const list of meshSettings(context, 'extensionProviders')) {
    for (const field of items(list)) {
      if (text(child(field, 'name'))?.value.toLowerCase() !== wanted) continue;
      const [kind, settings] = entries(field).find(([key]) => key !== 'name') ?? ['', undefined];
      return { name, kind, settings, field };
    }
  }
  const kind = Object.hasOwn(brought, wanted) ? brought[wanted] : undefined;
  return kind === undefined ? undefined : { name, kind, settings: undefined, field: undefined };
}

/**
 * What Istio uses a provider for (telemetry_logging.go telemetryAccessLog, tracing.go configureFromProviderConfig, 1.32). Logs
 * for Stackdriver are no access logs of Envoy: beside them `accessLogFile` counts.
 */
export function kindOf(provider: Provider | undefined): { readonly logs: boolean; readonly traces: boolean } {
  const kind = provider?.kind ?? '';
  return {
    logs: /^envoy(?:FileAccessLog|HttpAls|TcpAls|OtelAls)$/.test(kind),
    traces: /^(?:zipkin|datadog|skywalking|opentelemetry|lightstep|stackdriver|opencensus)$/.test(kind),
  };
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

/**
 * Whether a provider becomes a resource of its own: in 3.0 each, in 2.14 those that are spoken to over HTTP, since an address in a
 * policy means gRPC (kuma, meshtrace/plugin/xds/configurer.go; edge.md 1.6).
 */
const isResource = (context: Context, { settings }: Provider): boolean =>
  context.settings.target === '3.0' || (context.settings.target === '2.14' && child(settings, 'http') !== undefined);

/** Names of the MeshOpenTelemetryBackends that are emitted. */
const emittedBackends = oncePerContext(() => new Set<string>());

/** A backend for OpenTelemetry: an address in the policy, or a resource of its own. */
function openTelemetry(context: Context, provider: Provider): Record<string, unknown> | undefined {
  const address = addressOf(context, provider);
  if (address === undefined) return undefined;
  const { host, port, fields } = address;
  if (!isResource(context, provider)) return { endpoint: context.derived(fields, `${host}:${port}`) };
  const name = dnsLabel(provider.name);
  const label = { 'isthmus/telemetry-backend': name };
  const backend = { backendRef: { kind: 'MeshOpenTelemetryBackend', labels: label } };
  if (emittedBackends(context).has(name)) return backend;
  emittedBackends(context).add(name);
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
  return backend;
}

/** Istio's own fields of access logs in JSON (telemetry_logging.go EnvoyJSONLogFormatIstio, 1.32). */
const istioFields: Readonly<Record<string, string>> = {
  authority: '%REQ(:AUTHORITY)%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  duration: '%DURATION%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  request_id: '%REQ(X-REQUEST-ID)%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  response_flags: '%RESPONSE_FLAGS%',
  route_name: '%ROUTE_NAME%',
  start_time: '%START_TIME%',
  upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
  upstream_service_time: '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  user_agent: '%REQ(USER-AGENT)%',
  x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
};

interface JsonField {
  readonly key: string;
  readonly value: unknown;
}

type Format =
  | { readonly type: 'Plain'; readonly plain: unknown }
  | { readonly type: 'Json'; readonly json: readonly JsonField[] };

const istioText: Format = { type: 'Plain', plain: istioFormat };
const istioJson: Format = {
  type: 'Json',
  json: Object.entries(istioFields).map(([key, value]) => ({ key, value })),
};

/** Whether Kong Mesh takes a field: it puts key and value between quotes as they are (edge.md V-MAL-8). */
function isWritable(key: string, value: unknown): value is string {
  if (typeof value !== 'string' || key === '' || value === '') return false;
  try {
    JSON.parse(`{"${key}": "${value}"}`);
    return true;
  } catch {
    return false;
  }
}

/** The fields of a JSON format as a flat list; what is nested or cannot be written is left out, with a finding. */
function labelsOf(context: Context, labels: Field): JsonField[] {
  return entries(labels).flatMap(([key, field]) => {
    if (!isWritable(key, field.value)) {
      context.unsupported(field, codes.telemetry.logField, { field: key });
      return [];
    }
    return [{ key, value: context.exact(field, field.value) }];
  });
}

/** A format that is a JSON object in a text, as Istio reads it; its own fields where it is none. */
function parsed(context: Context, format: Field<string>): Format {
  let value: unknown;
  try {
    value = JSON.parse(format.value);
  } catch {
    value = undefined;
  }
  if (!isMap(value as Json)) {
    context.inert(format, codes.telemetry.noJson, {});
    return istioJson;
  }
  const all = Object.entries(value as JsonObject);
  const json = all.filter(([key, one]) => isWritable(key, one)).map(([key, one]) => ({ key, value: one }));
  if (json.length === all.length) context.settled(format);
  else {
    const lost = all.flatMap(([key, one]) => (isWritable(key, one) ? [] : [key]));
    context.unsupported(format, codes.telemetry.logField, { field: lost.join(', ') });
  }
  return json.length === 0
    ? istioJson
    : { type: 'Json', json: json.map((one) => ({ ...one, value: context.derived(format, one.value) })) };
}

/** The format that the mesh's configuration gives to `accessLogFile` and to the provider `envoy` (FileAccessLogFromMeshConfig). */
export function meshFormat(context: Context): Format {
  const [format] = meshSettings(context, 'accessLogFormat').flatMap((field) => text(field) ?? []);
  const [encoding] = meshSettings(context, 'accessLogEncoding');
  context.settled(encoding);
  if (format === undefined || format.value === '') {
    context.settled(format);
    return encoding?.value === 'JSON' ? istioJson : istioText;
  }
  if (encoding?.value === 'JSON') return parsed(context, format);
  return { type: 'Plain', plain: context.exact(format, format.value.replace(/\n$/, '')) };
}

function formatOf(context: Context, { name, settings }: Provider): Format {
  const format = child(settings, 'logFormat');
  if (format === undefined)
    return name === 'envoy' && child(settings, 'omitEmptyValues')?.value !== true ? meshFormat(context) : istioText;
  const plain = text(child(format, 'text'));
  const labels = child(format, 'labels');
  if (labels !== undefined) {
    const json = labelsOf(context, labels);
    return json.length > 0 ? { type: 'Json', json } : istioJson;
  }
  if (plain === undefined || plain.value === '') {
    context.settled(plain);
    return istioText;
  }
  return { type: 'Plain', plain: context.exact(plain, plain.value.replace(/\n$/, '')) };
}

const attributeKey = /^[a-z](?:[a-z0-9]|[._][a-z0-9])*$/;

/** Says that nothing of Kong Mesh sends to a provider. */
function lost(context: Context, { name, kind, field }: Provider, at: Field): undefined {
  context.report(codes.telemetry.noBackend, { name, kind: kind === '' ? name : kind }, at);
  if (field !== undefined) context.claim(field, 'unsupported', codes.telemetry.noBackend);
}

/** Whether a provider's logs go where a MeshAccessLog can send them. */
export const logsTo = ({ kind, settings }: Provider): boolean =>
  kind === 'envoyFileAccessLog' ||
  (kind === 'envoyOtelAls' && child(settings, 'service') !== undefined && child(settings, 'port') !== undefined);

/** The backend of a MeshAccessLog for a provider; undefined (with a finding) where there is none. */
export function logBackend(context: Context, provider: Provider, at: Field): unknown {
  const { kind, settings, field } = provider;
  if (kind === 'envoyFileAccessLog') {
    const path = text(child(settings, 'path'));
    settleProvider(context, provider, ['path', 'logFormat', 'omitEmptyValues']);
    const omit = flag(child(settings, 'omitEmptyValues'));
    const format = formatOf(context, provider);
    return {
      type: 'File',
      file: {
        path: path === undefined || path.value === '' ? '/dev/stdout' : context.exact(path, path.value),
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
  return lost(context, provider, field ?? at);
}

/**
 * Istio's servers have spans of their own (istio/pilot/pkg/networking/core/tracing.go zipkinConfig and the bootstrap, 1.32); unset,
 * Kong Mesh shares the client's (kuma, meshtrace/api/v1alpha1, 2.14).
 */
const separateSpans = { sharedSpanContext: false };

/** The backend of a MeshTrace for a provider; undefined (with a finding) where there is none. */
export function traceBackend(context: Context, provider: Provider, at: Field): unknown {
  const { kind, settings, field } = provider;
  if (kind === 'opentelemetry') {
    const backend = openTelemetry(context, provider);
    if (backend !== undefined) {
      settleProvider(context, provider, ['service', 'port', ...(isResource(context, provider) ? ['http'] : [])]);
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
        ...separateSpans,
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
  return lost(context, provider, field ?? at);
}

/** A tracer of the older `defaultConfig.tracing`, which proxies have from their start (istio/pkg/bootstrap, 1.32); undefined: none of Kong Mesh's. */
export function olderTraceBackend(
  context: Context,
  tracing: Field,
): { readonly backend: unknown; readonly host: string } | undefined {
  for (const kind of ['zipkin', 'datadog'] as const) {
    const address = text(descend(tracing, kind, 'address'));
    if (address === undefined || address.value === '') continue;
    const host = address.value.replace(/:\d+$/, '');
    const backend =
      kind === 'datadog'
        ? { type: 'Datadog', datadog: { url: context.exact(address, `http://${address.value}`) } }
        : {
            type: 'Zipkin',
            zipkin: {
              url: context.exact(address, `http://${address.value}/api/v2/spans`),
              apiVersion: 'httpJson',
              traceId128bit: true,
              ...separateSpans,
            },
          };
    return { backend, host };
  }
  return undefined;
}
