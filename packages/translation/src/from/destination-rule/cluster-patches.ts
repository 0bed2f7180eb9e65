import type { ClusterSettings } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import type { EffectivePolicy, RegistryService, ServiceName, ServicePort } from '@isthmus/istio';
import { type Json, writeYaml } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { clusterNames } from '../../envoy-names.ts';
import { child, descend, type Field } from '../../field.ts';

/** A setting of connections that only Envoy's own cluster has a field for. */
export interface ClusterPatch {
  /** As it is called in a DestinationRule. */
  readonly name: string;
  readonly field: Field;
  readonly change:
    | { readonly kind: 'json'; readonly path: string; readonly value: Json }
    /** Merged in: as a JSON patch it would break the proxy beside the options of another balancer. */
    | { readonly kind: 'slow start'; readonly balancer: Balancer; readonly value: Json }
    /** Istio does nothing with it here. */
    | { readonly kind: 'none' };
}

type Balancer = 'leastRequestLbConfig' | 'roundRobinLbConfig';

const httpOptions = '/typedExtensionProtocolOptions/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const http2Options = `${httpOptions}/explicitHttpConfig/http2ProtocolOptions`;

/** Whether the clusters of a service are known by name: there are none of an external host's own, one for each Pod of a headless one. */
export const isPatchable = ({ registry, resolution }: RegistryService): boolean =>
  registry === 'kubernetes' && resolution !== 'original';

/** Slow start as Kong Mesh's balancer takes it; the mesh's own where the rule names none and Kong Mesh's defaults are adopted. */
function slowStart(context: Context, settings: ClusterSettings, balancer: Field | undefined): ClusterPatch | undefined {
  const field = child(balancer, 'warmup') ?? child(balancer, 'warmupDurationSecs');
  if (field === undefined) return undefined;
  const name = child(balancer, 'warmup') === undefined ? 'warmupDurationSecs' : 'warmup';
  const { lbPolicy, leastRequestLbConfig, roundRobinLbConfig } = settings;
  const config = (leastRequestLbConfig ?? roundRobinLbConfig)?.slowStartConfig;
  if (config === undefined) return { name, field, change: { kind: 'none' } };
  const isAdopted = context.settings.defaults === 'adopt' && child(balancer, 'simple') === undefined;
  const { slowStartWindow, aggression, minWeightPercent } = config;
  const value = {
    ...(slowStartWindow === undefined ? {} : { slowStartWindow }),
    ...(aggression === undefined || aggression.defaultValue === 1
      ? {}
      : { aggression: { defaultValue: aggression.defaultValue, runtimeKey: 'isthmus.slow_start.aggression' } }),
    ...(minWeightPercent === undefined ? {} : { minWeightPercent: { value: minWeightPercent.value } }),
  };
  const of = lbPolicy === 'LEAST_REQUEST' && !isAdopted ? 'leastRequestLbConfig' : 'roundRobinLbConfig';
  return { name, field, change: { kind: 'slow start', balancer: of, value } };
}

function poolPatches({ http: options, tcpKeepalive }: ClusterSettings, pool: Field | undefined): ClusterPatch[] {
  const http = child(pool, 'http');
  const of = (name: string, field: Field | undefined, path: string, value: Json | undefined): ClusterPatch[] =>
    field === undefined
      ? []
      : [{ name, field, change: value === undefined ? { kind: 'none' } : { kind: 'json', path, value } }];
  const http2 = options?.explicitHttpConfig?.http2ProtocolOptions;
  return [
    ...of(
      'tcpKeepalive',
      descend(pool, 'tcp', 'tcpKeepalive'),
      '/upstreamConnectionOptions/tcpKeepalive',
      tcpKeepalive,
    ),
    ...of(
      'maxRequestsPerConnection',
      child(http, 'maxRequestsPerConnection'),
      `${httpOptions}/commonHttpProtocolOptions/maxRequestsPerConnection`,
      options?.commonHttpProtocolOptions?.maxRequestsPerConnection,
    ),
    ...of(
      'maxConcurrentStreams',
      child(http, 'maxConcurrentStreams'),
      `${http2Options}/maxConcurrentStreams`,
      http2?.maxConcurrentStreams,
    ),
    ...of(
      'http2KeepAlive',
      child(http, 'http2KeepAlive'),
      `${http2Options}/connectionKeepalive`,
      http2?.connectionKeepalive,
    ),
  ];
}

