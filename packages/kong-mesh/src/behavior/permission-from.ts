import type { JsonObject } from '@isthmus/kubernetes';
import { label } from './labels.ts';
import type { Policy } from './policy.ts';
import { filledOf, listOf, mapOf, textsOf } from './value.ts';

// The older `from` of MeshTrafficPermission: clients are described by tags, and every combination of the tags that policies
// mention gets an action of its own (kuma, pkg/plugins/policies/core/rules/rules.go `BuildRules`, docs/madr/decisions/007).

interface Tag {
  readonly key: string;
  readonly value: string;
  readonly not: boolean;
}

/** Clients that have all of these tags, and none of those that are negated. */
type Subset = readonly Tag[];

interface Item {
  readonly subset: Subset;
  readonly action: string | undefined;
}

const tag = (key: string, value: string): Tag => ({ key, value, not: false });
const tagsOf = (tags: Readonly<Record<string, string>> = {}): Tag[] =>
  Object.entries(tags).map(([key, value]) => tag(key, value));

function subsetOf(ref: JsonObject): Subset | undefined {
  const name = filledOf(ref.name) ?? '';
  switch (ref.kind) {
    case 'Mesh':
      return [];
    case 'MeshSubset':
      return tagsOf(textsOf(ref.tags));
    case 'MeshService':
      return [tag(label.service, name)];
    case 'MeshServiceSubset':
      return [tag(label.service, name), ...tagsOf(textsOf(ref.tags))];
    default:
      return undefined;
  }
}

const intersects = (a: Subset, b: Subset): boolean =>
  a.every((one) => b.every((other) => one.key !== other.key || one.value === other.value));

/** Whether a combination of tags lies within a subset without negations. */
const contains = (subset: Subset, combination: Subset): boolean =>
  subset.every((one) => {
    const same = combination.filter(({ key }) => key === one.key);
    return same.length > 0 && same.every(({ value, not }) => !not && value === one.value);
  });

/** The largest sets of subsets of which every two intersect (Bron and Kerbosch). */
function cliques(subsets: readonly Subset[]): number[][] {
  const neighbours = subsets.map(
    (a, i) => new Set(subsets.flatMap((b, j) => (i !== j && intersects(a, b) ? [j] : []))),
  );
  const found: number[][] = [];
  const extend = (clique: number[], candidates: number[], excluded: number[]): void => {
    if (candidates.length === 0 && excluded.length === 0) found.push(clique);
    const left = [...candidates];
    const done = [...excluded];
    for (const node of candidates) {
      const near = neighbours[node] as Set<number>;
      extend(
        [...clique, node],
        left.filter((one) => near.has(one)),
        done.filter((one) => near.has(one)),
      );
      left.splice(left.indexOf(node), 1);
      done.push(node);
    }
  };
  extend(
    [],
    subsets.map((_, index) => index),
    [],
  );
  return found;
}

/** Each way of giving every key one of its values, or none of them. */
function combinations(tags: readonly Tag[]): Subset[] {
  const values = new Map<string, Set<string>>();
  for (const { key, value } of tags) values.set(key, (values.get(key) ?? new Set()).add(value));
  return [...values].reduce<Subset[]>(
    (result, [key, set]) =>
      result.flatMap((subset) => [
        ...[...set].map((value) => [...subset, { key, value, not: false }]),
        [...subset, ...[...set].map((value) => ({ key, value, not: true }))],
      ]),
    [[]],
  );
}

/**
 * The combinations of clients that are let in by the `from` of policies, given weakest first. A client is let in by any one
 * of them; an action that allows with a shadow denial lets in too.
 */
export function allowedSubsets(policies: readonly Policy[]): Subset[] {
  const items = policies
    .flatMap(({ spec }) => listOf(spec.from))
    .flatMap((item): Item[] => {
      const { targetRef, default: conf } = mapOf(item);
      const subset = subsetOf(mapOf(targetRef));
      return subset === undefined ? [] : [{ subset, action: filledOf(mapOf(conf).action) }];
    });
  const actionFor = (combination: Subset): string | undefined =>
    items.findLast(({ subset, action }) => action !== undefined && contains(subset, combination))?.action;
  return cliques(items.map(({ subset }) => subset))
    .flatMap((clique) => combinations(clique.flatMap((index) => items[index]?.subset ?? [])))
    .filter((combination) => ['Allow', 'AllowWithShadowDeny'].includes(actionFor(combination) ?? ''));
}

/** Whether a certificate's URIs are those of a client in a subset (kuma, meshtrafficpermission/xds/legacy_rbac_configurer.go). */
export const matchesSubset = (subset: Subset, uris: readonly string[], mesh: string): boolean =>
  subset.every(({ key, value, not }) => {
    const uri = key === label.service ? `spiffe://${mesh}/${value}` : `kuma://${key}/${value}`;
    return uris.includes(uri) !== not;
  });
