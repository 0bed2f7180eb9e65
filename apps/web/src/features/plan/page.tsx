import type { Plan } from '@isthmus/contract';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { migrationQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { Failure } from '../../ui/failure.tsx';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { setOf, toggled, useAddress } from '../../ui/use-search.ts';
import { choose, readPlanQuery } from './address.ts';
import { CallList } from './call-item.tsx';
import { crossingAfter, filterCalls, filterNames, kindWords, strengthOf, wavesOf } from './filter.ts';
import classes from './page.module.css';
import { planQuery } from './queries.ts';
import { SettingsBar } from './settings-bar.tsx';
import { ChoiceSelect, WaveItem } from './wave-item.tsx';

const mostCalls = 100;
const mostReasons = 20;

function Unkept({ unkept }: Pick<Plan, 'unkept'>) {
  if (unkept.length === 0) return null;
  return (
    <Section title="What could not be kept" note="The plan holds all the same; each of these is for you to decide.">
      <ul className={classes.reasons}>
        {unkept.slice(0, mostReasons).map(({ kind, reason }) => (
          <li key={`${kind} ${reason}`}>
            <OutcomeMark outcome="approximate" />
            <span className="unseen">warning: </span>
            <span>{reason}</span>
          </li>
        ))}
      </ul>
      {unkept.length > mostReasons && <p className="muted">and {whole(unkept.length - mostReasons)} more</p>}
    </Section>
  );
}

/** Services that are in no wave, or in any, with the reason. */
function Apart(props: { plan: Plan; migration: string; onChoose: (id: string, choice: string) => void }) {
  const { plan, migration, onChoose } = props;
  const { excluded, replaced, unconnected, waves } = plan;
  if (excluded.length + replaced.length + unconnected.length === 0) return null;
  const link = (id: string) => {
    const [namespace = '', name = ''] = id.split('/');
    return (
      <Link to="/migrations/$id/services/$namespace/$name" params={{ id: migration, namespace, name }} className="mono">
        {id}
      </Link>
    );
  };
  return (
    <Section title="Not ordered">
      <ul className={classes.reasons}>
        {excluded.map(({ service, calls }) => (
          <li key={service}>
            <OutcomeMark outcome="inert" />
            <span>
              {link(service)} stays in Istio: {count(calls, 'call crosses', 'calls cross')} for good.{' '}
              <ChoiceSelect id={service} waves={waves.length} choice="stays" isListed onChoose={onChoose} />
            </span>
          </li>
        ))}
        {replaced.map(({ service, reason }) => (
          <li key={service}>
            <OutcomeMark outcome="inert" />
            <span>
              {link(service)} does not move: it is {reason}.
            </span>
          </li>
        ))}
        {unconnected.slice(0, mostReasons).map((service) => (
          <li key={service}>
            <OutcomeMark outcome="inert" />
            <span>{link(service)} may move in any wave: no call with enough evidence names it.</span>
          </li>
        ))}
      </ul>
      {unconnected.length > mostReasons && (
        <p className="muted">and {count(unconnected.length - mostReasons, 'more service')} that may move in any wave</p>
      )}
    </Section>
  );
}

function Calls({ plan, migration }: { plan: Plan; migration: string }) {
  const [search] = useAddress();
  const { q, service, strength, kind } = search;
  const deferred = useDeferredValue(useMemo(() => ({ q, service, strength, kind }), [q, service, strength, kind]));
  const shown = useMemo(() => filterCalls(plan.calls, deferred), [plan, deferred]);
  const services = useMemo(() => [...new Set(plan.calls.flatMap(({ from, to }) => [from, to]))].sort(), [plan]);
  const kinds = useMemo(
    () => [...new Set(plan.calls.flatMap(({ evidence }) => evidence.map((one) => one.kind)))].sort(),
    [plan],
  );
  const { summary } = plan;
  return (
    <Section
      title="Calls"
      note="Who calls whom, as far as the manifests tell. Open a call for where it is said. Calls that nothing in the import shows are not here: observed traffic can be added on the command line."
    >
      <Filters summary={`${whole(shown.length)} of ${count(plan.calls.length, 'call')}`}>
        <TextFilter label="Filter by text" />
        <ChipFilter
          name="strength"
          label="Strength"
          chips={[
            { value: 'ordering', label: 'orders the waves', count: summary.calls },
            { value: 'weak', label: 'too little evidence', count: plan.calls.length - summary.calls },
          ]}
        />
        {services.length > 0 && <SelectFilter name="service" label="Service" options={services} />}
        {kinds.length > 1 && <SelectFilter name="kind" label="Evidence" options={kinds} words={kindWords} />}
        <ClearFilters names={filterNames} />
      </Filters>
      {shown.length === 0 ? (
        <p className="muted">
          {plan.calls.length === 0
            ? 'No call between services was found in this import.'
            : 'No call matches these filters.'}
        </p>
      ) : (
        <CallList
          migration={migration}
          label="Calls"
          calls={shown}
          most={mostCalls}
          noteOf={(call) => (strengthOf(call) === 'weak' ? 'too little evidence' : '')}
        />
      )}
    </Section>
  );
}

/** In which order services move: the waves, why they are as they are, and what crosses between the meshes meanwhile. */
export function PlanPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const [search, change] = useAddress();
  const { data, error, isPlaceholderData, refetch } = useQuery(planQuery(id, readPlanQuery(search)));
  const waveOf = useMemo(() => (data === undefined ? undefined : wavesOf(data)), [data]);
  if (data === undefined || waveOf === undefined)
    return error === null ? <Loading what="the plan" /> : <Failure error={error} reset={() => void refetch()} />;
  const open = setOf(search.open);
  const onChoose = (service: string, choice: string): void => change(choose(search, service, choice));
  return (
    <Page
      title="Plan"
      of={migration.name}
      answer={
        <>
          <p>{data.sentence}</p>
          <p className={classes.reason}>{data.reason}</p>
        </>
      }
    >
      <SettingsBar />
      <Unkept unkept={data.unkept} />
      <Section title="Waves">
        {data.waves.length === 0 ? (
          <p className="muted">There is no service that moves.</p>
        ) : (
          <ol className={classes.list} aria-busy={isPlaceholderData}>
            {data.waves.map((wave) => (
              <WaveItem
                key={wave.number}
                migration={id}
                wave={wave}
                waves={data.waves.length}
                crossing={open.has(String(wave.number)) ? crossingAfter(data, waveOf, wave.number) : []}
                search={search}
                isOpen={open.has(String(wave.number))}
                onToggle={(number) => change({ open: toggled(open, number) })}
                onChoose={onChoose}
              />
            ))}
          </ol>
        )}
      </Section>
      <Apart plan={data} migration={id} onChoose={onChoose} />
      <Calls plan={data} migration={id} />
    </Page>
  );
}
