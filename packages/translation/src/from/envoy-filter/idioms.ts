import type { Field } from '../../field.ts';

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
  [/"route":\{"timeout"/, 'MeshTimeout (`http.requestTimeout`)'],
  [/access_log/, 'MeshAccessLog'],
  [/"tracing"/, 'MeshTrace'],
  [
    /envoy\.filters\.http\.(?:lua|wasm|compressor|grpc_web|grpc_json_transcoder|buffer|csrf|cors|router)|tcp_keepalive|http2_protocol_options|preserve_case|server_header|xff_num_trusted_hops/,
    'MeshProxyPatch',
  ],
];

/** The policy of Kong Mesh for what a patch is for, to be named in a finding. */
export function policyFor(patch: Field): string {
  const content = JSON.stringify(patch.value, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  return idioms.find(([pattern]) => pattern.test(content))?.[1] ?? 'MeshProxyPatch';
}
