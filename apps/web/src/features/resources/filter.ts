import type { Outcomes, ResourceRow } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';

export const filterNames = ['q', 'kind', 'namespace', 'outcome', 'findings', 'overrides'] as const;

/** An empty namespace is `default`, as for the API server. */
export const namespaceOf = ({ namespace }: { readonly namespace: string }): string =>
  namespace === '' ? 'default' : namespace;

/** The resources that an address asks for; of several outcomes any one is enough. */
export function filterResources(resources: readonly ResourceRow[], search: Search): readonly ResourceRow[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = [...setOf(search.outcome)] as (keyof Outcomes)[];
  const { kind, namespace, findings, overrides } = search;
  if (words.length === 0 && wanted.length === 0 && !kind && !namespace && !findings && !overrides) return resources;
  return resources.filter((row) => {
    if (kind && row.kind !== kind) return false;
    if (namespace && namespaceOf(row) !== namespace) return false;
    if (findings === 'blocker' && row.findings.blocker === 0) return false;
    if (overrides === 'some' && row.overrides.length === 0) return false;
    if (wanted.length > 0 && !wanted.some((outcome) => row.outcomes[outcome] > 0)) return false;
    const text = `${row.kind} ${namespaceOf(row)}/${row.name} ${row.file}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
