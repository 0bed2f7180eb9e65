import type { ClusterSettings, SlowStart } from '@isthmus/behavior';
import { child, type Field, isList, isMap, number, text } from '@isthmus/kubernetes';
import { given, objectField } from '../effective/fields.ts';
import type { MeshSettings } from '../effective/mesh-settings.ts';
import type { RegistryService } from '../effective/registry.ts';
import { protoDuration } from './duration.ts';

type Balancing = Pick<
  ClusterSettings,
  'lbPolicy' | 'leastRequestLbConfig' | 'roundRobinLbConfig' | 'ringHashLbConfig' | 'maglevLbConfig'
>;

function slowStart(balancer: Field | undefined): SlowStart | undefined {
  const warmup = objectField(child(balancer, 'warmup'));
  const window = protoDuration(child(warmup, 'duration'));
  if (warmup !== undefined)
    return {
      ...(window === undefined ? {} : { slowStartWindow: window }),
      aggression: { defaultValue: number(given(warmup, 'aggression'))?.value ?? 1, runtimeKey: '(' },
      minWeightPercent: { value: number(given(warmup, 'minimumPercent'))?.value ?? 10 },
    };
  const deprecated = protoDuration(given(balancer, 'warmupDurationSecs'));
  return deprecated === undefined ? undefined : { slowStartWindow: deprecated };
}

/** A number of the API that is a text where it does not fit a double; 0 counts as unset. */
function size(field: Field | undefined): string | undefined {
  const value = field?.value;
  const written =
    typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' ? `${value}` : '0';
  return written === '0' || written === '' ? undefined : written;
}

function hashing(hash: Field): Balancing {
  const maglev = objectField(child(hash, 'maglev'));
  if (maglev !== undefined) {
    const tableSize = size(child(maglev, 'tableSize'));
    return { lbPolicy: 'MAGLEV', ...(tableSize === undefined ? {} : { maglevLbConfig: { tableSize } }) };
  }
  const ring = objectField(child(hash, 'ringHash'));
  const minimum = size(child(ring ?? hash, 'minimumRingSize')) ?? (ring === undefined ? '1024' : undefined);
  return {
    lbPolicy: 'RING_HASH',
    ...(minimum === undefined ? {} : { ringHashLbConfig: { minimumRingSize: minimum } }),
  };
}

/**
 * The load balancer (istio/pilot/pkg/networking/core/cluster_traffic_policy.go applyLoadBalancer, 1.32): least request where
 * nothing is said; a hash goes before.
 * @param isOriginal connections go to the address that the client dialled, so that nothing is balanced
 */
export function loadBalancing(balancer: Field | undefined, isOriginal: boolean): Balancing {
  if (isOriginal) return { lbPolicy: 'CLUSTER_PROVIDED' };
  const start = slowStart(balancer);
  const config = start && { slowStartConfig: start };
  const simple = text(child(balancer, 'simple'))?.value;
  const hash = objectField(child(balancer, 'consistentHash'));
  if (hash !== undefined) return hashing(hash);
  if (simple === 'RANDOM') return { lbPolicy: 'RANDOM' };
  if (simple === 'ROUND_ROBIN') return { lbPolicy: 'ROUND_ROBIN', ...(config && { roundRobinLbConfig: config }) };
  return { lbPolicy: 'LEAST_REQUEST', ...(config && { leastRequestLbConfig: config }) };
}

const isFilled = (field: Field | undefined): boolean =>
  (isList(field?.value) && field.value.length > 0) || (isMap(field?.value) && Object.keys(field.value).length > 0);

/**
 * Whether endpoints are chosen by locality first (istio/pilot/pkg/networking/core/loadbalancer/loadbalancer.go
 * GetEffectiveLbSetting, ApplyToCluster, 1.32): the rule's setting whole, else the Service's preference, else the mesh's.
 */
export function isLocalityWeighted(
  balancer: Field | undefined,
  service: RegistryService,
  hasOutlierDetection: boolean,
  mesh: MeshSettings,
): boolean {
  const own = objectField(child(balancer, 'localityLbSetting'));
  if (own === undefined && service.trafficDistribution !== undefined) return true;
  const setting = own ?? objectField(child(mesh.config, 'localityLbSetting'));
  if (setting === undefined || child(setting, 'enabled')?.value === false) return false;
  const failover = isFilled(child(setting, 'failover')) || isFilled(child(setting, 'failoverPriority'));
  return isFilled(child(setting, 'distribute')) || (hasOutlierDetection && failover);
}
