import { useDeferredValue, useMemo } from 'react';
import { type Entry, find, type Source } from './find.ts';

/** What a search field shows below itself. */
export interface Found<E extends Entry> {
  /** As many as are shown, of the query that was asked when there was last time to look. */
  readonly shown: readonly E[];
  /** The one at a place among those of the query as it stands, however fast it was typed: what Enter chooses. */
  readonly at: (place: number) => E | undefined;
}

/** Searches while somebody types, without holding up the typing. */
export function useFound<E extends Entry>(sources: readonly Source<E>[], query: string, most: number): Found<E> {
  const asked = useDeferredValue(query);
  const shown = useMemo(() => find(sources, asked, most), [sources, asked, most]);
  return { shown, at: (place) => (query === asked ? shown : find(sources, query, most))[place] };
}
