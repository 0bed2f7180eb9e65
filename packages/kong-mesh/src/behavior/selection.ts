import { matchesLabels } from '@isthmus/kubernetes';
import type { ClientView } from './client-view.ts';
import { label } from './labels.ts';
import type { Policy } from './policy.ts';
import type { TargetRef } from './target-ref.ts';

/** Kinds of `targetRef` that select proxies by the tags of their inbounds; gone in 3.0. */
function tagsOf({ kind, name, tags = {} }: TargetRef): Readonly<Record<string, string>> | undefined {
  if (kind === 'MeshSubset') return tags;
  if (kind === 'MeshService' && name !== undefined) return { [label.service]: name };
  if (kind === 'MeshServiceSubset' && name !== undefined) return { ...tags, [label.service]: name };
  return undefined;
}

function selectsDataplane({ labels, name, namespace }: TargetRef, { home }: Policy, client: ClientView): boolean {
  if (labels !== undefined) return matchesLabels(labels, client.labels);
  if (name === undefined) return namespace === undefined;
  return client.labels[label.displayName] === name && client.namespace === (namespace ?? home);
}

/** An inbound as policies select it. */
interface SelectedInbound {
  readonly section: string;
  readonly tags: Readonly<Record<string, string>>;
}

function selectsByTarget(policy: Policy, client: ClientView): boolean {
  const { topLevel } = policy;
  // Any kind of gateway is one, a delegated one too (kuma, core/matchers/dataplane.go resolveDataplaneProxyType, 2.14).
  if (topLevel.proxyTypes !== undefined && !topLevel.proxyTypes.includes(client.proxyType)) return false;
  if (topLevel.kind === 'Mesh') return true;
  if (topLevel.kind === 'Dataplane') return selectsDataplane(topLevel, policy, client);
  const tags = tagsOf(topLevel);
  return tags !== undefined && client.inbounds.some((inbound) => matchesLabels(tags, inbound));
}

/**
 * Whether a policy applies to the proxies of a group of workloads (kuma, pkg/plugins/policies/core/matchers/dataplane.go
 * `DppSelectedByPolicy`): its zone, its namespace and its `targetRef` have to allow it.
 */
export function selects(policy: Policy, client: ClientView): boolean {
  const { role, origin, zone, home } = policy;
  if (role !== 'producer' && origin === 'zone' && zone !== '' && zone !== client.zone) return false;
  if ((role === 'consumer' || role === 'workload-owner') && home !== client.namespace) return false;
  return selectsByTarget(policy, client);
}

/** Whether a policy applies to one inbound of a group of workloads: by its section, or by its tags for the older kinds. */
export function selectsInbound(policy: Policy, view: ClientView, { section, tags }: SelectedInbound): boolean {
  const { kind, sectionName } = policy.topLevel;
  if (kind === 'Dataplane' && sectionName !== undefined && sectionName !== section) return false;
  return selects(policy, { ...view, inbounds: [tags] });
}

/** Entries of policies, found by the group of workloads that they may apply to. */
export interface SelectionIndex<T> {
  readonly everywhere: readonly T[];
  readonly byNamespace: ReadonlyMap<string, readonly T[]>;
  readonly byLabel: ReadonlyMap<string, readonly T[]>;
}

/** Indexes entries by what of their policy's scope is cheapest to look up. */
export function indexBySelection<T>(entries: readonly T[], policyOf: (entry: T) => Policy): SelectionIndex<T> {
  const everywhere: T[] = [];
  const byNamespace = new Map<string, T[]>();
  const byLabel = new Map<string, T[]>();
  const add = (map: Map<string, T[]>, key: string, entry: T): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [entry]);
    else list.push(entry);
  };
  for (const entry of entries) {
    const { role, home, topLevel } = policyOf(entry);
    const labels = topLevel.kind === 'Dataplane' ? Object.entries(topLevel.labels ?? {}) : [];
    const [key, value] = labels.find(([name]) => name !== label.namespace) ?? labels[0] ?? [];
    if (role === 'consumer' || role === 'workload-owner') add(byNamespace, home, entry);
    else if (key !== undefined) add(byLabel, `${key}=${value}`, entry);
    else everywhere.push(entry);
  }
  return { everywhere, byNamespace, byLabel };
}

/** The entries whose policies may apply to a group, in no particular order; no other applies. */
export function candidates<T>({ everywhere, byNamespace, byLabel }: SelectionIndex<T>, client: ClientView): T[] {
  const found = [everywhere, byNamespace.get(client.namespace) ?? []];
  for (const [key, value] of Object.entries(client.labels)) found.push(byLabel.get(`${key}=${value}`) ?? []);
  return found.flat();
}

/** The entries whose policies apply to a group, in no particular order. */
export const selected = <T>(index: SelectionIndex<T>, policyOf: (entry: T) => Policy, client: ClientView): T[] =>
  candidates(index, client).filter((entry) => selects(policyOf(entry), client));
