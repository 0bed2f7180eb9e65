import type { HashPolicy } from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import { millisecondsOf } from './duration.ts';
import type { Refuse } from './refusal.ts';
import { filledOf, listOf, mapOf } from './value.ts';

/** The hash policies of a configuration: its own, or in 2.x those of its load balancer (`getHashPolicies`). */
function policiesOf(conf: JsonObject, version: TargetVersion): Json | undefined {
  if (conf.hashPolicies != null || version === '3.0') return conf.hashPolicies;
  const { type, ringHash, maglev } = mapOf(conf.loadBalancer);
  if (type === 'RingHash') return mapOf(ringHash).hashPolicies;
  return type === 'Maglev' ? mapOf(maglev).hashPolicies : undefined;
}

function specifier(policy: JsonObject): HashPolicy | 'none' | undefined {
  switch (policy.type) {
    case 'Header': {
      const name = filledOf(mapOf(policy.header).name);
      return name === undefined ? undefined : { kind: 'header', name: name.toLowerCase() };
    }
    case 'Cookie': {
      const { name, path, ttl } = mapOf(policy.cookie);
      const milliseconds = millisecondsOf(ttl);
      return {
        kind: 'cookie',
        name: filledOf(name) ?? '',
        ...(filledOf(path) === undefined ? {} : { path: filledOf(path) as string }),
        ...(milliseconds === undefined ? {} : { ttl: milliseconds }),
      };
    }
    case 'Connection':
      return policy.connection == null
        ? undefined
        : mapOf(policy.connection).sourceIP === true
          ? { kind: 'sourceIp' }
          : 'none';
    case 'QueryParameter':
      return { kind: 'query', name: filledOf(mapOf(policy.queryParameter).name) ?? '' };
    case 'FilterState':
      return { kind: 'filterState', key: filledOf(mapOf(policy.filterState).key) ?? '' };
    default:
      return undefined;
  }
}

/**
 * What the choice of an endpoint depends on, by a MeshLoadBalancingStrategy configuration (kuma,
 * meshloadbalancingstrategy/plugin/v1alpha1/plugin.go `hashPolicy`); undefined where it says nothing. The type `SourceIP`
 * is rendered as nothing, which Envoy refuses.
 */
export function hashOf(conf: JsonObject, version: TargetVersion, refuse: Refuse): readonly HashPolicy[] | undefined {
  const policies = policiesOf(conf, version);
  if (policies == null) return undefined;
  return listOf(policies).flatMap((item) => {
    const policy = mapOf(item);
    const found = specifier(policy);
    if (found === undefined) refuse(`a hash policy of type ${String(policy.type)} is rendered empty`);
    if (found === undefined || found === 'none') return [];
    return [policy.terminal === true ? { ...found, terminal: true as const } : found];
  });
}
