import { phases, type Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { migrationQuery, servicesQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { parseFolding } from '../../ui/grouping.ts';
import { Page } from '../../ui/page.tsx';
import { formatSort, parseSort } from '../../ui/sort.ts';
import { SeverityMark } from '../../ui/status.tsx';
import { setOf, toggled, useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { evidenceById, evidenceQuery } from '../clusters/queries.ts';
import { OverrideFilter, OverrideLine, useOverrides } from '../workbench/overrides/mark.tsx';
import { overrideAddress } from '../workbench/overrides/marks.ts';
import { Bulk } from './bulk.tsx';
import { chosenColumns, columnsFor } from './columns.tsx';
import { answerOf, filterNames, filterServices, rollUp } from './filter.ts';
import { GroupHeading } from './group-heading.tsx';
import { groupKeys, groupNameIn, groupNames, inGroupOrder } from './groups.ts';
import { Toolbar } from './toolbar.tsx';

const none: ReadonlySet<string> = new Set();
const groupWords = { wave: 'By wave', namespace: 'By namespace', owner: 'By owner', phase: 'By phase' };

/** As many selected services stand in the address; more would make no link that can be pasted. */
const mostInAddress = 50;

/** Where every service stands, and changes of many at once. */
export function ServicesPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: services }] = useSuspenseQueries({
    queries: [migrationQuery(id), servicesQuery(id)],
  });
  const [search, change] = useAddress();
  const [cursor, setCursor] = useLooseSearch('at');
  const navigate = useNavigate();
  const [selected, setSelected] = useState(() => setOf(search.selected));
  const { data: evidence } = useQuery(evidenceQuery(id));
  const counts = useMemo(() => rollUp(services), [services]);
  const isOverridden = counts.overridden > 0;
  const overrides = useOverrides(id, isOverridden);
  const all = useMemo(
    () => columnsFor(id, evidenceById(evidence?.services ?? []), isOverridden ? overrides : undefined),
    [id, evidence, isOverridden, overrides],
  );
  const columns = useMemo(() => chosenColumns(all, search.columns), [all, search.columns]);
  const sort = parseSort(
    search.sort,
    columns.map((column) => column.id),
  );
  const { q, phase, wave, namespace, owner, findings, overrides: overridden } = search;
  const wanted = useMemo(
    () => ({ q, phase, wave, namespace, owner, findings, overrides: overridden }),
    [q, phase, wave, namespace, owner, findings, overridden],
  );
  const deferred = useDeferredValue(wanted);
  const by = groupNameIn(search);
  const isSorted = sort !== undefined;
  const filtered = useMemo(() => filterServices(services, deferred), [services, deferred]);
  const rows = useMemo(() => inGroupOrder(filtered, isSorted ? undefined : by), [filtered, by, isSorted]);
  const { folded } = search;
  const folding = useMemo(() => parseFolding({ folded }), [folded]);
  const heading = useCallback(
    (group: string, members: readonly Service[]) =>
      by === undefined ? null : <GroupHeading by={by} group={group} services={members} />,
    [by],
  );
  // What is selected and filtered away is not changed: people change what they see.
  const chosen = useMemo(() => rows.filter((service) => selected.has(service.id)), [rows, selected]);
  const select = useCallback(
    (next: ReadonlySet<string>) => {
      setSelected(next);
      const isNamed = next.size > 0 && next.size <= mostInAddress;
      change({ selected: isNamed ? [...next].join(',') : undefined });
    },
    [change],
  );
  const selection = useMemo(() => ({ selected, onSelect: select }), [selected, select]);
  return (
    <Page
      title="Services"
      of={migration.name}
      isFilling
      answer={answerOf(counts, services.length)}
      actions={<Toolbar migration={id} all={all} columns={columns} rows={rows} sort={sort} />}
    >
      <Filters
        summary={`${whole(rows.length)} of ${count(services.length, 'service')}${
          selected.size === 0 ? '' : `, ${whole(chosen.length)} selected`
        }`}
      >
        <TextFilter label="Filter by name or owner" />
        <SelectFilter name="wave" label="Wave" options={counts.waves} words={{ none: 'stays in Istio' }} />
        <SelectFilter name="namespace" label="Namespace" options={counts.namespaces} />
        <SelectFilter
          name="owner"
          label="Owner"
          options={counts.withoutOwner > 0 ? ['nobody', ...counts.owners] : counts.owners}
        />
        <ChipFilter
          name="phase"
          label="Phase"
          chips={phases
            .filter((one) => counts.phases.has(one))
            .map((one) => ({ value: one, label: one, count: counts.phases.get(one) ?? 0 }))}
        />
        <ChipFilter
          name="findings"
          label="Findings"
          chips={[
            {
              value: 'blocker',
              label: (
                <>
                  <SeverityMark severity="blocker" /> blocked
                </>
              ),
              count: counts.blocked,
            },
          ]}
        />
        <OverrideFilter count={counts.overridden} />
        <SelectFilter name="group" label="Group by" options={groupNames} none="Not grouped" words={groupWords} />
        {by !== undefined && (
          <Button
            size="compact-md"
            variant="default"
            onClick={() => change({ folded: folding.isAll ? undefined : '*' })}
          >
            {folding.isAll ? 'Unfold all' : 'Fold all'}
          </Button>
        )}
        <ClearFilters names={filterNames} />
      </Filters>
      {chosen.length > 0 && <Bulk migration={id} selected={chosen} onClear={() => select(none)} />}
      <DataTable
        label="Services"
        columns={columns}
        rows={rows}
        rowId={(service) => service.id}
        sort={sort}
        onSort={(sort) => change({ sort: formatSort(sort) })}
        onOpen={({ namespace: ns, name }) =>
          void navigate({ to: '/migrations/$id/services/$namespace/$name', params: { id, namespace: ns, name } })
        }
        selection={selection}
        activeId={cursor}
        onActive={setCursor}
        {...(by === undefined
          ? {}
          : {
              grouping: {
                keyOf: groupKeys[by],
                heading,
                folding,
                onToggle: (group: string) => change({ folded: toggled(setOf(folded), group) }),
              },
            })}
        isFilling
        empty={
          services.length === 0
            ? 'Services come from Kubernetes Services, ServiceEntries and WorkloadGroups. Import manifests that hold them.'
            : 'No service matches these filters.'
        }
      />
      {isOverridden && (
        <OverrideLine
          row={rows.find((service) => service.id === cursor)}
          known={overrides}
          addressOf={(override) => overrideAddress(id, { service: cursor }, override)}
        />
      )}
    </Page>
  );
}
