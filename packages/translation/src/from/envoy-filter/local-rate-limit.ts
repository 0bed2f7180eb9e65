import { codes } from '@isthmus/diagnostics';
import { parseDuration, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

/** The settings of the filter, written out or inside a TypedStruct. */
function settingsOf(patch: Field): Field | undefined {
  const value = descend(patch, 'patch', 'value');
  if (text(child(value, 'name'))?.value !== 'envoy.filters.http.local_ratelimit') return undefined;
  const config = child(value, 'typed_config');
  return child(config, 'value') ?? config;
}

/** Whether a share is all of it: without one the filter does nothing (Envoy, local_rate_limit.proto). */
function isWhole(share: Field | undefined): boolean {
  const value = child(share, 'default_value');
  const numerator = number(child(value, 'numerator'))?.value;
  const denominator = text(child(value, 'denominator'))?.value ?? 'HUNDRED';
  const hundred = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[denominator];
  return numerator !== undefined && numerator === hundred;
}

const known = new Set([
  'stat_prefix',
  'token_bucket',
  'filter_enabled',
  'filter_enforced',
  'response_headers_to_add',
  'status',
]);

function headersOf(settings: Field): { name: string; value: string }[] | undefined {
  const headers = items(child(settings, 'response_headers_to_add')).map((item) => ({
    name: text(descend(item, 'header', 'key'))?.value.toLowerCase(),
    value: text(descend(item, 'header', 'value'))?.value,
  }));
  const whole = headers.flatMap(({ name, value }) =>
    name === undefined || value === undefined ? [] : [{ name, value }],
  );
  return whole.length === headers.length ? whole : undefined;
}

interface Limit {
  readonly settings: Field;
  readonly requests: number;
  readonly interval: string;
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Tokens beyond those of one interval, which the policy does not grant. */
  readonly burst: number;
}

/** Reads a patch that adds a local rate limit to inbound traffic; undefined where it is another one, or says more. */
function readLimit(patch: Field): Limit | undefined {
  const settings = settingsOf(patch);
  const place = text(descend(patch, 'match', 'context'))?.value;
  const operation = text(descend(patch, 'patch', 'operation'))?.value ?? '';
  if (settings === undefined || place !== 'SIDECAR_INBOUND' || !operation.startsWith('INSERT')) return undefined;
  if (entries(settings).some(([name]) => name !== '@type' && !known.has(name))) return undefined;
  if (!isWhole(child(settings, 'filter_enabled')) || !isWhole(child(settings, 'filter_enforced'))) return undefined;
  const bucket = child(settings, 'token_bucket');
  const most = number(child(bucket, 'max_tokens'))?.value;
  const filled = number(child(bucket, 'tokens_per_fill'))?.value ?? 1;
  const interval = text(child(bucket, 'fill_interval'))?.value;
  const headers = headersOf(settings);
  const status = number(descend(settings, 'status', 'code'))?.value ?? 429;
  if (most === undefined || interval === undefined || !isDuration(interval) || headers === undefined) return undefined;
  const requests = Math.min(most, filled);
  // Kong Mesh refuses less, and intervals up to 50 ms.
  if (!Number.isInteger(requests) || requests < 1 || (parseDuration(interval) ?? 0n) <= 50_000_000n) return undefined;
  return { settings, requests, interval, status, headers, burst: most - requests };
}

/** Whether the filter is for one port or one route only, which the policy cannot tell. */
const isNarrowed = (patch: Field): boolean =>
  descend(patch, 'match', 'listener', 'portNumber') !== undefined ||
  descend(patch, 'match', 'routeConfiguration') !== undefined;

/** The limits of the estate, by the namespace of their filter. */
const limits = oncePerContext((context) =>
  context
    .ofKind('EnvoyFilter')
    .flatMap((resource) =>
      items(descend(rootField(resource), 'spec', 'configPatches')).flatMap((patch) =>
        readLimit(patch) === undefined
          ? []
          : [{ path: patch.path, resource, namespace: resource.namespace || 'default' }],
      ),
    ),
);

/** Whether another limit can meet this one on a workload: Istio enforces both, and of two policies one would win. */
function meetsAnother(context: Context, resource: Resource, patch: Field): boolean {
  const root = rootNamespaceOf(context);
  const namespace = resource.namespace || 'default';
  return limits(context).some(
    (other) =>
      (other.resource !== resource || other.path !== patch.path) &&
      (namespace === root || other.namespace === root || other.namespace === namespace),
  );
}

/**
 * A patch that adds a local rate limit becomes a MeshRateLimit (edge.md 3.9), which never grants more than the bucket did;
 * false where the patch is another one, or meets another limit.
 */
export function translateLocalRateLimit(context: Context, resource: Resource, patch: Field): boolean {
  const limit = readLimit(patch);
  if (limit === undefined || isNarrowed(patch) || meetsAnother(context, resource, patch)) return false;
  const { requests, interval, status, headers, burst, settings } = limit;
  const spec = child(rootField(resource), 'spec');
  const namespace = resource.namespace || 'default';
  const selector = entries(descend(spec, 'workloadSelector', 'labels'));
  const labels = {
    ...(namespace === rootNamespaceOf(context) ? {} : { 'k8s.kuma.io/namespace': namespace }),
    ...Object.fromEntries(selector.map(([key, field]) => [key, context.exact(field, String(field.value))])),
  };
  const from = child(settings, 'token_bucket') ?? settings;
  context.claim(patch, 'approximate', codes.extension.rateLimit);
  context.report(codes.extension.rateLimit, { requests, interval, burst }, from);
  context.emit({
    role: 'resource',
    stage: 'resilience',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshRateLimit',
      metadata: {
        name: dnsLabel(`${namespace}-${resource.name}`),
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone' },
      },
      spec: {
        // For the whole mesh too: with kind Mesh the policy would be refused, as it could reach gateways.
        targetRef: Object.keys(labels).length === 0 ? { kind: 'Dataplane' } : { kind: 'Dataplane', labels },
        rules: [
          {
            default: {
              local: {
                http: {
                  requestRate: { num: context.derived(from, requests), interval: context.derived(from, interval) },
                  onRateLimit: { status, ...(headers.length === 0 ? {} : { headers: { add: headers } }) },
                },
              },
            },
          },
        ],
      },
    },
    services: [],
  });
  return true;
}
