import { formatSort, parseSort, type Sort } from './sort.ts';
import { useAddress } from './use-search.ts';

/** How a table is sorted, and what happens when somebody sorts it otherwise. */
export interface Sorting {
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort | undefined) => void;
}

/** Keeps by what tables are sorted in the address, each under a name of its own. */
export function useSorting(): (name: string, columns: readonly { readonly id: string }[]) => Sorting {
  const [search, change] = useAddress();
  return (name, columns) => ({
    sort: parseSort(
      search[name],
      columns.map(({ id }) => id),
    ),
    onSort: (sort) => change({ [name]: formatSort(sort) }),
  });
}
