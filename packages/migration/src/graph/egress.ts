import {
  child,
  descend,
  effectiveNamespace,
  entries,
  items,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import type { Found } from './edge.ts';
import { type Surroundings, targetsOf } from './surroundings.ts';

const selectorOf = (sidecar: Resource): Record<string, string> =>
  Object.fromEntries(
    entries(descend(rootField(sidecar), 'spec', 'workloadSelector', 'labels')).map(([key, { value }]) => [
      key,
      String(value),
    ]),
  );

/**
 * Hosts that Sidecars import by name: what the workloads that they select may call, and as a rule do. A Sidecar for a
 * whole namespace says so of each of its services among others; wildcards, and the root namespace's Sidecar, say nothing
 * of any one.
 */
export function* egressEvidence(around: Surroundings): Generator<Found> {
  const sidecars = around.estate.istio.filter(
    ({ kind, group }) => kind === 'Sidecar' && group === 'networking.istio.io',
  );
  // Their own Sidecar takes the place of the namespace's.
  const withOwn = new Set(
    sidecars.flatMap((resource) => {
      const labels = selectorOf(resource);
      return Object.keys(labels).length === 0 ? [] : around.selected(effectiveNamespace(resource), labels);
    }),
  );
  for (const resource of sidecars) {
    const spec = descend(rootField(resource), 'spec');
    const namespace = effectiveNamespace(resource);
    const labels = selectorOf(resource);
    const isForAll = Object.keys(labels).length === 0;
    if (isForAll && namespace === around.trust.rootNamespace) continue;
    const clients = around.selected(namespace, labels).filter((id) => !isForAll || !withOwn.has(id));
    const confidence = isForAll && clients.length > 1 ? 0.4 : 0.7;
    for (const listener of items(child(spec, 'egress')))
      for (const item of items(child(listener, 'hosts'))) {
        const [owner = '', host, ...rest] = (text(item)?.value ?? '').split('/');
        if (host === undefined || rest.length > 0 || owner.startsWith('~') || host.includes('*')) continue;
        const evidence = { kind: 'egress', confidence, detail: `imports ${host}`, resource, path: item.path } as const;
        for (const target of targetsOf(around, host, owner === '.' || owner === '*' ? namespace : owner))
          for (const from of clients) yield { ...target, from, evidence };
      }
  }
}
