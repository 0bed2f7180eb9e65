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

const changeTo = (path: string, value: Json | undefined): ClusterPatch['change'] =>
  value === undefined ? { kind: 'none' } : { kind: 'json', path, value };

const paths = {
  tcpKeepalive: '/upstreamConnectionOptions/tcpKeepalive',
  maxRequestsPerConnection: `${httpOptions}/commonHttpProtocolOptions/maxRequestsPerConnection`,
  maxConcurrentStreams: `${httpOptions}/explicitHttpConfig/http2ProtocolOptions/maxConcurrentStreams`,
  http2KeepAlive: `${httpOptions}/explicitHttpConfig/http2ProtocolOptions/connectionKeepalive`,
  // A second list of thresholds would count for nothing: Envoy takes the first (edge.md 1.7).
  retryBudget: '/circuitBreakers/thresholds/0/retryBudget',
} as const;

/** What of a policy in force only a patch of the cluster can say (routing.md 2.13, 3.6). */
export function clusterPatches(
  context: Context,
  settings: ClusterSettings,
  { connectionPool, loadBalancer, retryBudget }: EffectivePolicy,
): ClusterPatch[] {
  const patches: ClusterPatch[] = [];
  const started = slowStart(context, settings, loadBalancer);
  if (started !== undefined) patches.push(started);
  const add = (name: keyof typeof paths, field: Field | undefined, value: Json | undefined): void => {
    if (field !== undefined) patches.push({ name, field, change: changeTo(paths[name], value) });
  };
  const http = child(connectionPool, 'http');
  const http2 = settings.http?.explicitHttpConfig?.http2ProtocolOptions;
  add('tcpKeepalive', descend(connectionPool, 'tcp', 'tcpKeepalive'), settings.tcpKeepalive);
  add(
    'maxRequestsPerConnection',
    child(http, 'maxRequestsPerConnection'),
    settings.http?.commonHttpProtocolOptions?.maxRequestsPerConnection,
  );
  add('maxConcurrentStreams', child(http, 'maxConcurrentStreams'), http2?.maxConcurrentStreams);
  add('http2KeepAlive', child(http, 'http2KeepAlive'), http2?.connectionKeepalive);
  const budget = settings.circuitBreakers.retryBudget;
  if (budget !== undefined) add('retryBudget', retryBudget, budget);
  return patches;
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

function pathOf({ change }: ClusterPatch): string | undefined {
  if (change.kind === 'json') return change.path;
  return change.kind === 'none' ? undefined : `/${change.balancer}/slowStartConfig`;
}

/** What is changed in the clusters of a port, whatever these are called. */
export interface Changes {
  readonly jsonPatches: readonly unknown[];
  readonly merged: readonly unknown[];
}

/**
 * The changes that patches come to; undefined for none.
 * @param inherited what weaker policies for the same clients set, which is taken back where the port has nothing like it
 */
export function changesOf(
  context: Context,
  patches: readonly ClusterPatch[],
  inherited: readonly ClusterPatch[],
): Changes | undefined {
  const own = patches.map(pathOf);
  const jsonPatches: unknown[] = [];
  for (const path of new Set(inherited.map(pathOf)))
    if (path !== undefined && !own.includes(path)) jsonPatches.push({ op: 'remove', path });
  const merged: unknown[] = [];
  for (const { field, change } of patches)
    if (change.kind === 'json')
      jsonPatches.push(context.derived(field, { op: 'add', path: change.path, value: change.value }));
    else if (change.kind === 'slow start')
      merged.push(context.derived(field, writeYaml({ [change.balancer]: { slowStartConfig: change.value } })));
  return jsonPatches.length === 0 && merged.length === 0 ? undefined : { jsonPatches, merged };
}

/** The modifications of a MeshProxyPatch for the clusters of one port. */
export function modifications(
  context: Context,
  as: ServiceName,
  port: ServicePort,
  { jsonPatches, merged }: Changes,
): unknown[] {
  const found: unknown[] = [];
  for (const name of clusterNames(context.settings, as, port)) {
    const match = { origin: 'outbound', name };
    if (jsonPatches.length > 0) found.push({ cluster: { match, operation: 'Patch', jsonPatches } });
    for (const value of merged) found.push({ cluster: { match, operation: 'Patch', value } });
  }
  return found;
}
