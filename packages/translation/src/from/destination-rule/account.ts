import { codes, findCode } from '@isthmus/diagnostics';
import type { EffectiveDestination, EffectivePolicy, RegistryService, ServicePort } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { child, descend, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { isWithin } from '../../leaves.ts';
import { isDeclaredHttp } from '../../service-ports.ts';
import { accountForPatches, type ClusterPatch, isPatchable } from './cluster-patches.ts';

/** Fields of a traffic policy that no policy of Kong Mesh has (routing.md 3.6): without a cluster to patch they are lost. */
function accountForUnpatched(context: Context, { connectionPool, loadBalancer, retryBudget }: EffectivePolicy): void {
  const lose = (field: Field | undefined, name: string): void => {
    if (field !== undefined) context.unsupported(field, codes.destinationRule.noCounterpart, { field: name });
  };
  lose(descend(connectionPool, 'tcp', 'tcpKeepalive'), 'tcpKeepalive');
  const http = child(connectionPool, 'http');
  for (const key of ['maxRequestsPerConnection', 'maxConcurrentStreams', 'http2KeepAlive']) lose(child(http, key), key);
  for (const key of ['warmup', 'warmupDurationSecs']) lose(child(loadBalancer, key), key);
  lose(retryBudget, 'retryBudget');
}

/** The versions of HTTP between proxies are Kong Mesh's own: HTTP/2 to every sidecar. */
const protocolFields = ['h2UpgradePolicy', 'useClientProtocol'];

function accountForPool(context: Context, pool: Field, port: ServicePort): void {
  const http = child(pool, 'http');
  for (const key of protocolFields) context.inert(child(http, key), codes.destinationRule.protocol, { field: key });
  const duration = descend(pool, 'tcp', 'maxConnectionDuration');
  const isHttp = port.protocol === 'http' || port.protocol === 'http2' || port.protocol === 'http_proxy';
  // 2.13 writes them into clusters of gRPC as well (routing.md 2.7; verified by running).
  const isTimed = isHttp || (context.settings.target === '2.13' && isDeclaredHttp(port));
  if (duration !== undefined && !isTimed)
    context.approximate(duration, undefined, codes.destinationRule.httpOnly, { field: 'maxConnectionDuration' });
  const idle = child(http, 'idleTimeout');
  const tcp = descend(pool, 'tcp', 'idleTimeout');
  const idleOfHttp = idle ?? tcp;
  if (idleOfHttp !== undefined && !isTimed && isDeclaredHttp(port))
    context.approximate(idleOfHttp, undefined, codes.destinationRule.httpOnly, { field: 'idleTimeout' });
  if (isHttp && idle !== undefined && tcp !== undefined && idle.value !== tcp.value)
    context.approximate(tcp, undefined, codes.destinationRule.oneIdleTimeout, {
      http: String(idle.value),
      tcp: String(tcp.value),
    });
}

/** Ways to choose endpoints by where they are and by what they report, which no policy of Kong Mesh knows. */
const unknownBalancing = ['backendUtilization', 'zoneAwareLbSetting'];

function accountForOutliers(context: Context, outlier: Field): void {
  if (child(outlier, 'splitExternalLocalOriginErrors')?.value !== true)
    context.inert(child(outlier, 'consecutiveLocalOriginFailures'), codes.destinationRule.ignored, {
      field: 'consecutiveLocalOriginFailures without splitExternalLocalOriginErrors',
    });
  const statusCodes = child(outlier, 'outlierDetectionHttpErrorCodes');
  if (statusCodes !== undefined) context.unsupported(statusCodes, codes.destinationRule.errorCodes, {});
  context.inert(child(outlier, 'consecutiveErrors'), codes.destinationRule.ignored, { field: 'consecutiveErrors' });
  const percent = number(child(outlier, 'maxEjectionPercent'))?.value || 10;
  if (percent < 50)
    context.report(codes.destinationRule.fewEndpoints, { percent, least: Math.ceil(100 / percent) }, outlier);
}

function accountForBalancer(context: Context, balancer: Field): void {
  const simple = child(balancer, 'simple');
  if (simple?.value === 'PASSTHROUGH') context.unsupported(simple, codes.destinationRule.passthrough, {});
  for (const key of unknownBalancing) {
    const field = child(balancer, key);
    if (field !== undefined) context.unsupported(field, codes.destinationRule.noCounterpart, { field: key });
  }
  const attributes = descend(balancer, 'consistentHash', 'httpCookie', 'attributes');
  if (attributes !== undefined)
    context.unsupported(attributes, codes.destinationRule.noCounterpart, { field: 'httpCookie.attributes' });
  const path = text(descend(balancer, 'consistentHash', 'httpCookie', 'path'));
  if (path !== undefined && !path.value.startsWith('/'))
    context.unsupported(path, codes.destinationRule.noCounterpart, { field: `httpCookie.path to ${path.value}` });
}

/** Says what becomes of the fields of a policy in force; what is carried over is settled, as far as nothing else was said. */
export function accountForPolicy(
  context: Context,
  policy: EffectivePolicy,
  service: RegistryService,
  port: ServicePort,
  patches: readonly ClusterPatch[],
  isDivided: boolean,
): void {
  const { connectionPool, outlierDetection, loadBalancer, tls, tunnel, proxyProtocol } = policy;
  if (connectionPool !== undefined) accountForPool(context, connectionPool, port);
  if (outlierDetection !== undefined) accountForOutliers(context, outlierDetection);
  if (loadBalancer !== undefined) accountForBalancer(context, loadBalancer);
  if (isPatchable(service)) accountForPatches(context, patches, service, isDivided);
  else accountForUnpatched(context, policy);
  if (tunnel !== undefined) context.unsupported(tunnel, codes.destinationRule.notPatched, { field: 'tunnel' });
  if (proxyProtocol !== undefined)
    context.unsupported(proxyProtocol, codes.destinationRule.notPatched, { field: 'proxyProtocol' });
  // What starts TLS towards an external host stands in its MeshExternalService.
  if (tls !== undefined && service.registry === 'kubernetes') accountForTls(context, tls, service);
  if (service.registry === 'external') accountForExternal(context, policy, service);
  for (const block of [connectionPool, outlierDetection, loadBalancer])
    if (block !== undefined) for (const leaf of context.unclaimed(block)) context.settled(leaf);
}

/** What the policies of a version cannot say of an external host; nothing of it is compared. */
function accountForExternal(context: Context, policy: EffectivePolicy, { host }: RegistryService): void {
  const { target } = context.settings;
  const { connectionPool, outlierDetection, loadBalancer } = policy;
  const parts = [
    ...(target === '3.0' ? [] : [loadBalancer]),
    ...(target === '2.13'
      ? [outlierDetection, descend(connectionPool, 'tcp', 'maxConnections'), child(connectionPool, 'http')]
      : []),
  ];
  for (const part of parts)
    if (part !== undefined) context.unsupported(part, codes.destinationRule.externalHost, { host });
  for (const part of [connectionPool, outlierDetection, loadBalancer])
    for (const leaf of part === undefined ? [] : context.unclaimed(part))
      context.approximate(leaf, undefined, codes.destinationRule.externalSettings, { host });
}

function accountForTls(context: Context, tls: Field, { host }: RegistryService): void {
  const mode = text(child(tls, 'mode'))?.value ?? 'DISABLE';
  if (mode === 'DISABLE') context.approximate(tls, undefined, codes.destinationRule.plaintext, { host });
  else if (mode !== 'ISTIO_MUTUAL') context.unsupported(tls, codes.destinationRule.tls, { host });
  else {
    for (const [key, field] of entries(tls))
      if (key !== 'mode') context.inert(field, codes.destinationRule.ignored, { field: `tls.${key}` });
    context.settled(child(tls, 'mode'));
  }
}

/** Says that a DestinationRule has its effect on a service. */
export function settleRule(context: Context, resources: readonly Parameters<typeof rootField>[0][]): void {
  for (const resource of resources) {
    const spec = child(rootField(resource), 'spec');
    context.settled(child(spec, 'host'));
    context.settled(child(spec, 'workloadSelector'));
    for (const exported of items(child(spec, 'exportTo'))) context.settled(exported);
  }
}

/** Where routes name subsets, by host and subset. */
function namedSubsets(context: Context): ReadonlyMap<string, readonly Field[]> {
  const found = new Map<string, Field[]>();
  const note = ({ destination: { host, subset } }: { readonly destination: EffectiveDestination }): void => {
    if (subset === undefined) return;
    const key = `${host.host} ${subset.value}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [subset]);
    else known.push(subset);
  };
  for (const { http, tcp, tls } of configOf(context).virtualServices.all) {
    for (const { route, mirrors } of http) {
      route.forEach(note);
      mirrors.forEach(note);
    }
    for (const { route } of tcp) route.forEach(note);
    for (const { route } of tls) route.forEach(note);
  }
  return found;
}

/**
 * What is left of DestinationRules once everything is translated: those that another one hides, hosts that are none of the
 * mesh's, subsets and ports that nothing uses.
 */
export function accountForDestinationRules(context: Context): void {
  const { destinationRules, registry } = configOf(context);
  let named: ReadonlyMap<string, readonly Field[]> | undefined;
  for (const { resources, host, subsets } of destinationRules.all) {
    const spec = child(rootField(resources[0]), 'spec');
    let open = spec === undefined ? [] : context.unclaimed(spec);
    if (spec === undefined || open.length === 0) continue;
    for (const { field, name } of subsets) {
      if (!open.some((leaf) => isWithin(leaf, field))) continue;
      // A route that leads there is written, and was lost.
      named ??= namedSubsets(context);
      const lost = (named.get(`${host.host} ${name}`) ?? []).flatMap(
        (one) => findCode(context.lossOf(one) ?? '') ?? [],
      );
      if (lost[0] === undefined) continue;
      context.claim(field, 'unsupported', lost[0]);
      open = context.unclaimed(spec);
    }
    if (open.length === 0) continue;
    if (host.host.endsWith('.svc.clusterset.local')) {
      context.report(codes.destinationRule.clusterSetHost, { host: host.host }, host);
      for (const field of open) context.claim(field, 'unsupported', codes.destinationRule.clusterSetHost);
      continue;
    }
    const external =
      registry.withHost(host.host).some((one) => one.registry !== 'kubernetes') || host.host.startsWith('*');
    const isUsed = !open.some(({ path }) => path === host.path);
    if (external && !isUsed) {
      context.report(codes.destinationRule.externalHost, { host: host.host }, host);
      for (const field of open) context.claim(field, 'unsupported', codes.destinationRule.externalHost);
      continue;
    }
    const code = isUsed ? codes.destinationRule.unused : codes.destinationRule.ineffective;
    if (isUsed) context.report(codes.destinationRule.unused, { first: open[0]?.path ?? '' }, open[0]);
    else context.report(codes.destinationRule.ineffective, { host: host.host }, host);
    for (const field of open) context.claim(field, 'inert', code);
  }
}
