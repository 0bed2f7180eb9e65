import type { AccessRow } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useCallback, useDeferredValue, useMemo } from 'react';
import { addressOf } from '../../api/client.ts';
import { migrationQuery } from '../../api/queries.ts';
import { keptOf } from '../../api/slices.ts';
import { PageError } from '../../frame/page-error.tsx';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { parseFolding } from '../../ui/grouping.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Panes } from '../../ui/panes.tsx';
import { setOf, toggled, useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import shared from '../../ui/verdicts.module.css';
import classes from './access.module.css';
import { AccountHeading } from './account-heading.tsx';
import { Detail } from './detail.tsx';
import { accessQuery } from './queries.ts';
import {
  accountOf,
  aspects,
  byUrgency,
  countsOf,
  differences,
  filterNames,
  filterRows,
  portWord,
  showsSame,
  sumsByAccount,
  verdicts,
} from './rows.ts';
import { bridges, bridgeWords, phases, phaseWords, stateInWords, stateOf } from './state.ts';
import { VerdictLabel } from './verdict.tsx';

/** Who calls, as many names as fit a line. */
function callersOf({ aspect, callers, count: all, bridge }: AccessRow): string {
  if (aspect === 'transport') return 'how connections come';
  const named = callers.slice(0, 4).join(', ').replaceAll('`', '');
  const rest = all - Math.min(4, callers.length);
  return `${named}${rest > 0 ? ` and ${whole(rest)} more` : ''}${bridge ? ', with Istio’s certificate' : ''}`;
}

const columnsFor = (isLast: boolean, isOfSeveral: boolean): readonly Column<AccessRow>[] => [
  { id: 'workload', title: 'Workload', width: [176, 2], value: ({ workload }) => workload },
  ...(isOfSeveral
    ? [
        {
          id: 'cluster',
          title: 'Cluster',
          width: [96, 1],
          value: ({ cluster = '' }: AccessRow) => cluster,
        } satisfies Column<AccessRow>,
      ]
    : []),
  {
    id: 'port',
    title: 'Port',
    width: [80, 0],
    isNumber: true,
    value: ({ port }) => port,
    cell: ({ port }) => <span className="number">{portWord(port)}</span>,
  },
  {
    id: 'verdict',
    title: 'Verdict',
    width: [112, 0],
    value: ({ verdict }) => verdicts.indexOf(verdict),
    cell: ({ verdict, accepted }) => <VerdictLabel verdict={accepted === undefined ? verdict : 'accepted'} />,
  },
  {
    id: 'callers',
    title: 'Callers',
    width: [88, 0],
    isNumber: true,
    value: ({ aspect, count: all }) => (aspect === 'access' ? all : 0),
    cell: ({ aspect, count: all }) => <span className="number">{aspect === 'access' ? whole(all) : '–'}</span>,
  },
  { id: 'who', title: 'Who', width: [240, 4], value: callersOf },
  { id: 'before', title: 'Before, in Istio', width: [168, 1], value: ({ before }) => before },
  {
    id: 'after',
    title: isLast ? 'After, in Kong Mesh' : 'In this state',
    width: [144, 1],
    value: ({ after }) => after,
  },
  ...(isLast
    ? []
    : [
        {
          id: 'way',
          title: 'Way',
          width: [200, 3],
          value: ({ way = '' }: AccessRow) => way.replaceAll('`', ''),
        } satisfies Column<AccessRow>,
      ]),
];

/** Of a row's id the workload that it is about, and its cluster where there are several. */
function calledOf(id: string): { readonly workload: string; readonly cluster: string | undefined } {
  const [workload = '', , , cluster] = id.split(':');
  return { workload, cluster };
}

/** Whether somebody can call what they could not before, workload by workload. */
export function AccessPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const [search, change] = useAddress();
  const sorting = useSorting();
  const { cluster, phase, bridge } = search;
  const state = useMemo(() => stateOf({ cluster, phase, bridge }), [cluster, phase, bridge]);
  const isLast = state.phase === undefined;
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...accessQuery(id, state),
    placeholderData: keptOf(id),
  });
  const isOfSeveral = data !== undefined && data.clusters.length > 0 && cluster === undefined;
  const columns = useMemo(() => columnsFor(isLast, isOfSeveral), [isLast, isOfSeveral]);
  const [cursor, setCursor] = useLooseSearch('row');
  const all = useMemo(() => byUrgency(isPlaceholderData ? [] : (data?.rows ?? [])), [data, isPlaceholderData]);
  const { q, verdict, aspect, namespace, same } = search;
  const wanted = useMemo(() => ({ q, verdict, aspect, namespace, same }), [q, verdict, aspect, namespace, same]);
  const deferred = useDeferredValue(wanted);
  const rows = useMemo(() => filterRows(all, deferred), [all, deferred]);
  const counts = useMemo(() => countsOf(all), [all]);
  const namespaces = useMemo(
    () => [...new Set(all.map(({ workload }) => workload.slice(0, workload.indexOf('/'))))].sort(),
    [all],
  );
  const { folded } = search;
  const folding = useMemo(() => parseFolding({ folded }), [folded]);
  const sums = useMemo(() => sumsByAccount(all), [all]);
  const isComplete = data?.complete === true;
  const heading = useCallback(
    (account: string, shown: readonly AccessRow[]) => (
      <AccountHeading
        account={account}
        rows={shown}
        all={sums.get(account) ?? { access: 0, transport: 0 }}
        isComplete={isComplete}
      />
    ),
    [sums, isComplete],
  );
  if (error !== null && data === undefined) return <PageError error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading what="who may call whom" />;
  const { complete, compared, workloads, clusters, answer, tally, leftOut } = data;
  const called = calledOf(cursor);
  const isWhole = showsSame(search);
  const table = (asked: readonly string[]): string =>
    addressOf('GET /migrations/:id/access.csv', { id }, { ...state, verdict: asked.join(',') });
  return (
    <Page
      title="Access"
      of={migration.name}
      isFilling
      answer={
        <>
          <p>{isPlaceholderData ? 'Comparing …' : complete ? answer : `So far: ${answer}`}</p>
          {!isLast && <p className="muted">{stateInWords(state)}</p>}
          {clusters.length > 0 && (
            <p className="muted">Each cluster is compared by itself; calls from one to another are not.</p>
          )}
          {!isPlaceholderData && !migration.settings.complete && tally.access.undecided > 0 && (
            <p className="muted">
              Nobody knows yet which identities the rest of the estate has. Where this import is all of it,{' '}
              <Link to="/migrations/$id/settings" params={{ id }}>
                say so in the settings
              </Link>
              .
            </p>
          )}
        </>
      }
      actions={
        <>
          <Button variant="default" onClick={() => change({ folded: folding.isAll ? undefined : '*' })}>
            {folding.isAll ? 'Unfold accounts' : 'Fold accounts'}
          </Button>
          <Button component="a" variant="default" href={table(isWhole ? verdicts : differences)} download="access.csv">
            Download CSV
          </Button>
        </>
      }
    >
      {!complete && !isPlaceholderData && (
        <div className={shared.progress}>
          <progress value={compared} max={workloads} aria-label="Workloads compared" />
          <span role="status">
            {error === null
              ? `${whole(compared)} of ${count(workloads, 'workload')} compared`
              : `The comparison stopped after ${whole(compared)} of ${count(workloads, 'workload')}: ${error.message}`}
          </span>
        </div>
      )}
      {leftOut.length > 0 && !isPlaceholderData && (
        <details className={classes.left}>
          <summary>
            {count(
              leftOut.reduce((sum, { count: some }) => sum + some, 0),
              'workload',
            )}{' '}
            not compared
          </summary>
          <ul>
            {leftOut.map(({ reason, count: some, workloads: named }) => (
              <li key={reason}>
                {reason}: <span className="mono">{named.join(', ')}</span>
                {some > named.length && ` and ${whole(some - named.length)} more`}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Filters summary={`${whole(rows.length)} of ${count(all.length, 'group')} of callers and ports`}>
        <TextFilter label="Filter by text" />
        {clusters.length > 0 && (
          <SelectFilter name="cluster" label="Cluster" options={clusters} none="Each cluster by itself" />
        )}
        <ChipFilter
          name="verdict"
          label="Verdict"
          chips={differences.map((one) => ({ value: one, label: <VerdictLabel verdict={one} />, count: counts[one] }))}
        />
        <ChipFilter
          name="same"
          label="What is the same"
          chips={[{ value: 'shown', label: <VerdictLabel verdict="same" />, count: counts.same }]}
        />
        <SelectFilter
          name="phase"
          label="State"
          options={phases}
          words={phaseWords}
          none="State: after the migration"
        />
        {!isLast && (
          <SelectFilter
            name="bridge"
            label="Crossing between the meshes"
            options={bridges}
            words={bridgeWords}
            none="Crossing: from Pod to Pod"
          />
        )}
        <SelectFilter name="aspect" label="Aspect" options={aspects} />
        <SelectFilter name="namespace" label="Namespace" options={namespaces} />
        <ClearFilters names={filterNames} />
      </Filters>
      <Panes beside="minmax(440px, 48%)">
        <DataTable
          label="Who may call whom"
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          {...sorting('sort', columns)}
          activeId={cursor}
          onActive={setCursor}
          onOpen={(row) => setCursor(row.id)}
          grouping={{
            keyOf: accountOf,
            heading,
            folding,
            onToggle: (account) => change({ folded: toggled(setOf(folded), account) }),
          }}
          isFilling
          empty={
            all.length === 0
              ? isPlaceholderData
                ? 'Comparing …'
                : 'Nothing has been compared.'
              : rows.length === 0 && counts.same === all.length && !isWhole
                ? 'Nothing differs: every caller may do what it could before, and nothing else.'
                : 'Nothing matches these filters.'
          }
        />
        {cursor !== '' && (
          <Detail
            key={`${called.workload} ${called.cluster}`}
            migration={migration}
            state={called.cluster === undefined ? state : { ...state, cluster: called.cluster }}
            workload={called.workload}
            isWhole={isWhole}
            onClose={() => setCursor('')}
          />
        )}
      </Panes>
    </Page>
  );
}
