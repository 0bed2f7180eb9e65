import {
  child,
  effectiveNamespace,
  entries,
  type Field,
  items,
  type LabelRequirement,
  type LabelSelector,
  matchesSelector,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import type { Facts } from '../facts.ts';
import type { Pod } from '../pods.ts';

/** A NetworkPolicy with the pods of the estate that it is for. */
export interface NetworkPolicy {
  readonly resource: Resource;
  readonly spec: Field | undefined;
  readonly pods: readonly Pod[];
  readonly directions: ReadonlySet<string>;
}

/** A label selector as written. */
export function selectorOf(field: Field | undefined): LabelSelector {
  const matchExpressions = items(child(field, 'matchExpressions')).flatMap((one): LabelRequirement[] => {
    const key = text(child(one, 'key'))?.value;
    const operator = text(child(one, 'operator'))?.value as LabelRequirement['operator'] | undefined;
    if (key === undefined || operator === undefined) return [];
    return [{ key, operator, values: items(child(one, 'values')).flatMap((value) => text(value)?.value ?? []) }];
  });
  const labels = entries(child(field, 'matchLabels')).map(([key, { value }]) => [key, String(value)] as const);
  return { matchLabels: Object.fromEntries(labels), matchExpressions };
}

/** The NetworkPolicies of an estate. Without `policyTypes` a policy is for ingress, and for egress where it has rules for it (k8s.io/api/networking/v1). */
export function networkPolicies(facts: Facts): NetworkPolicy[] {
  return facts.ofKind('networking.k8s.io', 'NetworkPolicy').map((resource) => {
    const spec = child(rootField(resource), 'spec');
    const types = items(child(spec, 'policyTypes')).flatMap((item) => text(item)?.value ?? []);
    const guessed = ['Ingress', ...(child(spec, 'egress') === undefined ? [] : ['Egress'])];
    const selector = selectorOf(child(spec, 'podSelector'));
    const namespace = effectiveNamespace(resource);
    return {
      resource,
      spec,
      directions: new Set(types.length > 0 ? types : guessed),
      pods: facts.select(namespace, {}).filter(({ labels }) => matchesSelector(selector, labels)),
    };
  });
}

/** Whether a rule allows a TCP port: any without `ports`, else by number or range. */
export function allowsPort(rule: Field, port: number): boolean {
  const ports = items(child(rule, 'ports'));
  return (
    ports.length === 0 ||
    ports.some((one) => {
      const first = child(one, 'port');
      const last = number(child(one, 'endPort'))?.value;
      if ((text(child(one, 'protocol'))?.value ?? 'TCP') !== 'TCP') return false;
      if (typeof first?.value !== 'number') return first === undefined;
      return first.value === port || (last !== undefined && first.value <= port && port <= last);
    })
  );
}
