import type { BehaviourRow } from '@isthmus/contract';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { migrationQuery } from '../../api/queries.ts';
import { keptOf } from '../../api/slices.ts';
import { PageError } from '../../frame/page-error.tsx';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Panes } from '../../ui/panes.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import shared from '../../ui/verdicts.module.css';
import { Detail } from './detail.tsx';
import { behaviourQuery } from './queries.ts';
import {
  answerOf,
  aspects,
  byUrgency,
  countsOf,
  filterable,
  filterNames,
  filterRows,
  isUnpredicted,
  worstOf,
} from './rows.ts';
import { VerdictLabel } from './verdict.tsx';

const order = { differs: 0, undecided: 1, accepted: 2, same: 3 } as const;

/** What the row's worse aspect says, in a line. */
const sentenceOf = ({ routing, resilience }: BehaviourRow): string =>
  order[routing.verdict] <= order[resilience.verdict] ? routing.sentence : resilience.sentence;

// No line of a table is longer, and what is drawn while rows fly by is kept small.
const mostShown = 200;

const columns: readonly Column<BehaviourRow>[] = [
  {
    id: 'service',
    title: 'Service',
    width: [200, 2],
    value: ({ service }) => service,
    cell: ({ service }) => <span title={service}>{service}</span>,
  },
  ...aspects.map(
    (aspect): Column<BehaviourRow> => ({
      id: aspect,
      title: aspect === 'routing' ? 'Routing' : 'Resilience',
      width: [112, 0],
      value: (row) => order[row[aspect].verdict],
      cell: (row) => <VerdictLabel verdict={row[aspect].verdict} />,
    }),
  ),
  {
    id: 'foretold',
    title: 'Foretold',
    width: [112, 0],
    value: (row) => (isUnpredicted(row) ? 0 : 1),
    cell: (row) =>
      isUnpredicted(row) ? (
        <VerdictLabel verdict="unpredicted" />
      ) : (
        <span className="muted">{worstOf(row) === 'same' ? '–' : 'yes'}</span>
      ),
  },
  {
    id: 'what',
    title: 'What was found',
    width: [320, 5],
    value: sentenceOf,
    cell: (row) => <span>{sentenceOf(row).slice(0, mostShown).replaceAll('`', '')}</span>,
  },
];

/** Whether traffic will behave the same, service by service. */
export function BehaviourPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const [search] = useAddress();
  const { cluster } = search;
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...behaviourQuery(id, cluster),
    placeholderData: keptOf(id),
  });
  const sorting = useSorting();
  const [cursor, setCursor] = useLooseSearch('service');
  const all = useMemo(() => byUrgency(isPlaceholderData ? [] : (data?.rows ?? [])), [data, isPlaceholderData]);
  const { q, verdict, aspect, namespace } = search;
  const wanted = useMemo(() => ({ q, verdict, aspect, namespace }), [q, verdict, aspect, namespace]);
  const deferred = useDeferredValue(wanted);
  const rows = useMemo(() => filterRows(all, deferred), [all, deferred]);
  const counts = useMemo(() => countsOf(all, aspect), [all, aspect]);
  const namespaces = useMemo(
    () => [...new Set(all.map(({ service }) => service.slice(0, service.indexOf('/'))))].sort(),
    [all],
  );
  // A failure while the rest was coming: what is there stays, and nothing more comes by itself.
  if (error !== null && data === undefined) return <PageError error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading what="what both meshes do with requests" />;
  const { complete, verified, services, clusters } = data;
  return (
    <Page
      title="Behaviour"
      of={migration.name}
      isFilling
      answer={isPlaceholderData ? 'Comparing …' : answerOf(data, cluster)}
    >
      {!complete && !isPlaceholderData && (
        <div className={shared.progress}>
          <progress value={verified} max={services} aria-label="Services compared" />
          <span role="status">
            {error === null
              ? `${whole(verified)} of ${count(services, 'service')} compared`
              : `The comparison stopped after ${whole(verified)} of ${count(services, 'service')}: ${error.message}`}
          </span>
        </div>
      )}
      <Filters summary={`${whole(rows.length)} of ${count(all.length, 'service')}`}>
        <TextFilter label="Filter by text" />
        {clusters.length > 0 && (
          <SelectFilter name="cluster" label="Cluster" options={clusters} none="Each cluster by itself" />
        )}
        <ChipFilter
          name="verdict"
          label="Verdict"
          chips={filterable.map((one) => ({ value: one, label: <VerdictLabel verdict={one} />, count: counts[one] }))}
        />
        <SelectFilter name="aspect" label="Aspect" options={aspects} />
        <SelectFilter name="namespace" label="Namespace" options={namespaces} />
        <ClearFilters names={filterNames} />
      </Filters>
      <Panes beside="minmax(400px, 44%)">
        <DataTable
          label="Behaviour of services"
          columns={columns}
          rows={rows}
          rowId={({ service }) => service}
          {...sorting('sort', columns)}
          activeId={cursor}
          onActive={setCursor}
          onOpen={({ service }) => setCursor(service)}
          isFilling
          empty={
            isPlaceholderData
              ? 'Comparing …'
              : all.length === 0
                ? 'Nothing has been compared.'
                : 'No service matches these filters.'
          }
        />
        {cursor !== '' && (
          <Detail
            key={`${cursor} ${cluster}`}
            migration={migration}
            service={cursor}
            cluster={cluster}
            onClose={() => setCursor('')}
          />
        )}
      </Panes>
    </Page>
  );
}
