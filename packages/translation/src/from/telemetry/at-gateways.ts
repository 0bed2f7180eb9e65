import { codes } from '@isthmus/diagnostics';
import { compileGateways } from '@isthmus/istio';
import { effectiveNamespace, isMap, type Json, matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { detoursOf } from '../egress-gateway/detours.ts';
import type { Level } from './levels.ts';

/** What a level's policy of one kind says, as it is emitted. */
export interface Observed {
  readonly kind: 'MeshAccessLog' | 'MeshMetric' | 'MeshTrace';
  /** Undefined: the settings of the mesh. */
  readonly level: Level | undefined;
  readonly backends: readonly unknown[];
  /** Of traces: percent of the requests, and the host of the collector. */
  readonly random?: number | string;
  readonly collector?: string | undefined;
}

interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const ranks = { mesh: 1, namespace: 2, workload: 3 } as const;
const rankOf = ({ level }: Observed): number => (level === undefined ? 0 : ranks[level.scope]);

const isFor = ({ level }: Observed, { namespace, labels }: Pods): boolean =>
  level === undefined ||
  level.scope === 'mesh' ||
  (level.namespace === namespace && (level.selector === undefined || matchesLabels(level.selector, labels)));

const at = (value: unknown, ...keys: readonly string[]): Json | undefined =>
  keys.reduce<Json | undefined>((one, key) => (isMap(one) ? one[key] : undefined), value as Json);

/** A plugin for all routes of Kong with its configuration; undefined where none is known for the backend. */
function pluginOf({
  kind,
  backends,
  random,
  collector,
}: Observed): readonly [plugin: string, config: object] | undefined {
  const [backend] = backends;
  if (kind === 'MeshMetric')
    return ['prometheus', { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true }];
  if (kind === 'MeshAccessLog') {
    const path = at(backend, 'file', 'path');
    return typeof path === 'string' ? ['file-log', { path }] : undefined;
  }
  const share = Number(random ?? 1) / 100;
  const url = at(backend, 'zipkin', 'url');
  if (typeof url === 'string') return ['zipkin', { http_endpoint: url, sample_ratio: share }];
  if (at(backend, 'openTelemetry') === undefined || collector === undefined) return undefined;
  // The port of OTLP over HTTP; the provider's is mostly that of gRPC.
  return ['opentelemetry', { traces_endpoint: `http://${collector}:4318/v1/traces`, sampling_rate: share }];
}

/**
 * What Istio's gateways log, trace and measure of their clients' requests, as drafts of plugins for Kong: policies of the mesh
 * see a delegated gateway's connections into the mesh only (edge.md T57, 2.6).
 */
export function draftForGateways(context: Context, observed: readonly Observed[]): void {
  if (observed.length === 0) return;
  const egress = new Set(detoursOf(context).gateways.keys());
  const [door] = compileGateways(configOf(context)).filter(
    ({ gateways }) =>
      gateways.length > 0 && !gateways.some((one) => egress.has(`${effectiveNamespace(one)}/${one.name}`)),
  );
  if (door === undefined) return;
  const plugins: string[] = [];
  for (const kind of ['MeshAccessLog', 'MeshTrace', 'MeshMetric'] as const) {
    const [nearest] = observed
      .filter((one) => one.kind === kind && isFor(one, door.client))
      .sort((a, b) => rankOf(b) - rankOf(a));
    if (nearest === undefined || nearest.backends.length === 0) continue;
    const found = pluginOf(nearest);
    if (found === undefined) continue;
    const [plugin, config] = found;
    plugins.push(plugin);
    context.emit({
      role: 'draft',
      stage: 'edge',
      why: `Kong logs, traces and measures the requests of its clients by plugins: look at the configuration of ${plugin}${
        plugin === 'opentelemetry' ? ', which speaks OTLP over HTTP and needs KONG_TRACING_INSTRUMENTATIONS,' : ''
      } and apply it for the class of your Kong Gateway.`,
      object: {
        apiVersion: 'configuration.konghq.com/v1',
        kind: 'KongClusterPlugin',
        metadata: {
          name: `as-the-mesh-${plugin}`,
          labels: { global: 'true' },
          annotations: { 'kubernetes.io/ingress.class': 'kong' },
        },
        plugin,
        config,
      },
      services: [],
    });
  }
  if (plugins.length === 0) return;
  context.report(codes.telemetry.atGateways, { plugins: plugins.join(', ') }, door.gateways[0]);
}
