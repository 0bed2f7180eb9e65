import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import { resolveBackend } from './backend-ref.ts';
import type { Catalog } from './catalog.ts';
import type { Destination } from './destination.ts';
import type { EntryIndex } from './entry-index.ts';
import type { Policy } from './policy.ts';
import { listOf, mapOf } from './value.ts';

/** The destinations whose routes name a destination, whoever the client is. */
export type Referrers = (destination: Destination) => readonly Destination[];

/** Everything that a rule refers to: its backends and those of its mirrors. */
function refsOf(rule: Json): JsonObject[] {
  const { backendRefs, filters } = mapOf(mapOf(rule).default);
  const mirrors = listOf(filters).map((filter) => mapOf(mapOf(filter).requestMirror).backendRef);
  return [...listOf(backendRefs), ...mirrors.map((ref) => ref ?? null)].map((ref) => mapOf(ref));
}

/** Finds which destinations have routes to which others, by policies of the kinds that the indexes are of. */
export function readReferrers(
  routes: readonly { readonly policies: readonly Policy[]; readonly index: EntryIndex }[],
  catalog: Catalog,
  version: TargetVersion,
): Referrers {
  const known = new Map<Destination, Set<Destination>>();
  for (const { policies, index } of routes) {
    for (const entry of policies.flatMap(({ to }) => to)) {
      const from = index.aims(entry);
      for (const ref of listOf(entry.item.rules).flatMap(refsOf)) {
        const backend = resolveBackend(ref, entry.policy, catalog, version, () => true);
        if (backend.kind !== 'backend') continue;
        const before = known.get(backend.destination);
        if (before === undefined) known.set(backend.destination, new Set(from));
        else for (const one of from) before.add(one);
      }
    }
  }
  return (destination) => [...(known.get(destination) ?? [])];
}
