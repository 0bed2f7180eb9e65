import { codes } from '@isthmus/diagnostics';
import { retriesOf } from '@isthmus/istio';
import { unlimited } from '@isthmus/kong-mesh';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { child, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { retrySection } from '../virtual-service/retries.ts';

/**
 * Istio's defaults as policies of the whole mesh (routing.md 8; Istio's side verified by running 1.32): no request
 * timeout, two retries of what never reached a server, no limits, least request. Named so that they win over the
 * policies that a new mesh brings. The mesh's own connect timeout takes the place of Istio's 10 s.
 */
export function translateDefaults(context: Context): void {
  const { settings, estate } = context;
  // Services alone have Istio's defaults as well.
  if (estate.istio.length === 0 && context.services.all.length === 0) return;
  if (settings.defaults === 'adopt') {
    context.report(codes.meshConfig.defaultsAdopted, {}, undefined);
    return;
  }
  const config = configOf(context);
  const connect = text(child(config.mesh.config, 'connectTimeout'));
  const connectionTimeout =
    connect !== undefined && isDuration(connect.value) ? context.exact(connect, connect.value) : '10s';
  const policy = child(config.mesh.config, 'defaultHttpRetryPolicy');
  const retries = retriesOf(policy, false);
  context.settled(policy);
  const traced = <T>(value: T): unknown => (policy === undefined ? value : context.derived(policy, value));
  const policies: readonly [kind: string, spec: (mesh: { kind: 'Mesh' }) => Record<string, unknown>][] = [
    [
      'MeshTimeout',
      (targetRef) => ({
        to: [{ targetRef, default: { connectionTimeout, http: { requestTimeout: '0s', streamIdleTimeout: '0s' } } }],
      }),
    ],
    ['MeshTimeout', () => ({ rules: [{ default: { http: { requestTimeout: '0s', streamIdleTimeout: '0s' } } }] })],
    [
      'MeshRetry',
      (targetRef) => ({
        to: [
          {
            targetRef,
            default: {
              http: traced(retrySection(retries, 'http')?.section),
              grpc: traced(retrySection(retries, 'grpc')?.section),
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
              // Endpoints are only ever left out as far as some are left: Istio has no panic threshold. It comes with
              // outlier detection, of which a detector without a number finds nothing (routing.md 2.9, T73).
              outlierDetection: { healthyPanicThreshold: 0, detectors: { totalFailures: {} } },
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
  const sidecars = settings.target === '3.0' ? { kind: 'Mesh' } : { kind: 'Mesh', proxyTypes: ['Sidecar'] };
  for (const [kind, spec] of policies) {
    const content = spec({ kind: 'Mesh' });
    const incoming = content.rules !== undefined;
    context.emit({
      role: 'resource',
      stage: 'resilience',
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind,
        metadata: {
          name: incoming ? 'istio-parity-inbound' : 'istio-parity',
          namespace: settings.systemNamespace,
          labels: { 'kuma.io/mesh': settings.mesh, 'kuma.io/origin': 'zone' },
        },
        spec: { targetRef: incoming ? sidecars : { kind: 'Mesh' }, ...content },
      },
      services: [],
    });
  }
  context.report(codes.meshConfig.defaultsKept, {}, undefined);
}
