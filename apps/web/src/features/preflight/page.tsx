import type { Check } from '@isthmus/contract';
import { useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { migrationQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { OutcomeMark, SeverityLabel, severities } from '../../ui/status.tsx';
import { setOf, toggled, useAddress } from '../../ui/use-search.ts';
import { CheckItem } from './check-item.tsx';
import { areaWords, filterChecks, filterNames, type State, servicesOf, states } from './filter.ts';
import classes from './page.module.css';
import { checksQuery } from './queries.ts';

const stateMarks = { failed: 'unsupported', skipped: 'inert', passed: 'exact' } as const;
const stateTitles: Readonly<Record<State, string>> = { failed: 'Failed', skipped: 'Skipped', passed: 'Passed' };
const stateNotes: Readonly<Record<State, string>> = {
  failed: 'What blocks comes first. Open a check for its evidence and remedy.',
  skipped: 'Not decided by this import; each says why, and how to find out.',
  passed: 'With what was examined.',
};

const patchesIn = (checks: readonly Check[]): number =>
  checks.reduce((sum, { findings }) => sum + findings.filter(({ patch }) => patch !== undefined).length, 0);

/** What would break on the day: every check with what it examined; those that failed with evidence and remedy. */
export function PreflightPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data }] = useSuspenseQueries({ queries: [migrationQuery(id), checksQuery(id)] });
  const [search, change] = useAddress();
  const { q, state, severity, area, service } = search;
  // All findings about the service, which may not be among the first of each check.
  const { data: about } = useQuery({ ...checksQuery(id, service), enabled: service !== undefined });
  const wanted = useMemo(() => ({ q, state, severity, area, service }), [q, state, severity, area, service]);
  const deferred = useDeferredValue(wanted);
  const { checks, summary, sentence, target } = data;
  const shown = useMemo(() => filterChecks(about?.checks ?? checks, deferred), [about, checks, deferred]);
  const services = useMemo(() => servicesOf(checks), [checks]);
  const open = setOf(search.open);
  const patches = patchesIn(checks);
  return (
    <Page
      title="Pre-flight"
      of={migration.name}
      answer={
        <>
          <p>{sentence}</p>
          <p className={classes.next}>
            For Kong Mesh {target}. {patches > 0 && `Patches settle ${count(patches, 'finding')}. `}
            {summary.skipped > 0 && 'What is skipped needs the cluster, or more in the import.'}
          </p>
        </>
      }
    >
      <Filters summary={`${whole(shown.length)} of ${count(checks.length, 'check')}`}>
        <TextFilter label="Filter by text" />
        <ChipFilter
          name="state"
          label="Result"
          chips={states.map((one) => ({
            value: one,
            label: (
              <span className={classes.state}>
                <OutcomeMark outcome={stateMarks[one]} />
                {one}
              </span>
            ),
            count: summary[one],
          }))}
        />
        <ChipFilter
          name="severity"
          label="Severity"
          chips={severities.map((one) => ({
            value: one,
            label: <SeverityLabel severity={one} />,
            count: checks.filter((check) => check.state === 'failed' && check.severity === one).length,
          }))}
        />
        <SelectFilter name="area" label="Area" options={Object.keys(areaWords)} words={areaWords} />
        {services.length > 0 && <SelectFilter name="service" label="Service" options={services} />}
        <ClearFilters names={filterNames} />
      </Filters>
      {shown.length === 0 && <p className="muted">No check matches these filters.</p>}
      {states.map((one) => {
        const own = shown.filter((check) => check.state === one);
        if (own.length === 0) return null;
        return (
          <Section key={one} title={stateTitles[one]} note={stateNotes[one]}>
            <ul className={classes.list}>
              {own.map((check) => (
                <CheckItem
                  key={check.id}
                  migration={id}
                  check={check}
                  isOpen={open.has(check.id)}
                  onToggle={(which) => change({ open: toggled(open, which) })}
                />
              ))}
            </ul>
          </Section>
        );
      })}
    </Page>
  );
}
