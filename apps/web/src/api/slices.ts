import { queryOptions } from '@tanstack/react-query';
import { queryClient } from './queries.ts';

/** A part of what the server computes bit by bit: its rows begin where the ones before end. */
interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly next: number;
  readonly complete: boolean;
}

/**
 * A view that the server computes some more of with every request: what is there already is shown while the rest comes.
 * @param load asks for the slice that begins at a row
 */
export const slicesQuery = <Row, S extends Slice<Row>>(
  queryKey: readonly unknown[],
  load: (from: number, signal: AbortSignal) => Promise<S>,
) =>
  queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<Omit<S, 'next'>> => {
      let rows: readonly Row[] = [];
      for (;;) {
        const { next: _, ...slice } = await load(rows.length, signal);
        rows = [...rows, ...slice.rows];
        const soFar = { ...slice, rows: [...rows] };
        if (soFar.complete) return soFar as Omit<S, 'next'>;
        queryClient.setQueryData(queryKey, soFar);
      }
    },
    structuralSharing: false,
  });

/**
 * Keeps what is known of a migration in sight while the same view of another of its states is on its way: filters stay,
 * and the focus with them. Rows of the one before must not be shown meanwhile.
 */
export const keptOf =
  (id: string) =>
  <Data>(before: Data | undefined, query: { readonly queryKey: readonly unknown[] } | undefined): Data | undefined =>
    query?.queryKey[1] === id ? before : undefined;
