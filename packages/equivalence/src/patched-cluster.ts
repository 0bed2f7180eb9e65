import type { ClusterSettings, Destination } from '@isthmus/behavior';
import type { ProxyChange } from '@isthmus/istio';

type Idiom = Extract<ProxyChange['idiom'], { readonly kind: 'cluster' }>;

const isFor = ({ host, port, subset }: Idiom, destination: Destination): boolean =>
  (host === undefined || host === destination.host.toLowerCase()) &&
  (port === undefined || port === destination.port) &&
  (subset === undefined || subset === (destination.subset ?? ''));

const balancers = ['leastRequestLbConfig', 'roundRobinLbConfig', 'ringHashLbConfig', 'maglevLbConfig'] as const;

/**
 * What balances takes the place of what did before, since Envoy has one of them only (envoy, config/cluster/v3/cluster.proto,
 * 1.40: lb_config); where it is the same one their settings are merged.
 */
function withBalancer(before: ClusterSettings, { settings }: Idiom): ClusterSettings {
  const { lbPolicy } = settings;
  if (lbPolicy === undefined) return before;
  const isSame = lbPolicy === before.lbPolicy;
  const patched: Record<string, unknown> = { ...before, lbPolicy };
  const written: Readonly<Record<string, object | undefined>> = settings as object as Record<string, object>;
  for (const name of balancers) {
    const own = { ...(isSame ? before[name] : {}), ...written[name] };
    delete patched[name];
    if (Object.keys(own).length > 0) patched[name] = own;
  }
  return patched as unknown as ClusterSettings;
}

/** The settings of a client's connections to a destination with what changes merge into them, no two of which set the same. */
export function patchedCluster(
  settings: ClusterSettings,
  destination: Destination,
  changes: readonly ProxyChange[],
): ClusterSettings {
  let patched = settings;
  for (const { idiom, words } of changes) {
    if (idiom?.kind !== 'cluster' || !isFor(idiom, destination)) continue;
    const { lbPolicy, connectTimeout, outlierDetection, tcpKeepalive, healthChecks } = idiom.settings;
    // Who calls by addresses has no choice of endpoints; Envoy refuses another balancer there.
    if (lbPolicy !== undefined && settings.type === 'ORIGINAL_DST')
      return { ...settings, unknown: `${words} gives a balancer to what is called by its address` };
    patched = {
      ...withBalancer(patched, idiom),
      ...(connectTimeout === undefined ? {} : { connectTimeout }),
      ...(outlierDetection === undefined
        ? {}
        : { outlierDetection: { ...patched.outlierDetection, ...outlierDetection } }),
      ...(healthChecks === undefined ? {} : { healthChecks: [...(patched.healthChecks ?? []), ...healthChecks] }),
      ...(tcpKeepalive === undefined ? {} : { tcpKeepalive: { ...patched.tcpKeepalive, ...tcpKeepalive } }),
    };
  }
  return patched;
}
