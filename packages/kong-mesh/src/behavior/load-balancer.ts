import type { ClusterSettings } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { decimalOf, listOf, mapOf, numberOf } from './value.ts';

type Balancer = Pick<ClusterSettings, 'lbPolicy' | 'leastRequestLbConfig' | 'ringHashLbConfig' | 'maglevLbConfig'>;

/** A 64-bit number as proto JSON writes it. */
const wide = (value: number): string => String(value);

function leastRequest(settings: JsonObject): Balancer {
  const choices = numberOf(settings.choiceCount);
  const bias = decimalOf(settings.activeRequestBias);
  return {
    lbPolicy: 'LEAST_REQUEST',
    leastRequestLbConfig: {
      ...(choices === undefined ? {} : { choiceCount: choices }),
      ...(bias === undefined ? {} : { activeRequestBias: bias }),
    },
  };
}

function ringHash(settings: JsonObject): Balancer {
  const least = numberOf(settings.minRingSize);
  const most = numberOf(settings.maxRingSize);
  return {
    lbPolicy: 'RING_HASH',
    ringHashLbConfig: {
      ...(least === undefined ? {} : { minimumRingSize: wide(least) }),
      ...(most === undefined ? {} : { maximumRingSize: wide(most) }),
      // XXHash is Envoy's default, which proto JSON leaves out.
      ...(settings.hashFunction === 'MurmurHash2' ? { hashFunction: 'MURMUR_HASH_2' } : {}),
    },
  };
}

function maglev(settings: JsonObject): Balancer {
  const size = numberOf(settings.tableSize);
  return { lbPolicy: 'MAGLEV', maglevLbConfig: size === undefined ? {} : { tableSize: wide(size) } };
}

/**
 * The load balancer of a MeshLoadBalancingStrategy configuration (kuma, meshloadbalancingstrategy/plugin/v1alpha1/plugin.go
 * `loadBalancerConfigurer`); round robin where it names none.
 */
export function loadBalancerOf(conf: JsonObject): Balancer {
  const { type, ...settings } = mapOf(conf.loadBalancer);
  switch (type) {
    case 'LeastRequest':
      return settings.leastRequest == null ? { lbPolicy: 'LEAST_REQUEST' } : leastRequest(mapOf(settings.leastRequest));
    case 'RingHash':
      return settings.ringHash == null ? { lbPolicy: 'RING_HASH' } : ringHash(mapOf(settings.ringHash));
    case 'Maglev':
      return settings.maglev == null ? { lbPolicy: 'MAGLEV' } : maglev(mapOf(settings.maglev));
    case 'Random':
      return { lbPolicy: 'RANDOM' };
    default:
      return { lbPolicy: 'ROUND_ROBIN' };
  }
}

/** Whether a configuration weighs the places of endpoints, which it does even where locality awareness is disabled. */
export const weighsLocalities = (conf: JsonObject): boolean =>
  listOf(mapOf(mapOf(conf.localityAwareness).localZone).affinityTags).length > 0;
