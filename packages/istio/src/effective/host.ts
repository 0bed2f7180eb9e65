/** Whether a host stands for several: `*`, `*.shop.svc.cluster.local`. */
export const isWildcard = (host: string): boolean => host.startsWith('*');

/**
 * A host as it is compared: names without a dot are completed with the namespace of the resource that uses them, all others
 * stay as written, so that `reviews.shop` names no Service (istio/pilot/pkg/model/config.go ResolveShortnameToFQDN, 1.32).
 */
export function resolveHost(host: string, namespace: string, clusterDomain: string): string {
  if (host === '' || host === '*' || host.includes('.') || host.includes(':')) return host;
  return `${host}.${namespace}.svc.${clusterDomain}`;
}

/** Whether two hosts have a name in common, either of them a wildcard (istio/pkg/config/host/name.go Matches, 1.32). */
export function hostsOverlap(a: string, b: string): boolean {
  if (isWildcard(a) && isWildcard(b))
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  if (isWildcard(a)) return b.endsWith(a.slice(1));
  if (isWildcard(b)) return a.endsWith(b.slice(1));
  return a === b;
}

/** Whether every name of the first host is one of the second (istio/pkg/config/host/name.go SubsetOf, 1.32). */
export function isWithin(host: string, outer: string): boolean {
  if (!isWildcard(outer)) return host === outer;
  if (!isWildcard(host)) return host.endsWith(outer.slice(1));
  return host.length >= outer.length && host.slice(1).endsWith(outer.slice(1));
}

/** Values by host, wildcards apart. */
export interface HostMap<V> {
  readonly exact: Map<string, V>;
  readonly wildcard: Map<string, V>;
}

export function createHostMap<V>(): HostMap<V> {
  return { exact: new Map(), wildcard: new Map() };
}

/** The part of a map that a host belongs to. */
export function partFor<V>(map: HostMap<V>, host: string): Map<string, V> {
  return isWildcard(host) ? map.wildcard : map.exact;
}

/** The value of a host itself, else of the longest wildcard that has it (istio/pilot/pkg/model/config.go MostSpecificHostMatch, 1.32). */
export function mostSpecific<V>(map: HostMap<V>, host: string): V | undefined {
  const own = partFor(map, host).get(host);
  if (own !== undefined || map.wildcard.size === 0) return own;
  const [longest] = wildcardsWith(map, host);
  return longest === undefined ? undefined : map.wildcard.get(longest);
}

/** Every value whose host has a name in common with the given one, which is no wildcard: its own, then wildcards, the longest first. */
export function everyMatch<V>(map: HostMap<V>, host: string): V[] {
  return everyMatchOf(map, [host]);
}

/** The same for several hosts, one after the other. */
export function everyMatchOf<V>(map: HostMap<V>, hosts: Iterable<string>): V[] {
  const found: V[] = [];
  if (map.exact.size === 0 && map.wildcard.size === 0) return found;
  for (const host of hosts) {
    const own = map.exact.get(host);
    if (own !== undefined) found.push(own);
    if (map.wildcard.size > 0)
      for (const wildcard of wildcardsWith(map, host)) found.push(map.wildcard.get(wildcard) as V);
  }
  return found;
}

/** The wildcards of a map that have a host, the longest first: of few each is looked at, of many each that there could be. */
function wildcardsWith<V>({ wildcard }: HostMap<V>, host: string): string[] {
  if (wildcard.size > host.length) return [...wildcardsOver(host)].filter((one) => wildcard.has(one));
  const found: string[] = [];
  const name = isWildcard(host) ? host.slice(1) : host;
  for (const one of wildcard.keys()) if (name.endsWith(one.slice(1))) found.push(one);
  return found.sort((a, b) => b.length - a.length);
}

/** Every wildcard that has a host, the longest first. */
export function* wildcardsOver(host: string): Generator<string> {
  const name = isWildcard(host) ? host.slice(1) : host;
  for (let start = 0; start <= name.length; start++) yield `*${name.slice(start)}`;
}