/** What of a policy in force only a patch of the cluster can say (routing.md 2.13, 3.6). */
export function clusterPatches(
  context: Context,
  settings: ClusterSettings,
  { connectionPool, loadBalancer, retryBudget }: EffectivePolicy,
): ClusterPatch[] {
  const started = slowStart(context, settings, loadBalancer);
  const budget = settings.circuitBreakers.retryBudget;
  return [
    ...(started === undefined ? [] : [started]),
    ...poolPatches(settings, connectionPool),
    ...(retryBudget === undefined || budget === undefined
      ? []
      : [
          {
            name: 'retryBudget',
            field: retryBudget,
            // A second list of thresholds would count for nothing: Envoy takes the first (edge.md 1.7).
            change: { kind: 'json', path: '/circuitBreakers/thresholds/0/retryBudget', value: budget },
          } as const,
        ]),
  ];
}

/**
 * Says what becomes of such settings.
 * @param isDivided whether clients balance in different ways, so that slow start for some would take the options of others' balancer
 */
export function accountForPatches(
  context: Context,
  patches: readonly ClusterPatch[],
  service: RegistryService,
  isDivided: boolean,
): void {
  const { mesh, zone } = context.settings;
  for (const { name, field, change } of patches)
    if (change.kind === 'none') context.inert(field, codes.destinationRule.idle, { field: name });
    else if (change.kind === 'slow start' && isDivided)
      context.unsupported(field, codes.destinationRule.warmupDivided, { field: name, host: service.host });
    else
      context.approximate(field, undefined, codes.destinationRule.clusterPatch, {
        field: name,
        host: service.host,
        mesh,
        zone,
      });
}

/** Texts that are equal for equal patches. */
export const patchesKey = (patches: readonly ClusterPatch[]): string =>
  JSON.stringify(patches.map(({ change }) => change).filter(({ kind }) => kind !== 'none'));

const pathOf = ({ change }: ClusterPatch): string[] => {
  if (change.kind === 'json') return [change.path];
  return change.kind === 'none' ? [] : [`/${change.balancer}/slowStartConfig`];
};

/**
 * The modifications of a MeshProxyPatch for the clusters of one port.
 * @param inherited what weaker policies for the same clients set, which is taken back where the port has nothing like it
 */
export function modifications(
  context: Context,
  as: ServiceName,
  port: ServicePort,
  patches: readonly ClusterPatch[],
  inherited: readonly ClusterPatch[],
): unknown[] {
  const own = new Set(patches.flatMap(pathOf));
  const removed = [...new Set(inherited.flatMap(pathOf))].filter((path) => !own.has(path));
  const jsonPatches = [
    ...removed.map((path) => ({ op: 'remove', path })),
    ...patches.flatMap(({ field, change }) =>
      change.kind === 'json' ? [context.derived(field, { op: 'add', path: change.path, value: change.value })] : [],
    ),
  ];
  const merged = patches.flatMap(({ field, change }) =>
    change.kind === 'slow start'
      ? [context.derived(field, writeYaml({ [change.balancer]: { slowStartConfig: change.value } }))]
      : [],
  );
  return clusterNames(context.settings, as, port).flatMap((name) => {
    const patch = { match: { origin: 'outbound', name }, operation: 'Patch' };
    return [
      ...(jsonPatches.length === 0 ? [] : [{ cluster: { ...patch, jsonPatches } }]),
      ...merged.map((value) => ({ cluster: { ...patch, value } })),
    ];
  });
}
