import { useSuspenseQueries } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { diagnosticsQuery, migrationQuery, mostDiagnostics, overviewQuery, resourcesQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Page } from '../../ui/page.tsx';
import { Panes } from '../../ui/panes.tsx';
import { AcceptedLabel, fieldsOf, openBlockers, SeverityLabel, severities } from '../../ui/status.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { OverrideFilter, overrideColumn, useOverrides } from '../workbench/overrides/mark.tsx';
import { type OverridesById, overrideAddress } from '../workbench/overrides/marks.ts';
import { answerOf } from './answer.ts';
import { Detail } from './detail.tsx';
import { type Finding, filterFindings, filterNames, findingsOf } from './filter.ts';
import { FormerAcceptances } from './former-acceptances.tsx';

const columnsFor = (id: string, overrides: OverridesById | undefined): readonly Column<Finding>[] => [
  {
    id: 'severity',
    title: 'Severity',
    width: [104, 0],
    value: ({ diagnostic }) => severities.indexOf(diagnostic.severity),
    cell: ({ diagnostic }) =>
      diagnostic.accepted === undefined ? <SeverityLabel severity={diagnostic.severity} /> : <AcceptedLabel />,
  },
  {
    id: 'code',
    title: 'Code',
    width: [152, 0],
    value: ({ diagnostic }) => diagnostic.code,
    cell: ({ diagnostic }) => <code>{diagnostic.code}</code>,
  },
  {
    id: 'resource',
    title: 'Resource',
    width: [240, 3],
    value: ({ diagnostic: { resource } }) =>
      resource === undefined ? '' : `${resource.kind} ${resource.namespace}/${resource.name}`,
    cell: ({ diagnostic: { resource } }) =>
      resource === undefined ? (
        <span className="muted">none</span>
      ) : (
        <span>
          {resource.kind} {resource.namespace === '' ? '' : `${resource.namespace}/`}
          {resource.name}
        </span>
      ),
  },
  ...(overrides === undefined
    ? []
    : [
        overrideColumn<Finding>(overrides, ({ beside }, override) =>
          beside === undefined ? undefined : overrideAddress(id, { resource: beside }, override),
        ),
      ]),
  {
    id: 'message',
    title: 'What was found',
    width: [280, 4],
    value: ({ diagnostic }) => diagnostic.message,
    cell: ({ diagnostic }) => <span>{diagnostic.message}</span>,
  },
  {
    id: 'place',
    title: 'Place',
    width: [200, 2],
    value: ({ diagnostic: { file = '', line = 0 } }) => `${file}:${String(line).padStart(6, '0')}`,
    cell: ({ diagnostic: { file, line } }) => (
      <code className="muted">
        {file}
        {line === undefined ? '' : `:${line}`}
      </code>
    ),
  },
];

/** Everything that was found, blockers first; the finding under the cursor is shown in full. */
export function FindingsPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: list }, { data: resources }, { data: overview }] = useSuspenseQueries({
    queries: [migrationQuery(id), diagnosticsQuery(id), resourcesQuery(id), overviewQuery(id)],
  });
  const [search] = useAddress();
  const sorting = useSorting();
  const [cursor, setCursor] = useLooseSearch('finding');
  const navigate = useNavigate();
  const overrides = useOverrides(id, overview.overrides > 0);
  const findings = useMemo(
    () => findingsOf(list.diagnostics, resources, [...overrides.values()]),
    [list, resources, overrides],
  );
  const marked = useMemo(() => findings.filter((finding) => finding.overrides.length > 0).length, [findings]);
  const columns = useMemo(() => columnsFor(id, marked > 0 ? overrides : undefined), [id, marked, overrides]);
  const { q, severity, code, namespace, accepted, overrides: overridden } = search;
  const wanted = useMemo(
    () => ({ q, severity, code, namespace, accepted, overrides: overridden }),
    [q, severity, code, namespace, accepted, overridden],
  );
  const deferred = useDeferredValue(wanted);
  const rows = useMemo(() => filterFindings(findings, deferred), [findings, deferred]);
  const [codes, namespaces] = useMemo(
    () => [
      [...new Set(findings.map(({ diagnostic }) => diagnostic.code))].sort(),
      [
        ...new Set(
          findings.flatMap(({ diagnostic: { resource } }) =>
            resource === undefined ? [] : [resource.namespace || 'default'],
          ),
        ),
      ].sort(),
    ],
    [findings],
  );
  const shown = findings.find((finding) => finding.id === cursor);
  const blocker = openBlockers(overview);
  const warning = overview.findings.warning - overview.accepted.warning;
  const decided = overview.accepted.blocker + overview.accepted.warning;
  const open = (finding: Finding): void => {
    if (finding.resource !== undefined)
      void navigate({
        to: '/migrations/$id/workbench',
        params: { id },
        search: { resource: String(finding.resource.index), field: finding.diagnostic.path },
      });
  };
  return (
    <Page
      title="Findings"
      of={migration.name}
      isFilling
      answer={
        list.total === 0
          ? `No findings. ${count(fieldsOf(overview.outcomes), 'field')} checked in ${count(overview.resources, 'resource')}.`
          : answerOf({ blocker, warning }, decided)
      }
    >
      <Filters
        summary={`${whole(rows.length)} of ${count(list.total, 'finding')}${
          list.total > list.diagnostics.length ? `; the first ${whole(mostDiagnostics)} are listed, blockers first` : ''
        }`}
      >
        <TextFilter label="Filter by text" />
        <ChipFilter
          name="severity"
          label="Severity"
          chips={severities.map((one) => ({
            value: one,
            label: <SeverityLabel severity={one} />,
            count: overview.findings[one],
          }))}
        />
        {(decided > 0 || accepted !== undefined) && (
          <ChipFilter
            name="accepted"
            label="Accepted"
            chips={[{ value: 'shown', label: <AcceptedLabel />, count: decided }]}
          />
        )}
        <SelectFilter name="code" label="Code" options={codes} />
        <SelectFilter name="namespace" label="Namespace" options={namespaces} />
        <OverrideFilter count={marked} />
        <ClearFilters names={filterNames} />
      </Filters>
      <FormerAcceptances migration={id} />
      <Panes beside="minmax(320px, 400px)">
        <DataTable
          label="Findings"
          columns={columns}
          rows={rows}
          rowId={(finding) => finding.id}
          {...sorting('sort', columns)}
          activeId={cursor}
          onActive={setCursor}
          onOpen={open}
          isFilling
          empty={list.total === 0 ? 'Nothing was found in this snapshot.' : 'No finding matches these filters.'}
        />
        {shown !== undefined && (
          <Detail migration={id} finding={shown} overrides={overrides} onClose={() => setCursor('')} />
        )}
      </Panes>
    </Page>
  );
}
