import type { ResourceRow } from '@isthmus/contract';
import { useSuspenseQueries } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { migrationQuery, resourcesQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Page } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { Count, fieldsOf, OutcomeCounts, OutcomeMark, outcomes } from '../../ui/status.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { OverrideFilter, OverrideLine, overrideColumn, useOverrides } from '../workbench/overrides/mark.tsx';
import { type OverridesById, overrideAddress } from '../workbench/overrides/marks.ts';
import { filterNames, filterResources, namespaceOf } from './filter.ts';
import { addressNames } from './names.ts';

const numeric = (id: string, title: string, value: (row: ResourceRow) => number): Column<ResourceRow> => ({
  id,
  title,
  width: [88, 1],
  isNumber: true,
  value,
  cell: (row) => <Count value={value(row)} />,
});

/** The share of fields that are settled: what is sorted by. */
const settledShare = ({ outcomes: { exact, approximate, inert, ...open } }: ResourceRow): number =>
  (exact + approximate + inert) / Math.max(1, exact + approximate + inert + open.unsupported + open.untranslated);

const columnsFor = (id: string, overrides: OverridesById | undefined): readonly Column<ResourceRow>[] => [
  {
    id: 'name',
    title: 'Name',
    width: [176, 3],
    value: ({ name }) => name,
    cell: ({ index, name }) => (
      <RowLink href={hrefOf`/migrations/${id}/workbench?resource=${index}`}>
        {name === '' ? 'without a name' : name}
      </RowLink>
    ),
  },
  { id: 'kind', title: 'Kind', width: [160, 2], value: ({ kind }) => kind },
  { id: 'namespace', title: 'Namespace', width: [120, 2], value: namespaceOf },
  numeric('blockers', 'Blockers', ({ findings }) => findings.blocker),
  numeric('warnings', 'Warnings', ({ findings }) => findings.warning),
  ...(overrides === undefined
    ? []
    : [
        overrideColumn<ResourceRow>(overrides, ({ index }, override) =>
          overrideAddress(id, { resource: index }, override),
        ),
      ]),
  numeric('fields', 'Fields', (row) => fieldsOf(row.outcomes)),
  {
    id: 'outcomes',
    title: 'Fields by outcome',
    width: [232, 2],
    value: settledShare,
    cell: ({ outcomes: counts }) => <OutcomeCounts counts={counts} />,
  },
  {
    id: 'place',
    title: 'Place',
    width: [200, 3],
    value: ({ file, line }) => `${file}:${String(line).padStart(6, '0')}`,
    cell: ({ file, line }) => <code className="muted">{`${file}:${line}`}</code>,
  },
];

/** The Istio resources of the snapshot with what became of their fields. */
export function ResourcesPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: resources }] = useSuspenseQueries({
    queries: [migrationQuery(id), resourcesQuery(id)],
  });
  const [search] = useAddress();
  const sorting = useSorting();
  const [cursor, setCursor] = useLooseSearch('at');
  const navigate = useNavigate();
  const marked = useMemo(() => resources.filter((row) => row.overrides.length > 0).length, [resources]);
  const overrides = useOverrides(id, marked > 0);
  const columns = useMemo(() => columnsFor(id, marked > 0 ? overrides : undefined), [id, marked, overrides]);
  const { q, kind, namespace, outcome, findings, overrides: overridden } = search;
  const wanted = useMemo(
    () => ({ q, kind, namespace, outcome, findings, overrides: overridden }),
    [q, kind, namespace, outcome, findings, overridden],
  );
  const deferred = useDeferredValue(wanted);
  const rows = useMemo(() => filterResources(resources, deferred), [resources, deferred]);
  const names = useMemo(() => addressNames(resources), [resources]);
  const nameOf = ({ index }: ResourceRow): string => names.get(index) ?? '';
  const [kinds, namespaces] = useMemo(
    () => [[...new Set(resources.map((row) => row.kind))].sort(), [...new Set(resources.map(namespaceOf))].sort()],
    [resources],
  );
  const whollyDone = resources.filter(
    (row) => row.findings.blocker === 0 && row.outcomes.untranslated === 0 && row.outcomes.unsupported === 0,
  ).length;
  return (
    <Page
      title="Resources"
      of={migration.name}
      isFilling
      answer={
        resources.length === 0
          ? 'There is no Istio resource in this snapshot.'
          : `${whole(whollyDone)} of ${count(resources.length, 'Istio resource')} ${whollyDone === 1 ? 'is' : 'are'} carried over with every field.`
      }
    >
      <Filters summary={`${whole(rows.length)} of ${count(resources.length, 'resource')}`}>
        <TextFilter label="Filter by name or file" />
        <SelectFilter name="kind" label="Kind" options={kinds} />
        <SelectFilter name="namespace" label="Namespace" options={namespaces} />
        <ChipFilter
          name="outcome"
          label="Has fields that are"
          chips={outcomes.map((one) => ({
            value: one,
            label: (
              <>
                <OutcomeMark outcome={one} /> {one}
              </>
            ),
          }))}
        />
        <OverrideFilter count={marked} />
        <ClearFilters names={filterNames} />
      </Filters>
      <DataTable
        label="Istio resources"
        columns={columns}
        rows={rows}
        rowId={nameOf}
        {...sorting('sort', columns)}
        onOpen={(row) =>
          void navigate({
            to: '/migrations/$id/workbench',
            params: { id },
            search: { resource: nameOf(row) },
          })
        }
        activeId={cursor}
        onActive={setCursor}
        isFilling
        empty={
          resources.length === 0 ? 'Import manifests that hold Istio resources.' : 'No resource matches these filters.'
        }
      />
      {marked > 0 && (
        <OverrideLine
          row={rows.find((row) => nameOf(row) === cursor)}
          known={overrides}
          addressOf={(override) => overrideAddress(id, { resource: cursor }, override)}
        />
      )}
    </Page>
  );
}
