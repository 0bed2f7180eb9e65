import { type Condition, type Gate, type Phase, phases, type Service, type ServiceGates } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { isProblem } from '../../api/problem.ts';
import { planSettingsQuery, queryClient } from '../../api/queries.ts';
import { Accept } from '../../ui/accept.tsx';
import { Section } from '../../ui/page.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { useAddress } from '../../ui/use-search.ts';
import { Approve } from './approvals.tsx';
import { changeService, type Wanted } from './changes.ts';
import { Conditions } from './conditions.tsx';
import classes from './gate.module.css';
import { phaseWords } from './phase.tsx';
import { gatesQuery } from './queries.ts';
import { Share } from './share.tsx';
import { nextShare } from './stages.ts';

const Conflict = lazy(async () => ({ default: (await import('./conflict.tsx')).Conflict }));
const RollBack = lazy(async () => ({ default: (await import('./roll-back.tsx')).RollBack }));

const onTheWay = phases.filter((phase) => phase !== 'rolled-back');
const placeOf = (phase: Phase): number =>
  phase === 'rolled-back' ? onTheWay.indexOf('reviewed') : onTheWay.indexOf(phase);

/** What is asked of the server, with the service as it was seen. */
interface Wish {
  readonly seen: Service;
  readonly wanted: Wanted;
  readonly reason?: string;
}

/** All phases in their order; each leads to its gate. */
function Path(props: { phase: Phase; shown: Phase; onShow: (phase: Phase) => void }) {
  const { phase, shown, onShow } = props;
  const reached = placeOf(phase);
  return (
    <ol className={classes.path} aria-label="Phases">
      {onTheWay.map((one, index) => (
        <li key={one}>
          <button
            type="button"
            className={classes.place}
            title={phaseWords[one]}
            aria-current={one === phase ? 'step' : undefined}
            aria-pressed={one === shown}
            data-reached={index <= reached || undefined}
            onClick={() => onShow(one)}
          >
            <span className={classes.dot} aria-hidden="true" />
            {one}
          </button>
        </li>
      ))}
    </ol>
  );
}

const isAgainst = ({ state }: Condition): boolean => state !== 'holds';

/** The gate of one phase, and the ways through it: entering, or overriding it with a reason. */
function GateView(props: {
  migration: string;
  service: Service;
  gates: ServiceGates;
  gate: Gate;
  isPending: boolean;
  onEnter: (phase: Phase, reason?: string) => void;
}) {
  const { migration, service, gates, gate, isPending, onEnter } = props;
  const against = gate.conditions.filter(isAgainst).length;
  return (
    <div className={classes.gate}>
      <p className={classes.sentence}>
        <OutcomeMark outcome={gate.open ? 'exact' : 'unsupported'} />
        <span>
          {gate.open
            ? `It may become ${gate.to}: ${phaseWords[gate.to]}.`
            : `It cannot become ${gate.to} yet: ${against} of ${gate.conditions.length} conditions ${against === 1 ? 'does' : 'do'} not hold.`}
        </span>
      </p>
      <Conditions
        migration={migration}
        gate={gate}
        actionOf={({ id }) =>
          id === 'approvals' && gates.approvalsNeeded > 0 ? <Approve migration={migration} gates={gates} /> : null
        }
      />
      <div className={classes.actions}>
        {gate.open ? (
          <Button loading={isPending} onClick={() => onEnter(gate.to)}>
            Enter {gate.to}
          </Button>
        ) : (
          <Accept
            key={`${gate.to} ${service.revision}`}
            question={`Why does ${service.id} become ${gate.to} although its gate is shut? The history keeps the reason.`}
            opener={`Enter ${gate.to} all the same …`}
            answer={`Enter ${gate.to}`}
            isPending={isPending}
            onAccept={(reason) => onEnter(gate.to, reason)}
          />
        )}
      </div>
    </div>
  );
}

