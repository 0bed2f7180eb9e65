import type { Service, Stage, WaveStages } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { addressOf } from '../../api/client.ts';
import { waveQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { SelectFilter } from '../../ui/filters.tsx';
import { clusterQuery, FormChoice, formQuery, useForm } from '../../ui/form-choice.tsx';
import { Section } from '../../ui/page.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { setOf, toggled, useAddress } from '../../ui/use-search.ts';
import { Commands } from './commands.tsx';
import { nextStage, type StageState, stateOf } from './stages.ts';
import classes from './steps.module.css';

const stateWords: Readonly<Record<StageState, string>> = { done: 'done', next: 'next', later: 'later' };
const mostNamed = 12;

/** What a stage touches beyond its own commands, and whether one may stop behind it. */
function StageFacts({ migration, wave, stage }: { migration: string; wave: number; stage: Stage }) {
  const { affected, safeToStop, stop, added, changed, removed } = stage;
  const named = affected.slice(0, mostNamed);
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Stop behind it</dt>
        <dd>
          <span className={classes.stop}>
            <OutcomeMark outcome={safeToStop ? 'exact' : 'unsupported'} />
            <strong>{safeToStop ? 'Safe to stop here.' : 'Not safe to stop here.'}</strong>
          </span>{' '}
          {stop}
        </dd>
      </div>
      <div>
        <dt>Affected</dt>
        <dd>
          {affected.length === 0 ? (
            'Nothing else.'
          ) : (
            <>
              {count(affected.length, 'service')}: <span className="mono">{named.join(', ')}</span>
              {affected.length > named.length && ` and ${whole(affected.length - named.length)} more`}
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Manifests</dt>
        <dd>
          {added.length + changed.length + removed.length === 0
            ? 'None change. '
            : `${whole(added.length)} added, ${whole(changed.length)} changed, ${whole(removed.length)} removed. `}
          <Link
            to="/migrations/$id/bridge"
            params={{ id: migration }}
            search={{ wave: String(wave), stage: stage.id } as never}
          >
            The bridge at this stage
          </Link>
        </dd>
      </div>
    </dl>
  );
}

function StageItem(props: {
  migration: string;
  wave: number;
  stage: Stage;
  state: StageState;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const { migration, wave, stage, state, isOpen, onToggle } = props;
  const body = useId();
  return (
    <li className={classes.stage} data-state={state}>
      <h3>
        <button
          type="button"
          className={classes.head}
          aria-expanded={isOpen}
          aria-controls={isOpen ? body : undefined}
          onClick={onToggle}
        >
          <span className={classes.chevron} aria-hidden="true" />
          <span className={classes.name}>{stage.title}</span>
          <span className={classes.state}>{stateWords[state]}</span>
        </button>
      </h3>
      {isOpen && (
        <div id={body} className={classes.body}>
          <StageFacts migration={migration} wave={wave} stage={stage} />
          <ol className={classes.steps}>
            {stage.steps.map(({ title, why, commands, verify, rollback }) => (
              <li key={title} className={classes.step}>
                <p>
                  <strong>{title}.</strong> <span className="muted">{why}</span>
                </p>
                <Commands title="Run" commands={commands} />
                <Commands title="Verify" commands={verify} />
                <Commands title="Roll back" commands={rollback} />
              </li>
            ))}
          </ol>
        </div>
      )}
    </li>
  );
}

const noteOf = ({ wave, waves, services, day }: WaveStages): string =>
  `It moves in wave ${wave} of ${waves}${day === null ? '' : `, on ${day.day}`}, ${
    services.length === 1 ? 'alone' : `with ${count(services.length - 1, 'other service')}`
  }: the commands are those of the wave. Its bundle holds the files that they name.`;

/** Of several clusters that take part the one whose commands are shown. */
function ClusterChoice({ stages: { cluster, clusters, wave } }: { stages: WaveStages }) {
  if (cluster === undefined) return null;
  return (
    <div className={classes.form}>
      {clusters.length > 1 && <SelectFilter name="cluster" label="Cluster" options={clusters} none={`In ${cluster}`} />}
      <p className="muted">
        For kubectl’s context of {cluster}, in the folder <span className="mono">cluster={cluster}</span> of the bundle
        of wave {wave}.
      </p>
    </div>
  );
}

/** Which commands there are in each form. */
const formNotes = {
  kubernetes: 'kubectl applies all of it.',
  universal:
    'For a global control plane outside of Kubernetes: kumactl applies what is Kong Mesh’s own, kubectl everything else.',
} as const;

function Stages({ migration, service, wave }: { migration: string; service: Service; wave: number }) {
  const form = useForm();
  const [search, change] = useAddress();
  const chosen = clusterQuery(search.cluster);
  const { data, error, isPlaceholderData } = useQuery(
    waveQuery(migration, wave, { ...chosen, form, service: service.id }),
  );
  if (error !== null) return <p role="alert">{error.message}</p>;
  if (data === undefined)
    return (
      <p className="muted" role="status">
        Working out the steps of wave {wave} …
      </p>
    );
  const next = nextStage(data.stages, service.phase, service.share);
  // The next stage is open until the reader says otherwise; `-` stands for none.
  const open = search.stages === undefined ? new Set([data.stages[next]?.id ?? '']) : setOf(search.stages);
  const params = { id: migration };
  return (
    <>
      <p className={classes.note}>
        {noteOf(data)}{' '}
        <a
          href={addressOf('GET /migrations/:id/plan/bundle', params, { format: 'tar.gz', wave, ...formQuery(form) })}
          download
        >
          Download the bundle of wave {wave}
        </a>{' '}
        or its{' '}
        <a
          href={addressOf(
            'GET /migrations/:id/plan/waves/:wave/runbook',
            { ...params, wave: String(wave) },
            { format: 'html', ...formQuery(form), ...clusterQuery(data.cluster) },
          )}
          download
        >
          runbook
        </a>
        .
      </p>
      <ClusterChoice stages={data} />
      {data.forms.length > 1 && (
        <div className={classes.form}>
          <FormChoice size="xs" />
          <p className="muted">{formNotes[form]}</p>
        </div>
      )}
      <ol className={classes.stages} aria-busy={isPlaceholderData}>
        {data.stages.map((stage, index) => (
          <StageItem
            key={stage.id}
            migration={migration}
            wave={wave}
            stage={stage}
            state={stateOf(index, next)}
            isOpen={open.has(stage.id)}
            onToggle={() => change({ stages: toggled(open, stage.id) ?? '-' })}
          />
        ))}
      </ol>
    </>
  );
}

/** What to run for a service, stage by stage: the next one first, with how to verify and how to go back. */
export function StepsSection(props: { migration: string; service: Service; wave: number | null | undefined }) {
  const { migration, service, wave } = props;
  return (
    <Section title="What to run">
      {wave === undefined ? (
        <p className="muted" role="status">
          Looking up its wave …
        </p>
      ) : wave === null ? (
        <p className="muted">
          It is in no wave, so that there is nothing to run.{' '}
          <Link to="/migrations/$id/plan" params={{ id: migration }} search={{ at: service.id }}>
            Open the plan
          </Link>
        </p>
      ) : (
        <Stages migration={migration} service={service} wave={wave} />
      )}
    </Section>
  );
}
