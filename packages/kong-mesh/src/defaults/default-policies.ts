import { isList, type JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';

/** One policy that a new mesh brings, by the first part of its name. */
interface DefaultPolicy {
  readonly kind: string;
  readonly prefix: string;
  readonly spec: JsonObject;
}

const all: JsonObject = { kind: 'Mesh' };
const sidecars: JsonObject = { kind: 'Mesh', proxyTypes: ['Sidecar'] };
const gateways: JsonObject = { kind: 'Mesh', proxyTypes: ['Gateway'] };

/** Limits on the side of the server: twice those of the client, or none. */
const incoming: JsonObject = {
  connectionTimeout: '10s',
  idleTimeout: '2h0m0s',
  http: { requestTimeout: '0s', streamIdleTimeout: '1h0m0s', maxStreamDuration: '0s' },
};
const outgoing: JsonObject = {
  connectionTimeout: '5s',
  idleTimeout: '1h0m0s',
  http: { requestTimeout: '15s', streamIdleTimeout: '30m0s' },
};

const retries: JsonObject = {
  numRetries: 5,
  perTryTimeout: '16s',
  backOff: { baseInterval: '25ms', maxInterval: '250ms' },
};

const retry: DefaultPolicy = {
  kind: 'MeshRetry',
  prefix: 'mesh-retry-all',
  spec: {
    targetRef: all,
    to: [{ targetRef: all, default: { tcp: { maxConnectAttempt: 5 }, http: retries, grpc: retries } }],
  },
};

const circuitBreaker: DefaultPolicy = {
  kind: 'MeshCircuitBreaker',
  prefix: 'mesh-circuit-breaker-all',
  spec: {
    targetRef: all,
    to: [
      {
        targetRef: all,
        default: {
          connectionLimits: { maxConnections: 1024, maxPendingRequests: 1024, maxRequests: 1024, maxRetries: 3 },
        },
      },
    ],
  },
};

const before3: readonly DefaultPolicy[] = [
  circuitBreaker,
  {
    kind: 'MeshTimeout',
    prefix: 'mesh-gateways-timeout-all',
    spec: {
      targetRef: gateways,
      from: [
        {
          targetRef: all,
          default: { idleTimeout: '5m0s', http: { streamIdleTimeout: '5s', requestHeadersTimeout: '500ms' } },
        },
      ],
      to: [{ targetRef: all, default: { idleTimeout: '1h0m0s', http: { streamIdleTimeout: '5s' } } }],
    },
  },
  retry,
  {
    kind: 'MeshTimeout',
    prefix: 'mesh-timeout-all',
    spec: {
      targetRef: sidecars,
      from: [{ targetRef: all, default: incoming }],
      to: [{ targetRef: all, default: outgoing }],
    },
  },
];

const since3: readonly DefaultPolicy[] = [
  circuitBreaker,
  retry,
  { kind: 'MeshTimeout', prefix: 'mesh-timeout-all', spec: { targetRef: all, rules: [{ default: incoming }] } },
  {
    kind: 'MeshTimeout',
    prefix: 'mesh-timeout-to-all',
    spec: { targetRef: all, to: [{ targetRef: all, default: outgoing }] },
  },
];

/** kuma, pkg/defaults/mesh/*.go on release-2.13, release-2.14 and master (3.0); 2.14 also read from an API server. */
const policies: Readonly<Record<TargetVersion, readonly DefaultPolicy[]>> = {
  '2.13': before3,
  '2.14': before3,
  '3.0': since3,
};

/**
 * The policies that the control plane of a version creates with a mesh, by name (routing.md 2.15). Those that the Mesh
 * names in `skipCreatingInitialPolicies` are left out.
 */
export function defaultPolicies(
  version: TargetVersion,
  mesh: string,
  systemNamespace: string,
  skipped: readonly string[] = [],
): JsonObject[] {
  if (skipped.includes('*')) return [];
  return policies[version]
    .filter(({ kind }) => !skipped.includes(kind))
    .map(({ kind, prefix, spec }) => ({
      apiVersion: 'kuma.io/v1alpha1',
      kind,
      metadata: {
        name: `${prefix}-${mesh}`,
        namespace: systemNamespace,
        labels: { 'kuma.io/mesh': mesh, 'kuma.io/policy-role': 'system' },
      },
      spec,
    }));
}

/** The kinds that a Mesh resource keeps its control plane from creating policies of; `*` for all. */
export function skippedPolicies(mesh: JsonObject): string[] {
  const spec = mesh.spec;
  const list =
    typeof spec === 'object' && spec !== null && !isList(spec)
      ? (spec as JsonObject).skipCreatingInitialPolicies
      : undefined;
  return isList(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}
