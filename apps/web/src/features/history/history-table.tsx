import type { HistoryEntry } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { exactly, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { Ago } from '../../ui/time.tsx';
import { useSorting } from '../../ui/use-sorting.ts';
import classes from './history-table.module.css';
import { sentenceOf } from './sentences.ts';

const pageSize = 200;

const columnsFor = (migration: string, withSubject: boolean): readonly Column<HistoryEntry>[] => [
  {
    id: 'at',
    title: 'When',
    width: [112, 0],
    value: ({ sequence }) => sequence,
    cell: ({ at }) => <Ago at={at} />,
  },
  {
    id: 'by',
    title: 'Who',
    width: [200, 1],
    value: ({ by }) => by,
    cell: ({ by, verified }) => (
      <span title={verified ? by : `${by}: a self-chosen name that nobody verified`}>
        {by}
        {!verified && <span className="muted"> (unverified)</span>}
      </span>
    ),
  },
  ...(withSubject
    ? [
        {
          id: 'subject',
          title: 'What',
          width: [160, 2],
          value: ({ subject }: HistoryEntry) => subject,
          cell: ({ subject }: HistoryEntry) => {
            const slash = subject.indexOf('/');
            return slash < 0 ? (
              subject
            ) : (
              <RowLink
                href={hrefOf`/migrations/${migration}/services/${subject.slice(0, slash)}/${subject.slice(slash + 1)}`}
              >
                {subject}
              </RowLink>
            );
          },
        } satisfies Column<HistoryEntry>,
      ]
    : []),
  {
    id: 'change',
    title: 'Change',
    width: [280, 4],
    value: (entry) => sentenceOf(entry),
    cell: (entry) => <span title={`${exactly(entry.at)}: ${sentenceOf(entry)}`}>{sentenceOf(entry)}</span>,
  },
];

/** Who changed what and when, newest first; older entries are fetched when they are asked for. */
export function HistoryTable(props: { migration: string; subject?: string; isFilling?: boolean }) {
  const { migration, subject, isFilling = false } = props;
  const history = useInfiniteQuery({
    queryKey: keys.history(migration, subject),
    queryFn: ({ pageParam, signal }) =>
      call(
        'GET /migrations/:id/history',
        {
          params: { id: migration },
          query: {
            limit: pageSize,
            ...(subject === undefined ? {} : { subject }),
            ...(pageParam === null ? {} : { before: pageParam }),
          },
        },
        signal,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  const sorting = useSorting();
  const columns = useMemo(() => columnsFor(migration, subject === undefined), [migration, subject]);
  const rows = useMemo(() => history.data?.pages.flatMap(({ entries }) => entries) ?? [], [history.data]);
  if (history.error !== null && history.data === undefined)
    return (
      <div className={classes.more} role="alert">
        <p>{history.error.message}</p>
        <Button variant="default" onClick={() => void history.refetch()}>
          Try again
        </Button>
      </div>
    );
  return (
    <>
      <DataTable
        label="History"
        columns={columns}
        rows={rows}
        rowId={({ sequence }) => String(sequence)}
        {...sorting('history', columns)}
        isFilling={isFilling}
        empty={history.isPending ? 'Loading …' : 'Nothing was changed yet.'}
      />
      {history.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            Show older entries
          </Button>
          <span className="muted">The newest {whole(rows.length)} are shown.</span>
        </div>
      )}
    </>
  );
}
