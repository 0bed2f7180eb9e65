import type { Call } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type RefObject, useMemo } from 'react';
import { count } from '../../text/format.ts';
import { OutcomeMark } from '../../ui/status.tsx';
import { type Place, waveNumbers } from './board.ts';
import { CallList } from './call-item.tsx';
import classes from './page.module.css';
import type { PlanState } from './use-plan.ts';

const mostCalls = 50;

const placeOf = (text: string): Place =>
  text === 'stays'
    ? 'stays'
    : text.startsWith('before-')
      ? { before: Number(text.slice('before-'.length)) }
      : { wave: Number(text) };

function Calls(props: { migration: string; title: string; calls: readonly Call[]; meshOf: (id: string) => string }) {
  const { migration, title, calls, meshOf } = props;
  if (calls.length === 0) return null;
  return (
    <div>
      <h3 className={classes.subtitle}>{title}</h3>
      <CallList
        migration={migration}
        label={title}
        calls={calls}
        most={mostCalls}
        noteOf={({ from, to, counts }) => (counts ? `${meshOf(from)} → ${meshOf(to)}` : 'too little evidence')}
      />
    </div>
  );
}

/** The service under the cursor of the board: where it moves, what holds it there, and what it calls. */
export function Detail(props: {
  migration: string;
  state: PlanState;
  service: string;
  region: RefObject<HTMLElement | null>;
}) {
  const { migration, state, service, region } = props;
  const { plan, waves, settings, assessed, move, edit } = state;
  const wave = useMemo(() => waveNumbers(waves), [waves]);
  const group = useMemo(
    () => plan.waves.flatMap(({ groups }) => groups).find(({ services }) => services.includes(service)),
    [plan, service],
  );
  const here = wave.get(service);
  const isKnown = here !== undefined || settings.excluded.includes(service);
  if (!isKnown) return null;
  const together = (group?.services.length ?? 1) > 1 ? (group?.services ?? []) : [];
  const [namespace = '', name = ''] = service.split('/');
  const pin = settings.pinned[service];
  const violations = (assessed?.unkept ?? []).filter(({ services }) => services.includes(service));
  const meshOf = (id: string): string => {
    const number = wave.get(id);
    return number === undefined ? 'stays' : `wave ${number}`;
  };
  const pinned = (number: number | undefined): void => {
    const { [service]: _, ...others } = settings.pinned;
    edit({ pinned: number === undefined ? others : { ...others, [service]: number } });
  };
  return (
    <section ref={region} className={classes.detail} aria-label={`Service ${service}`} tabIndex={-1}>
      <div className={classes.detailHead}>
        <h2>
          <Link
            to="/migrations/$id/services/$namespace/$name"
            params={{ id: migration, namespace, name }}
            className="mono"
          >
            {service}
          </Link>
        </h2>
        <label>
          Moves{' '}
          <select
            aria-label={`When ${service} moves`}
            value={here === undefined ? 'stays' : String(here)}
            onChange={({ target }) => move([service], placeOf(target.value))}
          >
            {waves.map((_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: waves are their numbers
              <option key={index} value={String(index + 1)}>
                in wave {index + 1}
              </option>
            ))}
            <option value={String(waves.length + 1)}>in a new wave at the end</option>
            {here !== undefined && <option value={`before-${here}`}>in a new wave before wave {here}</option>}
            <option value="stays">never: stays in Istio</option>
          </select>
        </label>
        {here !== undefined && (
          <label>
            <input
              type="checkbox"
              checked={pin === here}
              onChange={({ target }) => pinned(target.checked ? here : undefined)}
            />{' '}
            Pinned to wave {here}
          </label>
        )}
        {pin !== undefined && pin !== here && (
          <Button size="compact-sm" variant="default" onClick={() => pinned(undefined)}>
            Take the pin to wave {pin} away
          </Button>
        )}
      </div>
      {together.length > 0 && (
        <p>
          Moves together with <span className="mono">{together.filter((id) => id !== service).join(', ')}</span>
          {group !== undefined && group.circle.length > 0 && (
            <>
              , because of the circle <span className="mono">{group.circle.join(' → ')}</span>
            </>
          )}
          {group !== undefined && group.workloads.length > 0 && (
            <>
              , because the same pods stand behind them: <span className="mono">{group.workloads.join(', ')}</span>
            </>
          )}
          . The choice above moves it alone; its card moves all.
        </p>
      )}
      {violations.length > 0 && (
        <ul className={classes.reasons}>
          {violations.map(({ kind, reason }) => (
            <li key={`${kind} ${reason}`}>
              <OutcomeMark outcome="approximate" />
              <span className="unseen">not kept: </span>
              <span>{reason}</span>
            </li>
          ))}
        </ul>
      )}
      <div className={classes.detailCalls}>
        <Calls
          migration={migration}
          title={`Calls ${count(plan.calls.filter(({ from }) => from === service).length, 'service')}`}
          calls={plan.calls.filter(({ from }) => from === service)}
          meshOf={meshOf}
        />
        <Calls
          migration={migration}
          title={`Is called by ${count(plan.calls.filter(({ to }) => to === service).length, 'service')}`}
          calls={plan.calls.filter(({ to }) => to === service)}
          meshOf={meshOf}
        />
      </div>
    </section>
  );
}
