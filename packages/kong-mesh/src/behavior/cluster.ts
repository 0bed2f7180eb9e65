import type { ClusterSettings } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import { circuitBreakersOf, outlierDetectionOf, panicThresholdOf } from './circuit-breaker.ts';
import type { ClientView } from './client-view.ts';
import { clusterSection } from './cluster-section.ts';
import type { Destination, DestinationPort } from './destination.ts';
import type { Subject } from './entry-index.ts';
import { asEnvoyCluster, fromEnvoyCluster } from './envoy-cluster.ts';
import { failsTrafficOnPanic, healthCheckOf, healthCheckPanicThreshold } from './health-check.ts';
import { UnfollowedPatch } from './json-patch.ts';
import { loadBalancerOf, weighsLocalities } from './load-balancer.ts';
import { confOf, type Mesh, type OutboundKind } from './mesh.ts';
import { clusterPatches, envoyNames, type Modification, notFollowed, patched } from './proxy-patch.ts';
import { connectTimeout, upstreamTimeouts } from './timeouts.ts';

const clusterKinds: readonly OutboundKind[] = [
  'MeshTimeout',
  'MeshLoadBalancingStrategy',
  'MeshHealthCheck',
  'MeshCircuitBreaker',
];

const timed = (protocol: string, version: TargetVersion): boolean =>
  version === '2.13' || protocol === 'http' || protocol === 'http2';

/** Which HTTP the proxy speaks: HTTP/2 to any sidecar, an external service's own to that. */
function spoken({ kind }: Destination, { protocol }: DestinationPort): NonNullable<ClusterSettings['http']> {
  if (kind !== 'MeshExternalService' || protocol === 'http2' || protocol === 'grpc')
    return { explicitHttpConfig: { http2ProtocolOptions: {} } };
  return protocol === 'http' ? { explicitHttpConfig: { httpProtocolOptions: {} } } : {};
}

/** The parts that several policies write, in the order in which Kuma applies them: balancer, health check, breaker. */
function commonLbConfig(
  strategy: JsonObject,
  healthCheck: JsonObject | undefined,
  breaker: JsonObject,
  version: TargetVersion,
): NonNullable<ClusterSettings['commonLbConfig']> {
  const weighed = weighsLocalities(strategy);
  const panic =
    panicThresholdOf(breaker) ?? (version === '3.0' ? undefined : healthCheckPanicThreshold(healthCheck ?? {}));
  const fails = failsTrafficOnPanic(healthCheck ?? {});
  return {
    ...(panic === undefined ? {} : { healthyPanicThreshold: panic === 0 ? {} : { value: panic } }),
    ...(weighed ? { localityWeightedLbConfig: {} } : {}),
    ...(fails === undefined || weighed ? {} : { zoneAwareLbConfig: fails ? { failTrafficOnPanic: true } : {} }),
  };
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return number > 1;
}

/** Why Envoy does not take a load balancer that admission lets in (routing.md 2.6). */
function refusalOf({
  ringHashLbConfig = {},
  maglevLbConfig = {},
}: ReturnType<typeof loadBalancerOf>): string | undefined {
  const { minimumRingSize = '1024', maximumRingSize = '8388608' } = ringHashLbConfig;
  if (Number(minimumRingSize) > Number(maximumRingSize)) return 'the smallest hash ring is larger than the largest';
  const { tableSize = '65537' } = maglevLbConfig;
  return isPrime(Number(tableSize)) ? undefined : 'the size of the Maglev table is no prime number';
}

/** A cluster after changes; with a reason where the model cannot tell what comes of them. */
function changed(settings: ClusterSettings, patches: readonly Modification[]): ClusterSettings {
  let cluster = asEnvoyCluster(settings);
  for (const patch of patches) {
    try {
      cluster = patched(cluster, patch);
      fromEnvoyCluster(cluster);
    } catch (error) {
      if (error instanceof UnfollowedPatch) return { ...settings, unknown: notFollowed(patch, error.message) };
      throw error;
    }
  }
  return fromEnvoyCluster(cluster);
}

/** How a client's proxy treats its connections to a port: what the policies say, then what MeshProxyPatches change about it. */
export function clusterOf(mesh: Mesh, client: ClientView, dialled: Subject, port: DestinationPort): ClusterSettings {
  const settings = byPolicies(mesh, client, dialled, port);
  const patches = mesh.patchesOf(client);
  // The proxy refuses the cluster whatever is changed about the rest of it.
  if (patches.length === 0 || settings.refused !== undefined) return settings;
  const clusters = envoyNames(dialled.destination, port, mesh.options);
  if (clusters.length === 0) {
    const [first] = clusterPatches(patches, mesh.envoyNames());
    return first === undefined
      ? settings
      : { ...settings, unknown: notFollowed(first, 'the names of Pods are not known') };
  }
  const [own, other] = clusters.map((name) => {
    const applied = clusterPatches(patches, name);
    return applied.length === 0 ? settings : changed(settings, applied);
  });
  const isDivided = other !== undefined && JSON.stringify(own) !== JSON.stringify(other);
  return isDivided
    ? { ...settings, unknown: 'a MeshProxyPatch changes the cluster of a port by its name or by its number only' }
    : (own as ClusterSettings);
}

/** How the policies say that connections are treated (routing.md 2.6, 2.7, 2.9, 2.12). */
function byPolicies(mesh: Mesh, client: ClientView, dialled: Subject, port: DestinationPort): ClusterSettings {
  const { version } = mesh.options;
  const named = clusterKinds.some((kind) => mesh.entries[kind].namesSection(client, dialled));
  const subject = named ? { ...dialled, section: clusterSection(mesh, client, dialled) } : dialled;
  const timeouts = confOf(mesh, 'MeshTimeout', client, subject) ?? {};
  const strategy = confOf(mesh, 'MeshLoadBalancingStrategy', client, subject) ?? {};
  const healthCheck = confOf(mesh, 'MeshHealthCheck', client, subject);
  const breaker = confOf(mesh, 'MeshCircuitBreaker', client, subject) ?? {};
  const balancer = loadBalancerOf(strategy);
  const refused = refusalOf(balancer);
  const outlierDetection = outlierDetectionOf(breaker);
  const check = healthCheck === undefined ? undefined : healthCheckOf(healthCheck, port.protocol, client);
  const common = commonLbConfig(strategy, healthCheck, breaker, version);
  const http = {
    ...(timed(port.protocol, version) ? { commonHttpProtocolOptions: upstreamTimeouts(timeouts) } : {}),
    ...spoken(subject.destination, port),
  };
  return {
    ...balancer,
    ...(refused === undefined ? {} : { refused }),
    connectTimeout: connectTimeout(timeouts),
    circuitBreakers: circuitBreakersOf(breaker),
    ...(outlierDetection === undefined ? {} : { outlierDetection }),
    ...(Object.keys(common).length === 0 ? {} : { commonLbConfig: common }),
    ...(check === undefined ? {} : { healthChecks: [check] }),
    ...(Object.keys(http).length === 0 ? {} : { http }),
  };
}
