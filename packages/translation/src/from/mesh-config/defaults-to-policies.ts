import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, rootField, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';

const unlimited = 4_294_967_295;

/**
 * Istio's defaults as policies of the whole mesh (routing.md 8; Istio's side verified by running 1.32): no request
 * timeout, two retries of what never reached a server, no limits, least request. Named so that they win over the
 * policies that a new mesh brings. The mesh's own connect timeout takes the place of Istio's 10 s.
 */
export function translateDefaults(context: Context): void {
  const { settings, estate } = context;
  if (estate.istio.length === 0) return;
  if (settings.defaults === 'adopt') {
    context.report(codes.meshConfig.defaultsAdopted, {}, undefined);
    return;
  }
  const [meshConfig] = context.ofKind('MeshConfig');
  const connect = meshConfig && text(child(rootField(meshConfig), 'connectTimeout'));
  const connectionTimeout =
    connect !== undefined && isDuration(connect.value) ? context.exact(connect, connect.value) : '10s';
  const backOff = { baseInterval: '25ms', maxInterval: '250ms' };
  const policies: readonly [kind: string, spec: (mesh: { kind: 'Mesh' }) => Record<string, unknown>][] = [
    [
      'MeshTimeout',
      (targetRef) => ({
        to: [{ targetRef, default: { connectionTimeout, http: { requestTimeout: '0s', streamIdleTimeout: '0s' } } }],
      }),
    ],
    [
      'MeshRetry',
      (targetRef) => ({
        to: [
          {
            targetRef,
            default: {
              http: {
                numRetries: 2,
                perTryTimeout: '0s',
                backOff,
                retryOn: ['ConnectFailure', 'RefusedStream'],
                hostSelection: [{ predicate: 'OmitPreviousHosts' }],
                hostSelectionMaxAttempts: 5,
              },
              grpc: { numRetries: 2, perTryTimeout: '0s', backOff },
              tcp: { maxConnectAttempt: 1 },
            },
          },
        ],
      }),
    ],
    [
      'MeshCircuitBreaker',
      (targetRef) => ({
        to: [
          {
            targetRef,
            default: {
              connectionLimits: {
                maxConnections: unlimited,
                maxConnectionPools: unlimited,
                maxPendingRequests: unlimited,
                maxRetries: unlimited,
                maxRequests: unlimited,
              },
            },
          },
        ],
      }),
    ],
    [
      'MeshLoadBalancingStrategy',
      (targetRef) => ({
        to: [{ targetRef, default: { loadBalancer: { type: 'LeastRequest' }, localityAwareness: { disabled: true } } }],
      }),
    ],
  ];
  for (const [kind, spec] of policies) {
    context.emit({
      role: 'resource',
      stage: 'resilience',
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind,
        metadata: {
          name: 'istio-parity',
          namespace: settings.systemNamespace,
          labels: { 'kuma.io/mesh': settings.mesh, 'kuma.io/origin': 'zone' },
        },
        spec: { targetRef: { kind: 'Mesh' }, ...spec({ kind: 'Mesh' }) },
      },
      services: [],
    });
  }
  context.report(codes.meshConfig.defaultsKept, {}, undefined);
}
