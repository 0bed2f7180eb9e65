import type { ChangedResource, ChangedVerdict, Decision } from '@isthmus/contract';
import { Button, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { isProblem } from '../../api/problem.ts';
import { migrationQuery, snapshotsQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Failure } from '../../ui/failure.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Beside, Panes } from '../../ui/panes.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { type Outcome, OutcomeMark } from '../../ui/status.tsx';
import { tellFailure } from '../../ui/tell.ts';
import { Ago } from '../../ui/time.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import shared from '../../ui/verdicts.module.css';
import { readForComparison } from '../clusters/connect.ts';
import { clustersQuery } from '../clusters/queries.ts';
import { Reading } from '../clusters/reading.tsx';
import {
  answerOf,
  changedVerdictsQuery,
  changesQuery,
  changeWords,
  comparisonQuery,
  filterDecisions,
  filterNames,
  filterResources,
  filterVerdicts,
  isOverJob,
  live,
  type Side,
  sides,
  sideWords,
} from './changes.ts';
import classes from './changes-page.module.css';
import { fromWords, placesOf } from './field-words.ts';

const signs: Readonly<Record<ChangedResource['change'], string>> = { added: '+', changed: '~', removed: '−' };

function ChangeLabel({ change }: { change: ChangedResource['change'] }) {
  return (
    <span>
      <span className={classes.sign} aria-hidden="true">
        {signs[change]}
      </span>
      {change}
    </span>
  );
}

const nameOf = ({ namespace, name }: ChangedResource): string => (namespace === '' ? name : `${namespace}/${name}`);

const resourceColumns = (id: string, side: Side, isLive: boolean): readonly Column<ChangedResource>[] => [
  {
    id: 'change',
    title: 'Change',
    width: [96, 0],
    value: ({ change }) => change,
    cell: ({ change }) => <ChangeLabel change={change} />,
  },
  { id: 'kind', title: 'Kind', width: [176, 1], value: ({ kind }) => kind },
  {
    id: 'name',
    title: 'Resource',
    width: [200, 2],
    value: nameOf,
    cell: (row) =>
      // What only the clusters hold has no place in the workbench.
      row.index === undefined || isLive ? (
        <span title={nameOf(row)}>{nameOf(row)}</span>
      ) : (
        <RowLink href={hrefOf`/migrations/${id}/workbench?resource=${row.index}`}>{nameOf(row)}</RowLink>
      ),
  },
  {
    id: 'fields',
    title: 'Fields',
    width: [72, 0],
    isNumber: true,
    value: ({ fields, more }) => fields.length + more,
    cell: ({ change, fields, more }) => (change === 'changed' ? whole(fields.length + more) : ''),
  },
  {
    id: 'where',
    title: 'Where',
    width: [240, 3],
    value: ({ fields }) => placesOf(fields),
    cell: ({ fields }) => <code>{placesOf(fields)}</code>,
  },
  side === 'sources'
    ? { id: 'file', title: 'File', width: [160, 2], value: ({ file = '' }) => file }
    : { id: 'zone', title: 'Zone', width: [96, 1], value: ({ cluster = '' }) => cluster },
];

const verdictMarks: Readonly<Record<string, Outcome>> = {
  same: 'exact',
  differs: 'unsupported',
  undecided: 'approximate',
  accepted: 'inert',
  wider: 'unsupported',
  narrower: 'approximate',
};

function VerdictWord({ verdict }: { verdict: string | null }) {
  const mark = verdict === null ? undefined : verdictMarks[verdict];
  return (
    <span className={shared.verdict}>
      {mark !== undefined && <OutcomeMark outcome={mark} />}
      {verdict ?? <span className="muted">none</span>}
    </span>
  );
}

const verdictColumns = (id: string): readonly Column<ChangedVerdict>[] => [
  {
    id: 'subject',
    title: 'Service or workload',
    width: [200, 2],
    value: ({ subject }) => subject,
    cell: ({ subject, aspect }) =>
      aspect === 'routing' || aspect === 'resilience' ? (
        <RowLink href={hrefOf`/migrations/${id}/behaviour?service=${subject}`}>{subject}</RowLink>
      ) : (
        <RowLink href={hrefOf`/migrations/${id}/access?q=${subject}`}>{subject}</RowLink>
      ),
  },
  { id: 'aspect', title: 'Aspect', width: [104, 0], value: ({ aspect }) => aspect },
  {
    id: 'before',
    title: 'Before',
    width: [120, 0],
    value: ({ before }) => before ?? '',
    cell: ({ before }) => <VerdictWord verdict={before} />,
  },
  {
    id: 'after',
    title: 'Now',
    width: [120, 0],
    value: ({ after }) => after ?? '',
    cell: ({ after }) => <VerdictWord verdict={after} />,
  },
  {
    id: 'sentence',
    title: 'What was found',
    width: [280, 5],
    value: ({ sentence }) => sentence,
    cell: ({ sentence }) => <span>{sentence.slice(0, 200).replaceAll('`', '')}</span>,
  },
];

const whatWords: Readonly<Record<Decision['what'], string>> = {
  phase: 'review',
  approval: 'approval',
  finding: 'accepted finding',
  difference: 'accepted difference',
};

function HoldsLabel({ holds }: { holds: boolean }) {
  return (
    <span className={shared.verdict}>
      <OutcomeMark outcome={holds ? 'exact' : 'approximate'} />
      {holds ? 'stands' : 'look again'}
    </span>
  );
}

const decisionColumns = (id: string): readonly Column<Decision>[] => [
  {
    id: 'holds',
    title: 'State',
    width: [112, 0],
    value: ({ holds }) => (holds ? 1 : 0),
    cell: ({ holds }) => <HoldsLabel holds={holds} />,
  },
  { id: 'what', title: 'Decision', width: [152, 0], value: ({ what }) => whatWords[what] },
  {
    id: 'subject',
    title: 'On',
    width: [200, 2],
    value: ({ subject }) => subject,
    cell: ({ what, subject }) => {
      const [namespace = '', name = ''] = subject.split('/');
      return what === 'phase' || what === 'approval' ? (
        <RowLink href={hrefOf`/migrations/${id}/services/${namespace}/${name}`}>{subject}</RowLink>
      ) : (
        <span title={subject}>{subject}</span>
      );
    },
  },
  { id: 'detail', title: 'What', width: [144, 1], value: ({ detail }) => detail },
  { id: 'by', title: 'By', width: [104, 1], value: ({ by }) => by ?? '' },
  {
    id: 'at',
    title: 'When',
    width: [104, 0],
    value: ({ at }) => at ?? '',
    cell: ({ at }) => (at === null ? '' : <Ago at={at} />),
  },
  { id: 'why', title: 'Why', width: [280, 4], value: ({ why }) => why },
];

/** Where a field stands on either side, and what it holds. What only moved is shown once. */
function FieldValues({ field }: { field: ChangedResource['fields'][number] }) {
  const { change, path, before, after } = field;
  const words = fromWords(field);
  const values = [
    ...(change === 'moved' ? [] : [['before', before] as const]),
    [change === 'moved' ? 'holds' : 'now', after] as const,
  ];
  return (
    <div>
      <dt>
        <code>{path}</code>
        {words !== undefined && <span className={classes.from}>{words}</span>}
      </dt>
      {values.map(([word, value]) => (
        <dd key={word}>
          <span className={classes.side}>{word}</span>
          {value === undefined ? <span className="muted">not there</span> : <code>{value}</code>}
        </dd>
      ))}
    </div>
  );
}

/** Both values of each field of a resource that changed. */
function Fields({ row, onClose }: { row: ChangedResource; onClose: () => void }) {
  return (
    <Beside
      label={`What changed of ${row.kind} ${nameOf(row)}`}
      heading={`${row.kind} ${nameOf(row)}`}
      closes="Close the resource"
      onClose={onClose}
    >
      {row.change !== 'changed' && (
        <p>
          {row.change === 'added'
            ? 'The older side does not have this resource.'
            : 'The newer side does not have this resource.'}
        </p>
      )}
      <dl className={classes.fields}>
        {row.fields.map((field) => (
          <FieldValues key={`${field.change} ${field.path}`} field={field} />
        ))}
      </dl>
      {row.more > 0 && <p className="muted">{count(row.more, 'more field')}.</p>}
    </Beside>
  );
}

interface SnapshotSelectProps {
  readonly name: 'from' | 'to';
  readonly label: string;
  readonly numbers: readonly number[];
  /** Absent: the clusters. */
  readonly shown: number | null;
  /** Whether the clusters can be chosen, too. */
  readonly hasClusters?: boolean;
}

/** Which two snapshots are compared, or which one with the clusters. */
function SnapshotSelect({ name, label, numbers, shown, hasClusters = false }: SnapshotSelectProps) {
  const [, change] = useAddress();
  return (
    <label className={classes.snapshot}>
      {label}
      <select value={shown ?? live} onChange={({ target }) => change({ [name]: target.value, at: undefined })}>
        {numbers.map((number) => (
          <option key={number} value={number}>
            snapshot {number}
          </option>
        ))}
        {hasClusters && <option value={live}>the clusters</option>}
      </select>
    </label>
  );
}

/** The clusters while they are read to be compared, and how to have that done. */
function ReadClusters({ id, migration, why }: { id: string; migration: string; why: string }) {
  const [{ job }, change] = useAddress();
  const { data: read, error } = useQuery({ ...comparisonQuery(id, job ?? ''), enabled: job !== undefined });
  const begin = useMutation({
    mutationFn: () => readForComparison(id),
    onSuccess: (begun) => change({ job: begun.id }),
    onError: tellFailure,
  });
  const isReading = job !== undefined && error === null && (read === undefined || !isOverJob(read));
  const failed = read?.state === 'failed' ? read.detail : error?.message;
  const answer = isReading ? 'The clusters are being read, to be translated beside the snapshot.' : (failed ?? why);
  return (
    <Page title="What changed" of={migration} answer={answer}>
      {isReading ? (
        read?.clusters?.map(({ name, kinds }) => <Reading key={name} name={name} progress={kinds} />)
      ) : (
        <div>
          <Button loading={begin.isPending} onClick={() => begin.mutate()}>
            Read the clusters
          </Button>
        </div>
      )}
    </Page>
  );
}

/** What a new import changed: in the source, in the result, in the verdicts, and for what people decided. */
export function ChangesPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: snapshots }] = useSuspenseQueries({
    queries: [migrationQuery(id), snapshotsQuery(id)],
  });
  const [search, change] = useAddress();
  const sorting = useSorting();
  const [cursor, setCursor] = useLooseSearch('at');
  const { data: clusters = [] } = useQuery(clustersQuery(id));
  const isLive = search.to === live;
  // Not before the clusters are read that this address waits for.
  const { data: job } = useQuery({
    ...comparisonQuery(id, search.job ?? ''),
    enabled: isLive && search.job !== undefined,
  });
  const isRead = !isLive || search.job === undefined || job?.state === 'done';
  const isAlone = snapshots.length < (isLive ? 1 : 2);
  const {
    data: changes,
    error,
    refetch,
  } = useQuery({
    ...changesQuery(id, search),
    enabled: !isAlone && isRead,
  });
  const { data: judged, error: judgeError } = useQuery({
    ...changedVerdictsQuery(id, search),
    enabled: changes !== undefined,
  });
  const side: Side = sides.find((one) => one === search.show) ?? 'sources';
  const { q, change: wantedChange, kind } = search;
  const wanted = useDeferredValue(useMemo(() => ({ q, change: wantedChange, kind }), [q, wantedChange, kind]));
  const columns = useMemo(
    () => ({
      sources: resourceColumns(id, 'sources', isLive),
      results: resourceColumns(id, 'results', isLive),
      verdicts: verdictColumns(id),
      decisions: decisionColumns(id),
    }),
    [id, isLive],
  );
  const rows = useMemo(
    () => ({
      sources: filterResources(changes?.sources ?? [], wanted),
      results: filterResources(changes?.results ?? [], wanted),
      verdicts: filterVerdicts(judged?.verdicts ?? [], wanted),
      decisions: filterDecisions(judged?.decisions ?? [], wanted),
    }),
    [changes, judged, wanted],
  );
  if (isAlone)
    return (
      <Page
        title="What changed"
        of={migration.name}
        answer={
          snapshots.length === 0
            ? 'Nothing has been imported yet. From the second import on, this page shows what changed.'
            : 'There is one snapshot so far. Import the estate again, and this page shows what changed since.'
        }
      >
        <div>
          <Button renderRoot={(props) => <Link {...props} to="/migrations/$id/import" params={{ id }} />}>
            Import
          </Button>
        </div>
      </Page>
    );
  if (!isRead || (isLive && isProblem(error) && error.problem.code === 'not-read'))
    return (
      <ReadClusters
        id={id}
        migration={migration.name}
        why="The clusters have not been read since the newest snapshot."
      />
    );
  if (error !== null) return <Failure error={error} reset={() => void refetch()} />;
  if (changes === undefined) return <Loading what="what changed between the snapshots" />;
  const all = { ...changes, verdicts: judged?.verdicts ?? [], decisions: judged?.decisions ?? [] };
  const numbers = snapshots.map(({ number }) => number);
  const kindsOf = (): readonly string[] =>
    [
      ...new Set(
        side === 'verdicts'
          ? all.verdicts.map(({ aspect }) => aspect)
          : side === 'decisions'
            ? all.decisions.map(({ what }) => what)
            : all[side].map((row) => row.kind),
      ),
    ].sort();
  const isWaiting = (side === 'verdicts' || side === 'decisions') && judged?.complete !== true;
  const opened = side === 'sources' || side === 'results' ? all[side].find((row) => row.id === cursor) : undefined;
  const table = <Row extends { id: string }>(
    label: string,
    shown: readonly Column<Row>[],
    list: readonly Row[],
    empty: ReactNode,
  ) => (
    <DataTable
      key={side}
      label={label}
      columns={shown}
      rows={list}
      rowId={(row) => row.id}
      {...sorting('sort', shown)}
      activeId={cursor}
      onActive={setCursor}
      isFilling
      empty={isWaiting ? 'Both snapshots are being compared.' : empty}
    />
  );
  const nothingHere = all[side].length === 0 ? 'Nothing is other than before.' : 'Nothing matches these filters.';
  return (
    <Page title="What changed" of={migration.name} isFilling answer={answerOf(changes, judged)}>
      {judged?.complete !== true && (
        <div className={shared.progress}>
          <progress
            {...(judged === undefined ? {} : { value: judged.compared, max: Math.max(1, judged.total) })}
            aria-label="Verdicts compared"
          />
          <span role="status">
            {judgeError !== null
              ? `The verdicts could not be compared: ${judgeError.message}`
              : judged === undefined
                ? 'Comparing the verdicts on both snapshots'
                : `${whole(judged.compared)} of ${count(judged.total, 'comparison')} made`}
          </span>
        </div>
      )}
      <div className={classes.choice}>
        <SegmentedControl
          aria-label="What is shown"
          value={side}
          onChange={(value) =>
            change({
              show: value === 'sources' ? undefined : value,
              kind: undefined,
              change: undefined,
              sort: undefined,
              at: undefined,
            })
          }
          data={sides.map((one) => ({
            value: one,
            label:
              (one === 'verdicts' || one === 'decisions') && judged?.complete !== true
                ? sideWords[one]
                : `${sideWords[one]} ${whole(all[one].length)}`,
          }))}
        />
        <SnapshotSelect name="from" label="From" numbers={numbers} shown={changes.from.number} />
        <SnapshotSelect
          name="to"
          label="to"
          numbers={numbers}
          shown={changes.to.number}
          hasClusters={clusters.length > 0}
        />
        {isLive && (
          <span className="muted">
            read <Ago at={changes.to.createdAt} />
          </span>
        )}
      </div>
      <Filters summary={`${whole(rows[side].length)} of ${whole(all[side].length)}`}>
        <TextFilter label="Filter by text" />
        {(side === 'sources' || side === 'results') && (
          <ChipFilter
            name="change"
            label="Change"
            chips={changeWords.map((one) => ({
              value: one,
              label: <ChangeLabel change={one} />,
              count: all[side].filter((row) => row.change === one).length,
            }))}
          />
        )}
        {side === 'decisions' && (
          <ChipFilter
            name="change"
            label="State"
            chips={[
              {
                value: 'look-again',
                label: <HoldsLabel holds={false} />,
                count: all.decisions.filter(({ holds }) => !holds).length,
              },
              { value: 'holds', label: <HoldsLabel holds />, count: all.decisions.filter(({ holds }) => holds).length },
            ]}
          />
        )}
        <SelectFilter
          name="kind"
          label={side === 'verdicts' ? 'Aspect' : side === 'decisions' ? 'Decision' : 'Kind'}
          options={kindsOf()}
          words={side === 'decisions' ? whatWords : {}}
        />
        <ClearFilters names={filterNames} />
      </Filters>
      <Panes beside="minmax(320px, 36%)">
        {side === 'verdicts'
          ? table('Changed verdicts', columns.verdicts, rows.verdicts, nothingHere)
          : side === 'decisions'
            ? table(
                'Decisions',
                columns.decisions,
                rows.decisions,
                all.decisions.length === 0 ? 'Nothing had been decided yet.' : nothingHere,
              )
            : table(
                side === 'sources' ? 'Changed resources' : 'Changed emitted resources',
                columns[side],
                rows[side],
                nothingHere,
              )}
        {opened !== undefined && <Fields row={opened} onClose={() => setCursor('')} />}
      </Panes>
    </Page>
  );
}