/** Where a service stands, what its next phase asks for with the evidence, and the ways forward and back. */
export function PhasePanel({ migration, service }: { migration: string; service: Service }) {
  const { namespace, name, phase, share } = service;
  const { data: gates, error } = useQuery(gatesQuery(migration, namespace, name));
  const shift = useQuery(planSettingsQuery(migration)).data?.settings.shift ?? [10];
  const [search, change] = useAddress();
  const [conflict, setConflict] = useState<Wish>();
  const [isGoingBack, setGoingBack] = useState(false);
  const save = useMutation({
    mutationFn: ({ seen, wanted, reason }: Wish) => changeService(migration, seen, wanted, reason),
    onSuccess: (outcome, wish) => {
      if (outcome.kind === 'conflict') {
        setConflict({ ...wish, seen: outcome.current });
        return;
      }
      setConflict(undefined);
      setGoingBack(false);
      change({ gate: undefined, stages: undefined });
      const { phase: now, share: taken } = outcome.service;
      tell(now === 'shifting' ? `Recorded: ${now}, ${taken} % in Kong Mesh.` : `Recorded: ${now}.`);
    },
    onError: (failure) => {
      if (isProblem(failure, 'gate'))
        void queryClient.invalidateQueries({ queryKey: gatesQuery(migration, namespace, name).queryKey });
      tellFailure(failure);
    },
  });
  const wish = (wanted: Wanted, seen: Service = service, reason?: string): void =>
    save.mutate({ seen, wanted, ...(reason === undefined ? {} : { reason }) });
  const enter = (to: Phase, reason?: string): void =>
    wish(
      to === 'shifting'
        ? { phase: to, share: nextShare(shift, 0) }
        : to === 'migrated' || to === 'retired'
          ? { phase: to, share: 100 }
          : { phase: to },
      service,
      reason,
    );
  const asked = onTheWay.find((one) => one === search.gate);
  const shown = asked ?? gates?.next ?? phase;
  const gate = gates?.gates.find(({ to }) => to === shown);
  const isBehind = placeOf(shown) < placeOf(phase) || (phase === 'rolled-back' && shown === 'reviewed');
  const canGoBack = placeOf(phase) >= placeOf('bridged');
  return (
    <Section title="Phase">
      <Path phase={phase} shown={shown} onShow={(to) => change({ gate: to === gates?.next ? undefined : to })} />
      {phase === 'rolled-back' && (
        <p>
          It was rolled back: {phaseWords[phase]}. From here it is bridged again, once the reason for going back is
          gone.
        </p>
      )}
      {phase === 'shifting' && (
        <Share
          migration={migration}
          service={service}
          isPending={save.isPending}
          onShare={(value, seen) => wish({ share: value }, seen)}
        />
      )}
      {gates === undefined ? (
        error === null ? (
          <p className="muted" role="status">
            Asking its gates …
          </p>
        ) : (
          <p role="alert">{error.message}</p>
        )
      ) : gate !== undefined ? (
        <GateView
          migration={migration}
          service={service}
          gates={gates}
          gate={gate}
          isPending={save.isPending}
          onEnter={enter}
        />
      ) : (
        <div className={classes.gate}>
          {isBehind ? (
            <>
              <p>Going back to {shown} asks for no evidence. Nothing is run: this records where the service stands.</p>
              <div className={classes.actions}>
                <Button variant="default" loading={save.isPending} onClick={() => wish({ phase: shown })}>
                  Go back to {shown}
                </Button>
              </div>
            </>
          ) : (
            <p className="muted">
              {phase === 'retired' ? 'It has arrived: nothing comes behind retired.' : `It is ${phase} now.`}
            </p>
          )}
        </div>
      )}
      {canGoBack && (
        <div className={classes.actions}>
          <Button variant="default" color="danger" onClick={() => setGoingBack(true)}>
            Roll back …
          </Button>
          <span className="muted">
            To Istio{phase === 'shifting' ? `, from ${share} % in Kong Mesh` : ''}; possible from every phase.
          </span>
        </div>
      )}
      <Suspense>
        {isGoingBack && (
          <RollBack
            migration={migration}
            service={service}
            wave={gates?.wave ?? null}
            isPending={save.isPending}
            onRollBack={() => wish({ phase: 'rolled-back' })}
            onClose={() => setGoingBack(false)}
          />
        )}
        {conflict !== undefined && (
          <Conflict
            services={[conflict.seen]}
            wanted={conflict.wanted}
            isBusy={save.isPending}
            onMine={() => save.mutate(conflict)}
            onTheirs={() => setConflict(undefined)}
          />
        )}
      </Suspense>
    </Section>
  );
}
