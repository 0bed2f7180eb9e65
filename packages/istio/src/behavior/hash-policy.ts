import type { HashPolicy } from '@isthmus/behavior';
import { child, type Field, number, text } from '@isthmus/kubernetes';
import type { EffectiveDestination } from '../effective/destination.ts';
import type { EffectiveDestinationRule } from '../effective/destination-rule.ts';
import { given, objectField } from '../effective/fields.ts';
import { portEntry } from '../effective/traffic-policy.ts';
import { milliseconds } from './duration.ts';

const hashIn = (policy: Field | undefined): Field | undefined =>
  objectField(child(child(policy, 'loadBalancer'), 'consistentHash'));

/**
 * The consistent hash of a service's default route: that of the port's entry, else the top level's, even where the entry has
 * no load balancer (istio/pilot/pkg/networking/core/route/route.go hashForService, 1.32).
 */
export function hashOfService(rule: EffectiveDestinationRule | undefined, port: number): Field | undefined {
  const policy = rule?.trafficPolicy;
  return policy && (hashIn(portEntry(policy, port)) ?? hashIn(policy));
}

/**
 * The consistent hash of a route's destination: the subset's for a port that the destination names, the subset's, the
 * port's, the top level's (route.go HashForHTTPDestination, 1.32).
 */
export function hashOfDestination(
  rule: EffectiveDestinationRule | undefined,
  destination: EffectiveDestination,
): Field | undefined {
  if (rule === undefined) return undefined;
  const port = number(destination.port)?.value;
  const ofPort = (policy: Field | undefined): Field | undefined =>
    port === undefined || policy === undefined ? undefined : hashIn(portEntry(policy, port));
  const subset = rule.subsets.find(({ name }) => name === destination.subset?.value);
  return (
    ofPort(subset?.trafficPolicy) ??
    hashIn(subset?.trafficPolicy) ??
    ofPort(rule.trafficPolicy) ??
    hashIn(rule.trafficPolicy)
  );
}

/** What the hash is made of (route.go ConsistentHashToHashPolicy); undefined where nothing is named. */
export function hashPolicy(hash: Field | undefined): HashPolicy | undefined {
  if (hash === undefined) return undefined;
  const header = text(given(hash, 'httpHeaderName'))?.value;
  if (header !== undefined) return { kind: 'header', name: header };
  const cookie = objectField(child(hash, 'httpCookie'));
  if (cookie !== undefined) {
    const path = text(child(cookie, 'path'))?.value;
    const ttl = milliseconds(child(cookie, 'ttl'));
    return {
      kind: 'cookie',
      name: text(child(cookie, 'name'))?.value ?? '',
      ...(path ? { path } : {}),
      ...(ttl === undefined ? {} : { ttl }),
    };
  }
  if (given(hash, 'useSourceIp')?.value === true) return { kind: 'sourceIp' };
  const query = text(given(hash, 'httpQueryParameterName'))?.value;
  return query === undefined ? undefined : { kind: 'query', name: query };
}
