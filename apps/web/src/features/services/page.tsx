import { phases, type Service, type ServiceEvidence } from '@isthmus/contract';
import { useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { migrationQuery, servicesQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Page } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { formatSort, parseSort } from '../../ui/sort.ts';
import { Count, fieldsOf, OutcomeCounts, openBlockers, SeverityMark } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { evidenceById, evidenceQuery } from '../clusters/queries.ts';
import { showsWords } from '../clusters/words.ts';
import { Bulk } from './bulk.tsx';
import { answerOf, filterNames, filterServices, rollUp } from './filter.ts';
import { PhaseLabel } from './phase.tsx';

const originWords: Readonly<Record<Service['origin'], string>> = {
  service: 'Kubernetes',
  'service-entry': 'ServiceEntry',
  'workload-group': 'WorkloadGroup',
};

const columnsFor = (id: string): readonly Column<Service>[] => [
  {
    id: 'name',
    title: 'Service',
    width: [148, 3],
    value: ({ name }) => name,
    cell: ({ namespace, name }) => (
      <RowLink href={hrefOf`/migrations/${id}/services/${namespace}/${name}`}>{name}</RowLink>
    ),
  },
  { id: 'namespace', title: 'Namespace', width: [112, 2], value: ({ namespace }) => namespace },
  {
    id: 'phase',
    title: 'Phase',
    width: [136, 1],
    value: ({ phase }) => phases.indexOf(phase),
    cell: ({ phase }) => <PhaseLabel phase={phase} />,
  },
  { id: 'owner', title: 'Owner', width: [104, 2], value: ({ owner }) => owner },
  {
    id: 'blockers',
    title: 'Blockers',
    width: [80, 1],
    isNumber: true,
    value: openBlockers,
    cell: (service) => <Count value={openBlockers(service)} />,
  },
  {
    id: 'warnings',
    title: 'Warnings',
    width: [80, 1],
    isNumber: true,
    value: ({ findings }) => findings.warning,
    cell: ({ findings }) => <Count value={findings.warning} />,
  },
  {
    id: 'resources',
    title: 'Resources',
    width: [88, 1],
    isNumber: true,
    value: ({ resources }) => resources,
    cell: ({ resources }) => <Count value={resources} />,
  },
  {
    id: 'fields',
    title: 'Fields by outcome',
    width: [216, 2],
    value: ({ outcomes }) => fieldsOf(outcomes),
    cell: ({ outcomes }) => <OutcomeCounts counts={outcomes} />,
  },
  { id: 'origin', title: 'Runs on', width: [108, 1], value: ({ origin }) => originWords[origin] },
  {
    id: 'changed',
    title: 'Changed',
    width: [92, 1],
    value: ({ updatedAt }) => updatedAt ?? '',
    cell: ({ updatedAt }) => (updatedAt === null ? <span className="muted">never</span> : <Ago at={updatedAt} />),
  },
];

/** What the connected clusters show of each service, in front of how it was changed. */
const withEvidence = (
  columns: readonly Column<Service>[],
  evidence: ReadonlyMap<string, ServiceEvidence>,
): readonly Column<Service>[] => [
  ...columns.slice(0, 3),
  {
    id: 'cluster',
    title: 'Cluster shows',
    width: [128, 1],
    value: ({ id }) => {
      const own = evidence.get(id);
      return own === undefined ? '' : `${own.disagreement === undefined ? '' : '! '}${showsWords[own.shows]}`;
    },
    cell: ({ id }) => {
      const own = evidence.get(id);
      if (own === undefined) return null;
      if (own.disagreement === undefined) return <span>{showsWords[own.shows]}</span>;
      return (
        <span title={own.disagreement}>
          <SeverityMark severity="warning" /> {showsWords[own.shows]}
          <span className="unseen">, which disagrees: {own.disagreement}</span>
        </span>
      );
    },
  },
  ...columns.slice(3),
];

const none: ReadonlySet<string> = new Set();

/** Where every service stands, and changes of many at once. */
export function ServicesPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: services }] = useSuspenseQueries({
    queries: [migrationQuery(id), servicesQuery(id)],
  });
  const [search, change] = useAddress();
  const [cursor, setCursor] = useLooseSearch('at');
  const navigate = useNavigate();
  const [selected, setSelected] = useState(none);
  const { data: evidence } = useQuery(evidenceQuery(id));
  const columns = useMemo(() => {
    const own = columnsFor(id);
    const known = evidence?.services ?? [];
    return known.length === 0 ? own : withEvidence(own, evidenceById(known));
  }, [id, evidence]);
  const counts = useMemo(() => rollUp(services), [services]);
  const { q, phase, namespace, owner, findings } = search;
  const wanted = useMemo(() => ({ q, phase, namespace, owner, findings }), [q, phase, namespace, owner, findings]);
  const deferred = useDeferredValue(wanted);
  const rows = useMemo(() => filterServices(services, deferred), [services, deferred]);
  // What is selected and filtered away is not changed: people change what they see.
  const chosen = useMemo(() => rows.filter((service) => selected.has(service.id)), [rows, selected]);
  const selection = useMemo(() => ({ selected, onSelect: setSelected }), [selected]);
  return (
    <Page title="Services" of={migration.name} isFilling answer={answerOf(counts, services.length)}>
      <Filters
        summary={`${whole(rows.length)} of ${count(services.length, 'service')}${
          selected.size === 0 ? '' : `, ${whole(chosen.length)} selected`
        }`}
      >
        <TextFilter label="Filter by name or owner" />
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
        <ClearFilters names={filterNames} />
      </Filters>
      {chosen.length > 0 && <Bulk migration={id} selected={chosen} onClear={() => setSelected(none)} />}
      <DataTable
        label="Services"
        columns={columns}
        rows={rows}
        rowId={(service) => service.id}
        sort={parseSort(
          search.sort,
          columns.map((column) => column.id),
        )}
        onSort={(sort) => change({ sort: formatSort(sort) })}
        onOpen={({ namespace: ns, name }) =>
          void navigate({ to: '/migrations/$id/services/$namespace/$name', params: { id, namespace: ns, name } })
        }
        selection={selection}
        activeId={cursor}
        onActive={setCursor}
        isFilling
        empty={
          services.length === 0
            ? 'Services come from Kubernetes Services, ServiceEntries and WorkloadGroups. Import manifests that hold them.'
            : 'No service matches these filters.'
        }
      />
    </Page>
  );
}
