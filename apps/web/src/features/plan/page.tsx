import type { Plan, ResourceForm } from '@isthmus/contract';
import { Button, SegmentedControl } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useMemo, useRef } from 'react';
import { addressOf } from '../../api/client.ts';
import { migrationQuery } from '../../api/queries.ts';
import { PageError } from '../../frame/page-error.tsx';
import { count, whole } from '../../text/format.ts';
import { Filters, TextFilter } from '../../ui/filters.tsx';
import { formQuery } from '../../ui/form-choice.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { BoardView } from './board-view.tsx';
import { Calls } from './calls.tsx';
import { Detail } from './detail.tsx';
import { fetchFile } from './download.ts';
import { DraftBar } from './draft-bar.tsx';
import classes from './page.module.css';
import { SettingsPanel } from './settings-panel.tsx';
import { type PlanState, usePlan } from './use-plan.ts';

const Graph = lazy(async () => ({ default: (await import('./graph/graph.tsx')).Graph }));

const mostReasons = 20;
const views = [
  { value: 'board', label: 'Waves' },
  { value: 'graph', label: 'Graph' },
  { value: 'calls', label: 'Calls' },
] as const;

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
function Apart({ plan, migration }: { plan: Plan; migration: string }) {
  const { excluded, replaced, unconnected } = plan;
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
              {link(service)} stays in Istio: {count(calls, 'call crosses', 'calls cross')} for good.
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

function Downloads(props: { migration: string; isKept: boolean; forms: readonly ResourceForm[] }) {
  const { migration, isKept, forms } = props;
  const bundle = (format: 'zip' | 'tar.gz', form: ResourceForm) => () =>
    fetchFile(addressOf('GET /migrations/:id/plan/bundle', { id: migration }, { format, ...formQuery(form) }));
  return (
    <Menu
      label="Download"
      isAtEnd
      groups={[
        {
          title: isKept ? 'Runbooks, manifests, the way back' : 'Of the plan as it is kept',
          items: [
            { label: 'All waves as .tar.gz', onChoose: bundle('tar.gz', 'kubernetes') },
            { label: 'All waves as .zip', onChoose: bundle('zip', 'kubernetes') },
          ],
        },
        ...(forms.includes('universal')
          ? [
              {
                title: 'In Universal form, for kumactl',
                items: [
                  { label: 'All waves for kumactl as .tar.gz', onChoose: bundle('tar.gz', 'universal') },
                  { label: 'All waves for kumactl as .zip', onChoose: bundle('zip', 'universal') },
                ],
              },
            ]
          : []),
      ]}
    >
      Download
    </Menu>
  );
}

function Waves({ migration, state }: { migration: string; state: PlanState }) {
  const [{ q, at }] = useAddress();
  const asked = useDeferredValue(q ?? '');
  const { waves, settings, plan, assessed } = state;
  const region = useRef<HTMLElement>(null);
  const total = waves.reduce((sum, wave) => sum + wave.length, settings.excluded.length);
  const matching = useMemo(() => {
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return undefined;
    return new Set(
      [...waves.flat(), ...settings.excluded].filter((id) => words.every((word) => id.toLowerCase().includes(word))),
    );
  }, [asked, waves, settings.excluded]);
  if (total === 0) return <p className="muted">There is no service that moves.</p>;
  return (
    <>
      <Filters
        summary={
          matching === undefined
            ? `${count(total, 'service')} in ${count(waves.length, 'wave')}`
            : `${whole(matching.size)} of ${count(total, 'service')}`
        }
      >
        <TextFilter label="Filter by name" />
      </Filters>
      <BoardView migration={migration} state={state} matching={matching} onDetails={() => region.current?.focus()} />
      {at !== undefined && <Detail migration={migration} state={state} service={at} region={region} />}
      <Unkept unkept={assessed?.unkept ?? []} />
      <Apart plan={plan} migration={migration} />
    </>
  );
}

/** In which order services move: the waves, why they are as they are, and what crosses between the meshes meanwhile. */
export function PlanPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const [search, change] = useAddress();
  const { state, error, retry } = usePlan(id);
  if (state === undefined)
    return error === null ? <Loading what="the plan" /> : <PageError error={error} reset={retry} />;
  const { plan, draft } = state;
  const view = views.find(({ value }) => value === search.view)?.value ?? 'board';
  const isSettling = search.settings === 'open';
  return (
    <Page
      title="Plan"
      of={migration.name}
      answer={
        <>
          <p>{plan.sentence}</p>
          <p className={classes.reason}>{plan.reason}</p>
        </>
      }
      actions={
        <>
          <SegmentedControl
            aria-label="View of the plan"
            value={view}
            onChange={(value) => change({ view: value === 'board' ? undefined : value })}
            data={[...views]}
          />
          <Button
            variant="default"
            aria-expanded={isSettling}
            onClick={() => change({ settings: isSettling ? undefined : 'open' })}
          >
            Settings
          </Button>
          <Downloads migration={id} isKept={draft === undefined} forms={plan.forms} />
        </>
      }
    >
      <DraftBar migration={id} state={state} />
      {isSettling && <SettingsPanel migration={id} state={state} />}
      {view === 'board' && <Waves migration={id} state={state} />}
      {view === 'graph' && (
        <Suspense fallback={<Loading what="the graph" within />}>
          <Graph migration={id} state={state} />
        </Suspense>
      )}
      {view === 'calls' && <Calls migration={id} state={state} />}
    </Page>
  );
}
