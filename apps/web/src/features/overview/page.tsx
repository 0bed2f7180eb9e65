import { type Migration, type Overview, phases } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { migrationQuery, overviewQuery } from '../../api/queries.ts';
import { count, share, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { fieldsOf, OutcomeMark, outcomes, outcomeWords, SeverityMark, severities } from '../../ui/status.tsx';
import { useSorting } from '../../ui/use-sorting.ts';
import { OverrideMark } from '../workbench/overrides/mark.tsx';
import { Completeness } from './completeness.tsx';
import { coverage, findingColumns, numeric } from './coverage.tsx';
import { CoverageSection } from './coverage-section.tsx';
import { FirstSight } from './first-sight.tsx';
import classes from './page.module.css';
import { ProgressSection } from './progress-section.tsx';
import { answerOf, fieldsSentence, nextStep, overridesSentence } from './sentences.ts';
import { VerdictSection } from './verdict-section.tsx';

type Kind = Overview['kinds'][number];
type Skipped = Overview['skipped'][number];

const kindColumns = (id: string): readonly Column<Kind>[] => [
  {
    id: 'kind',
    title: 'Kind',
    width: [144, 2],
    value: ({ kind }) => kind,
    cell: ({ kind }) => <RowLink href={hrefOf`/migrations/${id}/resources?kind=${kind}`}>{kind}</RowLink>,
  },
  numeric<Kind>('resources', 'Resources', ({ count: number }) => number),
  ...coverage<Kind>(),
  ...findingColumns<Kind>(),
];

const skippedColumns: readonly Column<Skipped>[] = [
  { id: 'kind', title: 'Kind', width: [160, 1], value: ({ kind }) => kind },
  { id: 'name', title: 'Name', width: [160, 1], value: ({ name }) => name },
  { id: 'reason', title: 'Why it is kept out', width: [240, 3], value: ({ reason }) => reason },
  {
    id: 'place',
    title: 'Place',
    width: [200, 2],
    value: ({ file, line }) => `${file}:${line}`,
    cell: ({ file, line }) => <code>{`${file}:${line}`}</code>,
  },
];

/** A share of all fields each, drawn to scale; the numbers stand beside it. */
function CoverageBar({ counts }: { counts: Overview['outcomes'] }) {
  const all = fieldsOf(counts);
  return (
    <div className={classes.coverage}>
      <div className={classes.bar} aria-hidden="true">
        {outcomes.map(
          (outcome) =>
            counts[outcome] > 0 && (
              <span key={outcome} style={{ flexGrow: counts[outcome], background: `var(--${outcome})` }} />
            ),
        )}
      </div>
      <ul className={classes.legend}>
        {outcomes.map((outcome) => (
          <li key={outcome}>
            <OutcomeMark outcome={outcome} />
            <span className="number">{whole(counts[outcome])}</span> {outcomeWords[outcome]}
            <span className="muted number"> {share(counts[outcome], all)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the estate is, how much of it carries over, what blocks, and what comes next. */
export function OverviewPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const { data: overview, error } = useQuery(overviewQuery(id));
  if (error !== null && overview === undefined) throw error;
  if (overview !== undefined) return <Whole migration={migration} overview={overview} />;
  // Translating a large estate takes seconds when it is first asked for; what the import counted is there at once.
  return migration.snapshot === null ? (
    <Loading what="the overview" />
  ) : (
    <FirstSight migration={migration} snapshot={migration.snapshot} />
  );
}

function Whole({ migration, overview }: { migration: Migration; overview: Overview }) {
  const { id } = migration;
  const navigate = useNavigate();
  const columns = useMemo(() => kindColumns(id), [id]);
  const step = nextStep(overview);
  const sorting = useSorting();
  return (
    <Page
      title="Overview"
      of={migration.name}
      actions={
        migration.snapshot !== null &&
        migration.snapshot.number > 1 && (
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/migrations/$id/import/changes" params={{ id }} />}
          >
            What the last import changed
          </Button>
        )
      }
      answer={
        <>
          <p>{answerOf(overview)}</p>
          <p>{fieldsSentence(overview)}</p>
        </>
      }
    >
      <div className={classes.next}>
        <p>
          <strong>Next:</strong> {step.text}
        </p>
        <Button
          renderRoot={(props) => (
            <Link
              {...props}
              to={`/migrations/$id/${step.to}`}
              params={{ id }}
              search={step.to === 'findings' ? { severity: 'blocker' } : {}}
            />
          )}
        >
          {step.label}
        </Button>
      </div>
      <Completeness migration={migration} />
      <Section title="Coverage" note="Each leaf field of each Istio resource has one of five outcomes.">
        <CoverageBar counts={overview.outcomes} />
      </Section>
      <div className={classes.facts}>
        <Section title="Findings">
          <ul className={classes.list}>
            {severities.map((severity) => (
              <li key={severity}>
                <Link to="/migrations/$id/findings" params={{ id }} search={{ severity }}>
                  <SeverityMark severity={severity} />{' '}
                  <span className="number">{whole(overview.findings[severity])}</span>
                  {severity === 'info'
                    ? 'for information'
                    : overview.findings[severity] === 1
                      ? severity
                      : `${severity}s`}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
        <Section title="What comes out">
          <ul className={classes.list}>
            <li>
              <Link to="/migrations/$id/export" params={{ id }}>
                <span className="number">{whole(overview.emitted)}</span>{' '}
                {overview.emitted === 1 ? 'resource' : 'resources'} for Kong Mesh {migration.settings.target}
              </Link>
            </li>
            <li>{count(overview.drafts, 'draft')}, which nothing applies</li>
            <li>{count(overview.patches, 'patch', 'patches')} of objects you have</li>
            {overview.overrides > 0 && (
              <li>
                <Link to="/migrations/$id/resources" params={{ id }} search={{ overrides: 'some' }}>
                  <OverrideMark isWaiting={overview.unsettledOverrides > 0} />
                  {overridesSentence(overview)}
                </Link>
              </li>
            )}
          </ul>
        </Section>
        <Section title="Where services stand">
          <ul className={classes.list}>
            {phases.map((phase) => {
              const number = overview.phases[phase] ?? 0;
              return number === 0 ? null : (
                <li key={phase}>
                  <Link to="/migrations/$id/services" params={{ id }} search={{ phase }}>
                    <span className="number">{whole(number)}</span> of {count(overview.services, 'service')} {phase}
                  </Link>
                </li>
              );
            })}
            {overview.services === 0 && <li className="muted">No service was found in this snapshot.</li>}
          </ul>
        </Section>
      </div>
      <ProgressSection id={id} />
      <VerdictSection id={id} services={overview.services} />
      <Section title="By kind">
        <DataTable
          label="Coverage by kind"
          columns={columns}
          rows={overview.kinds}
          rowId={({ kind }) => kind}
          {...sorting('kinds', columns)}
          onOpen={({ kind }) => void navigate({ to: '/migrations/$id/resources', params: { id }, search: { kind } })}
          empty="No Istio resource was found."
        />
      </Section>
      <CoverageSection id={id} overview={overview} />
      <Section
        title="Kept out"
        note={
          overview.skippedTotal === 0
            ? 'Every object of the snapshot was used.'
            : `${count(overview.skippedTotal, 'object')} ${overview.skippedTotal === 1 ? 'is' : 'are'} not needed for the migration${
                overview.skippedTotal > overview.skipped.length
                  ? `; the first ${whole(overview.skipped.length)} are listed`
                  : ''
              }.`
        }
      >
        {overview.skipped.length > 0 && (
          <DataTable
            label="Objects that were kept out"
            columns={skippedColumns}
            rows={overview.skipped}
            rowId={(_, index) => String(index)}
            {...sorting('skipped', skippedColumns)}
            empty="None."
          />
        )}
      </Section>
    </Page>
  );
}
