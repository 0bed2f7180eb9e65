import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { coverageQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Page } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { OutcomeHeading, OutcomeMark, outcomes } from '../../ui/status.tsx';
import { setOf, useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { type CoverageRow, coverageRows } from './coverage-rows.ts';

const columns: readonly Column<CoverageRow>[] = [
  { id: 'kind', title: 'Kind', width: [168, 0], value: ({ kind }) => kind },
  {
    id: 'field',
    title: 'Field',
    width: [280, 3],
    value: ({ field }) => field,
    cell: ({ field }) => (
      <span className="mono" title={field}>
        {field}
      </span>
    ),
  },
  {
    id: 'when',
    title: 'When',
    width: [136, 1],
    value: ({ when }) => when,
    cell: ({ when }) => <span title={when}>{when}</span>,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    width: [136, 0],
    value: ({ outcome }) => outcomes.indexOf(outcome),
    cell: ({ outcome }) => <OutcomeHeading outcome={outcome} />,
  },
  {
    id: 'code',
    title: 'Code',
    width: [152, 0],
    value: ({ code }) => code ?? '',
    cell: ({ code }) =>
      code !== undefined && (
        <RowLink href={hrefOf`/codes/${code}`} className="mono">
          {code}
        </RowLink>
      ),
  },
  {
    id: 'targets',
    title: 'Where it goes',
    width: [280, 3],
    value: ({ targets }) => targets,
    cell: ({ targets }) => (
      <span className="mono" title={targets}>
        {targets}
      </span>
    ),
  },
];

const versions = ['2.13', '2.14', '3.0'];

/** What becomes of each field of each kind of Istio. */
export function CoveragePage() {
  const { data: kinds } = useSuspenseQuery(coverageQuery);
  const [search] = useAddress();
  const sorting = useSorting();
  const { q, kind, outcome, version } = search;
  const rows = useMemo(
    () => coverageRows(kinds, { kind, outcomes: setOf(outcome), version, text: q ?? '' }),
    [kinds, kind, outcome, version, q],
  );
  const fields = kinds.reduce((sum, one) => sum + one.fields.length, 0);
  const shown = outcomes.filter((one) =>
    kinds.some((each) => each.fields.some(({ results }) => results.some((result) => result.outcome === one))),
  );
  return (
    <Page
      title="What becomes of each field"
      answer={`${count(fields, 'field')} of ${count(kinds.length, 'kind')} of Istio, found out by translating an example of each. In an estate it may depend on what stands beside a field: the report says it for each.`}
      isFilling
    >
      <p>
        <Link to="/guide">Guide</Link>
      </p>
      <Filters summary={count(rows.length, 'result')}>
        <TextFilter label="Filter by words" />
        <SelectFilter name="kind" label="Kind" options={kinds.map((one) => one.kind).sort()} />
        <SelectFilter name="version" label="Kong Mesh" options={versions} />
        <ChipFilter
          name="outcome"
          label="Outcome"
          chips={shown.map((one) => ({
            value: one,
            label: (
              <>
                <OutcomeMark outcome={one} /> {one}
              </>
            ),
          }))}
        />
        <ClearFilters names={['q', 'kind', 'version', 'outcome']} />
      </Filters>
      <DataTable
        label="Fields of Istio"
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        {...sorting('sort', columns)}
        empty={`None of the ${whole(fields)} fields matches.`}
        isFilling
      />
    </Page>
  );
}
