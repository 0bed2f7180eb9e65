import { codes } from '@isthmus/diagnostics';
import { parseDuration, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, type Field, items, number, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { oncePerContext } from '../../once.ts';
import { emitPlugin } from '../gateway/plugins.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';
import { emitPolicy, policyName } from './emit.ts';
import { narrowing, type Patch, part, partNames, patchesOf } from './patch.ts';

/** What is limited: requests or connections. */
type Layer = 'http' | 'tcp';

const filters: Readonly<Record<string, { readonly layer: Layer; readonly known: ReadonlySet<string> }>> = {
  'envoy.filters.http.local_ratelimit': {
    layer: 'http',
    known: new Set([
      'stat_prefix',
      'token_bucket',
      'filter_enabled',
      'filter_enforced',
      'response_headers_to_add',
      'status',
    ]),
  },
  'envoy.filters.network.local_ratelimit': { layer: 'tcp', known: new Set(['stat_prefix', 'token_bucket']) },
};

/** Whether a share is all of it: without one the filter does nothing (Envoy, local_rate_limit.proto). */
function isWhole(share: Field | undefined): boolean {
  const value = part(share, 'default_value');
  const numerator = number(child(value, 'numerator'))?.value;
  const denominator = text(child(value, 'denominator'))?.value ?? 'HUNDRED';
  const hundred = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[denominator];
  return numerator !== undefined && numerator === hundred;
}

function headersOf(settings: Field): { name: string; value: string }[] | undefined {
  const headers = items(part(settings, 'response_headers_to_add')).map((item) => ({
    name: text(descend(item, 'header', 'key'))?.value.toLowerCase(),
    value: text(descend(item, 'header', 'value'))?.value,
  }));
  const whole = headers.flatMap(({ name, value }) =>
    name === undefined || value === undefined ? [] : [{ name, value }],
  );
  return whole.length === headers.length ? whole : undefined;
}

interface Limit {
  readonly layer: Layer;
  readonly settings: Field;
  readonly requests: number;
  readonly interval: string;
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Tokens beyond those of one interval, which the policy does not grant. */
  readonly burst: number;
}

/** Reads a patch that adds a local rate limit in one place; undefined where it is another one, or says more. */
function readLimit(
  { name, config: settings, place, operation, applyTo }: Patch,
  where: 'SIDECAR_INBOUND' | 'GATEWAY' = 'SIDECAR_INBOUND',
): Limit | undefined {
  const filter = filters[name ?? ''];
  if (filter === undefined || settings === undefined) return undefined;
  const { layer, known } = filter;
  if (applyTo !== (layer === 'http' ? 'HTTP_FILTER' : 'NETWORK_FILTER')) return undefined;
  if (place !== where || !operation.startsWith('INSERT')) return undefined;
  if (partNames(settings).some((one) => !known.has(one))) return undefined;
  const shares = [part(settings, 'filter_enabled'), part(settings, 'filter_enforced')];
  if (layer === 'http' && !shares.every(isWhole)) return undefined;
  const bucket = part(settings, 'token_bucket');
  const most = number(part(bucket, 'max_tokens'))?.value;
  const filled = number(part(bucket, 'tokens_per_fill'))?.value ?? 1;
  const interval = text(part(bucket, 'fill_interval'))?.value;
  const headers = headersOf(settings);
  const status = number(descend(settings, 'status', 'code'))?.value ?? 429;
  if (most === undefined || interval === undefined || !isDuration(interval) || headers === undefined) return undefined;
  const requests = Math.min(most, filled);
  // Kong Mesh refuses less, and intervals up to 50 ms.
  if (!Number.isInteger(requests) || requests < 1 || (parseDuration(interval) ?? 0n) <= 50_000_000n) return undefined;
  return { layer, settings, requests, interval, status, headers, burst: most - requests };
}

/** Whether the filter is for one port or one route only, which the policy cannot tell. */
const isNarrowed = (context: Context, patch: Patch): boolean =>
  narrowing(context, patch) !== undefined || child(patch.match, 'routeConfiguration') !== undefined;

/** The limits of the estate, by the namespace of their filter. */
const limits = oncePerContext((context) =>
  context.ofKind('EnvoyFilter').flatMap((resource) =>
    patchesOf(resource).flatMap((patch) => {
      const limit = readLimit(patch);
      return limit === undefined
        ? []
        : [{ path: patch.field.path, layer: limit.layer, resource, namespace: resource.namespace || 'default' }];
    }),
  ),
);

/** Whether another limit can meet this one on a workload: Istio enforces both, and of two policies one would win. */
function meetsAnother(context: Context, resource: Resource, { field }: Patch, layer: Layer): boolean {
  const root = rootNamespaceOf(context);
  const namespace = resource.namespace || 'default';
  return limits(context).some(
    (other) =>
      other.layer === layer &&
      (other.resource !== resource || other.path !== field.path) &&
      (namespace === root || other.namespace === root || other.namespace === namespace),
  );
}

/**
 * A patch that adds a local rate limit becomes a MeshRateLimit (edge.md 3.9), which never grants more than the bucket did;
 * false where the patch is another one, or meets another limit.
 */
export function translateLimit(context: Context, patch: Patch): boolean {
  const limit = readLimit(patch);
  if (limit === undefined || isNarrowed(context, patch) || meetsAnother(context, patch.resource, patch, limit.layer))
    return false;
  const { layer, requests, interval, status, headers, burst, settings } = limit;
  const from = part(settings, 'token_bucket') ?? settings;
  const code = layer === 'http' ? codes.extension.rateLimit : codes.extension.connectionLimit;
  context.claim(patch.field, 'approximate', code);
  context.report(code, { requests, interval, burst }, from);
  const rate = { num: context.derived(from, requests), interval: context.derived(from, interval) };
  const local =
    layer === 'tcp'
      ? { tcp: { connectionRate: rate } }
      : {
          http: {
            requestRate: rate,
            onRateLimit: { status, ...(headers.length === 0 ? {} : { headers: { add: headers } }) },
          },
        };
  emitPolicy(context, patch.resource, 'MeshRateLimit', { rules: [{ default: { local } }] }, []);
  return true;
}

/** Windows of the plugin rate-limiting, in nanoseconds (km-docs/_schemas/gateway/plugins/3.15; edge.md 2.6). */
const windows: readonly (readonly [name: string, nanoseconds: bigint])[] = [
  ['second', 1_000_000_000n],
  ['minute', 60_000_000_000n],
  ['hour', 3_600_000_000_000n],
  ['day', 86_400_000_000_000n],
];

/**
 * Drafts the plugin rate-limiting for a limit of requests at a gateway, which is what stands nearest to it: it counts in fixed
 * windows, by the address of clients unless a person says otherwise. Nothing for any other patch.
 */
export function draftGatewayLimit(context: Context, patch: Patch): void {
  const limit = readLimit(patch, 'GATEWAY');
  const [window] = windows.find(([, length]) => length === parseDuration(limit?.interval ?? '')) ?? [];
  if (limit === undefined || limit.layer !== 'http' || window === undefined) return;
  const why = `Name it in konghq.com/plugins of the routes. It counts for each address of a client (\`limit_by\`), where the EnvoyFilter counted all requests of a proxy together.`;
  emitPlugin(
    context,
    {
      namespace: patch.resource.namespace || 'default',
      name: policyName(patch.resource),
      role: { role: 'draft', stage: 'edge', why },
      services: [],
    },
    'rate-limiting',
    { [window]: limit.requests, policy: 'local', limit_by: 'ip', error_code: limit.status },
  );
}
