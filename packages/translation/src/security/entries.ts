import type { PathMatch, PathSet } from '@isthmus/istio';
import type { Context } from '../context.ts';
import type { Field } from '../field.ts';
import type { Domain } from './view.ts';

/** Identities of one trust domain that a permission names, with the source fields that named them. */
export interface Entry {
  readonly domain: Domain;
  readonly match: PathMatch;
  readonly origins: readonly Field[];
}

/** The identities of a set as entries of a trust domain. */
export function entriesOf(domain: Domain, set: PathSet, origins: readonly Field[]): Entry[] {
  return set.map((match) => ({ domain, match, origins }));
}

/**
 * The text of a SPIFFE ID or of a prefix of some. A prefix is a plain prefix of the text and may not end in a slash, so
 * that a namespace is closed by `/sa`, which every ID goes on with, and a trust domain by `/ns` (kuma,
 * meshtrafficpermission validator, 2.14; verified by running: `spiffe://td/ns/foo` also matches namespace `foobar`).
 */
function spiffeOf(domain: string, { path }: PathMatch): string {
  if (path === '/ns/') return `spiffe://${domain}/ns`;
  return `spiffe://${domain}${path.endsWith('/') ? `${path}sa` : path}`;
}

/** The matches of a permission for some entries, each once; sorted by their order. */
export function matchesOf(context: Context, entries: readonly Entry[]): object[] {
  const byText = new Map<string, { type: string; value: string; origins: Field[] }>();
  for (const { domain, match, origins } of entries) {
    const type = match.exact ? 'Exact' : 'Prefix';
    const value = spiffeOf(domain.target, match);
    const known = byText.get(`${type} ${value}`);
    if (known === undefined) byText.set(`${type} ${value}`, { type, value, origins: [...origins] });
    else
      for (const origin of origins)
        if (!known.origins.some(({ path }) => path === origin.path)) known.origins.push(origin);
  }
  return [...byText.values()].map(({ type, value, origins }) => ({
    spiffeID: { type, value: origins.length === 0 ? value : context.derived(origins, value) },
  }));
}
