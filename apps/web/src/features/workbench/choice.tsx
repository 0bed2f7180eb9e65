import type { Overview } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { overviewQuery } from '../../api/queries.ts';
import { PageError } from '../../frame/page-error.tsx';
import { count } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Count, fieldsOf, OutcomeHeading, outcomes, outcomeWords } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { Picker } from './picker.tsx';

type Row = Overview['namespaces'][number];

const numeric = (id: string, title: string, value: (row: Row) => number): Column<Row> => ({
  id,
  title,
  width: [96, 1],
  isNumber: true,
  value,
  cell: (row) => <Count value={value(row)} />,
});

const columnsOf = (id: string): readonly Column<Row>[] => [
  {
    id: 'namespace',
    title: 'Namespace',
    width: [160, 2],
    value: ({ namespace }) => namespace,
    cell: ({ namespace }) => (
      <Link
        to="/migrations/$id/workbench"
        params={{ id }}
        search={{ namespace } as never}
        tabIndex={-1}
        className="mono"
      >
        {namespace}
      </Link>
    ),
  },
  numeric('resources', 'Resources', ({ resources }) => resources),
  ...outcomes.map((outcome) => ({
    ...numeric(outcome, `${outcome}: fields ${outcomeWords[outcome]}`, (row) => row.outcomes[outcome]),
    heading: <OutcomeHeading outcome={outcome} />,
    width: [112, 1] as const,
  })),
  numeric('blockers', 'Blockers', ({ findings }) => findings.blocker),
];

/** Nothing is chosen yet: the namespaces as a way in. */
export function Choice({ id }: { id: string }) {
  const overview = useQuery(overviewQuery(id));
  const [search] = useAddress();
  const sorting = useSorting();
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(id), [id]);
  const rows = useMemo(
    () => (overview.data?.namespaces ?? []).filter(({ resources }) => resources > 0),
    [overview.data],
  );
  if (overview.error !== null) return <PageError error={overview.error} reset={() => void overview.refetch()} />;
  if (overview.data === undefined) return <Loading what="the workbench" />;
  const { resources, outcomes: counts } = overview.data;
  return (
    <Page
      title="Workbench"
      answer={
        resources === 0
          ? 'There are no Istio resources in this snapshot, so that there is nothing to set side by side.'
          : search.list === 'simulator'
            ? 'Choose the service that the request is sent to.'
            : `What becomes of each of the ${count(fieldsOf(counts), 'field')} in ${count(resources, 'resource')}, and why. Choose what to look at.`
      }
      actions={<Picker id={id} subject={undefined} title="" />}
    >
      <Section title="Namespaces">
        <DataTable
          label="Namespaces with Istio resources"
          columns={columns}
          rows={rows}
          rowId={({ namespace }) => namespace}
          {...sorting('sort', columns)}
          onOpen={({ namespace }) =>
            void navigate({
              to: '/migrations/$id/workbench',
              params: { id },
              search: { namespace, list: search.list } as never,
            })
          }
          empty="No namespace has Istio resources."
        />
      </Section>
    </Page>
  );
}
