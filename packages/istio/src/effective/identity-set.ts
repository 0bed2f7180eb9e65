/**
 * Sets of workload identities within one trust domain, by the path of the SPIFFE ID. Every ID of a mesh has the path
 * `/ns/<namespace>/sa/<account>`, and sets are unions of single paths and of prefixes of paths.
 */
export interface PathMatch {
  readonly exact: boolean;
  readonly path: string;
}

export type PathSet = readonly PathMatch[];

/** Every identity. */
export const everyone: PathSet = [{ exact: false, path: '/ns/' }];

const segment = '[A-Za-z0-9._-]+';
const whole = new RegExp(`^/ns/${segment}/sa/${segment}$`);
const partialNamespace = new RegExp(`^/ns/${segment}$`);
const namespaceOnly = new RegExp(`^(/ns/${segment}/)(?:s|sa|sa/)?$`);
const partialAccount = new RegExp(`^/ns/${segment}/sa/${segment}$`);

/** The identities whose path starts with a text, in the shortest form; empty where no identity's can. */
export function withPrefix(path: string): PathSet {
  if ('/ns/'.startsWith(path)) return everyone;
  const namespace = namespaceOnly.exec(path)?.[1];
  if (namespace !== undefined) return [{ exact: false, path: namespace }];
  return partialNamespace.test(path) || partialAccount.test(path) ? [{ exact: false, path }] : [];
}

/** The identity with a path; empty where no identity has it. */
export function withPath(path: string): PathSet {
  return whole.test(path) ? [{ exact: true, path }] : [];
}

const covers = (outer: PathMatch, inner: PathMatch): boolean =>
  outer.exact ? inner.exact && inner.path === outer.path : inner.path.startsWith(outer.path);

const byPath = (a: PathMatch, b: PathMatch): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : Number(b.exact) - Number(a.exact);

/** The identities of any of the sets, without those that another match holds already; sorted by path. */
export function union(...sets: readonly PathSet[]): PathSet {
  const all = sets.flat();
  return all
    .filter(
      (one, index) =>
        !all.some((other, at) => at !== index && covers(other, one) && (!covers(one, other) || at < index)),
    )
    .sort(byPath);
}

/** The identities of both sets. */
export function intersection(a: PathSet, b: PathSet): PathSet {
  return union(
    a.flatMap((left) => b.flatMap((right) => (covers(left, right) ? [right] : covers(right, left) ? [left] : []))),
  );
}

/**
 * The identities of one set without those of another: `rest` less `holes`, where each hole lies within a prefix of the
 * rest (prefixes have no other way to leave something out).
 */
export function without(set: PathSet, excluded: PathSet): { rest: PathSet; holes: PathSet } {
  const rest = set.filter((one) => !excluded.some((other) => covers(other, one)));
  const holes = union(excluded.filter((other) => rest.some((one) => covers(one, other))));
  return { rest, holes };
}

/** Whether every identity of a set is in another. */
export function isWithin(set: PathSet, outer: PathSet): boolean {
  return set.every((one) => outer.some((other) => covers(other, one)));
}
