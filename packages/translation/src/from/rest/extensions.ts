import { codes } from '@isthmus/diagnostics';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, rootField, text } from '../../field.ts';
import { translateLocalRateLimit } from '../envoy-filter/local-rate-limit.ts';

/** What an EnvoyFilter's patch is for, by a name that stands in it, and the policy of Kong Mesh for that (edge.md 3.9). */
const idioms: readonly (readonly [pattern: RegExp, policy: string])[] = [
  [/envoy\.filters\.http\.local_ratelimit|local_rate_limit/, 'MeshRateLimit (`local.http`)'],
  [/envoy\.filters\.network\.local_ratelimit/, 'MeshRateLimit (`local.tcp`)'],
  [
    /envoy\.filters\.http\.ratelimit/,
    'MeshGlobalRateLimit up to 2.14, or the plugin rate-limiting-advanced at Kong Gateway',
  ],
  [/envoy\.filters\.http\.fault/, 'MeshFaultInjection'],
  [/envoy\.filters\.http\.ext_authz/, 'MeshOPA, where the service is OPA, or a MeshProxyPatch'],
  [
    /envoy\.filters\.http\.(?:jwt_authn|rbac|oauth2)/,
    'a plugin of Kong Gateway at the edge (jwt, openid-connect), or MeshOPA in the mesh',
  ],
  [/idle_timeout|request_timeout|max_stream_duration|connect_timeout|request_headers_timeout/, 'MeshTimeout'],
  [/circuit_breakers|outlier_detection/, 'MeshCircuitBreaker'],
  [/lb_policy|ring_hash|maglev|hash_policy/, 'MeshLoadBalancingStrategy'],
  [/health_checks/, 'MeshHealthCheck'],
  [/retry_policy/, 'MeshRetry'],
  [/access_log/, 'MeshAccessLog'],
  [/"tracing"/, 'MeshTrace'],
  [
    /envoy\.filters\.http\.(?:lua|wasm|compressor|grpc_web|grpc_json_transcoder|buffer|csrf|cors|router)|tcp_keepalive|http2_protocol_options|preserve_case|server_header|xff_num_trusted_hops/,
    'MeshProxyPatch',
  ],
];

const unreachable = new Set(['BOOTSTRAP', 'EXTENSION_CONFIG']);

function policyFor(patch: Field): string {
  const content = JSON.stringify(patch.value, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  return idioms.find(([pattern]) => pattern.test(content))?.[1] ?? 'MeshProxyPatch';
}

function accountForPatch(context: Context, resource: Resource, patch: Field): void {
  if (translateLocalRateLimit(context, resource, patch)) return;
  const applyTo = text(child(patch, 'applyTo'))?.value ?? 'its target';
  const place = text(descend(patch, 'match', 'context'))?.value ?? 'ANY';
  const operation = text(descend(patch, 'patch', 'operation'))?.value ?? 'an operation';
  const value = entries(descend(patch, 'patch', 'value'));
  const thresholds =
    value.length === 1 && descend(patch, 'patch', 'value', 'circuit_breakers', 'thresholds') !== undefined;
  if (applyTo === 'CLUSTER' && operation === 'MERGE' && thresholds) {
    context.inert(patch, codes.extension.deadThreshold, {});
    return;
  }
  if (place === 'GATEWAY') context.unsupported(patch, codes.extension.gatewayPatch, { applyTo, operation });
  else if (unreachable.has(applyTo)) context.unsupported(patch, codes.extension.unreachablePatch, { applyTo });
  else context.unsupported(patch, codes.extension.patch, { applyTo, place, operation, policy: policyFor(patch) });
}

/**
 * EnvoyFilters, WasmPlugins and TrafficExtensions: local rate limits become policies, the rest is not emitted, since names of clusters, listeners and
 * filters differ (edge.md T48); each patch gets its own verdict with the policy that does what it is for.
 */
export function accountForExtensions(context: Context): void {
  for (const resource of context.ofKind('EnvoyFilter')) {
    const spec = child(rootField(resource), 'spec');
    const patches = [...items(child(spec, 'configPatches')), ...items(child(spec, 'filters'))];
    if (patches.length === 0) {
      context.inert(spec, codes.extension.empty, {});
      continue;
    }
    for (const patch of items(child(spec, 'configPatches'))) accountForPatch(context, resource, patch);
    // The older form lists filters.
    for (const filter of items(child(spec, 'filters')))
      context.unsupported(filter, codes.extension.patch, {
        applyTo: 'filters',
        place: 'ANY',
        operation: 'ADD',
        policy: policyFor(filter),
      });
    for (const [name, part] of entries(spec))
      if (name !== 'configPatches' && name !== 'filters' && context.unclaimed(part).length > 0)
        context.claim(part, 'unsupported', codes.extension.patch);
    if (spec !== undefined)
      for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'unsupported', codes.extension.patch);
  }
  for (const kind of ['WasmPlugin', 'TrafficExtension']) {
    for (const resource of context.ofKind(kind)) {
      const spec = child(rootField(resource), 'spec');
      if (spec === undefined) continue;
      const phase = text(child(spec, 'phase'))?.value;
      const url = text(child(spec, 'url'))?.value ?? text(descend(spec, 'wasm', 'url'))?.value ?? 'a module';
      context.unsupported(spec, codes.extension.wasm, {
        kind,
        url,
        phase:
          phase === 'AUTHN' || phase === 'AUTHZ' ? `, in phase ${phase}, which lets requests in or refuses them` : '',
      });
    }
  }
}
