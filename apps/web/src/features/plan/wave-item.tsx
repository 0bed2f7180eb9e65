import type { Call, Wave } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { count, whole } from '../../text/format.ts';
import type { Search } from '../../ui/search.ts';
import { choiceOf } from './address.ts';
import { CallList } from './call-item.tsx';
import classes from './page.module.css';

// A wave of more is read by filter, not by eye.
const mostServices = 200;
const mostNamed = 5;
const mostCalls = 50;

function namesOf({ groups, services }: Wave): string {
  const named = groups.flatMap((group) => group.services).slice(0, mostNamed);
  return `${named.join(', ')}${services > named.length ? ` and ${whole(services - named.length)} more` : ''}`;
}

/** Groups that move together, then all other services as one part; as many services as can be read. */
function partsOf({ groups }: Wave): Wave['groups'] {
  const together = groups.filter(({ services }) => services.length > 1);
  const alone = groups.filter(({ services }) => services.length === 1).flatMap(({ services }) => services);
  let room = mostServices;
  return [...together, { services: alone, circle: [], workloads: [] }].flatMap(({ services, ...reasons }) => {
    const shown = services.slice(0, room);
    room -= shown.length;
    return shown.length === 0 ? [] : [{ services: shown, ...reasons }];
  });
}

function ServiceRow(props: {
  migration: string;
  id: string;
  waves: number;
  choice: string;
  onChoose: (id: string, choice: string) => void;
}) {
  const { migration, id, waves, choice, onChoose } = props;
  const [namespace = '', name = ''] = id.split('/');
  const isListed = choice === '' || choice === 'stays' || Number(choice) <= waves;
  return (
    <li className={classes.service}>
      <Link to="/migrations/$id/services/$namespace/$name" params={{ id: migration, namespace, name }} className="mono">
        {id}
      </Link>
      <ChoiceSelect id={id} waves={waves} choice={choice} isListed={isListed} onChoose={onChoose} />
    </li>
  );
}

/** When a service moves: as planned, in a wave, or not at all. */
export function ChoiceSelect(props: {
  id: string;
  waves: number;
  choice: string;
  isListed: boolean;
  onChoose: (id: string, choice: string) => void;
}) {
  const { id, waves, choice, isListed, onChoose } = props;
  const numbers = Array.from({ length: waves }, (_, index) => index + 1);
  return (
    <select
      className={classes.choice}
      aria-label={`When ${id} moves`}
      value={choice}
      onChange={({ target }) => onChoose(id, target.value)}
    >
      <option value="">as planned</option>
      {numbers.map((number) => (
        <option key={number} value={String(number)}>
          in wave {number}
        </option>
      ))}
      {!isListed && <option value={choice}>in wave {choice}</option>}
      <option value="stays">stays in Istio</option>
    </select>
  );
}

/** One wave: what it moves and what crosses afterwards in a line, and the rest where it is open. */
export function WaveItem(props: {
  migration: string;
  wave: Wave;
  waves: number;
  crossing: readonly Call[];
  search: Search;
  isOpen: boolean;
  onToggle: (number: string) => void;
  onChoose: (id: string, choice: string) => void;
}) {
  const { migration, wave, waves, crossing, search, isOpen, onToggle, onChoose } = props;
  const body = useId();
  const { number, services, namespaces, groups, crossing: counts } = wave;
  const together = groups.filter((group) => group.services.length > 1);
  const parts = partsOf(wave);
  return (
    <li className={classes.wave}>
      <h3>
        <button
          type="button"
          className={classes.head}
          aria-expanded={isOpen}
          aria-controls={isOpen ? body : undefined}
          onClick={() => onToggle(String(number))}
        >
          <span className={classes.chevron} aria-hidden="true" />
          <span className={classes.name}>Wave {whole(number)}</span>
          <span className={classes.count}>{count(services, 'service')}</span>
          <span className={classes.services}>{namesOf(wave)}</span>
          <span className={classes.crossing}>
            {counts.total === 0 ? 'nothing crosses' : `${count(counts.total, 'call crosses', 'calls cross')}`}
          </span>
        </button>
      </h3>
      {isOpen && (
        <div id={body} className={classes.body}>
          <p className="muted">
            {count(services, 'service')} of {namespaces.join(', ')}
            {together.length > 0 && `; ${count(together.length, 'group moves', 'groups move')} together`}.
          </p>
          {parts.map(({ circle, workloads, services: members }) => (
            <div key={members[0]} className={circle.length + workloads.length > 0 ? classes.together : undefined}>
              {workloads.length > 0 && (
                <p>
                  Together, because the same pods stand behind them:{' '}
                  <span className="mono">{workloads.join(', ')}</span>
                </p>
              )}
              {circle.length > 0 && (
                <p>
                  Together, because of <span className="mono">{circle.join(' → ')}</span>
                </p>
              )}
              <ul className={classes.members}>
                {members.map((id) => (
                  <ServiceRow
                    key={id}
                    migration={migration}
                    id={id}
                    waves={waves}
                    choice={choiceOf(search, id)}
                    onChoose={onChoose}
                  />
                ))}
              </ul>
            </div>
          ))}
          {services > mostServices && (
            <p className="muted">
              The first {mostServices} of {count(services, 'service')}.
            </p>
          )}
          {counts.total > 0 && (
            <>
              <h4 className={classes.subtitle}>
                Afterwards {count(counts.total, 'call crosses', 'calls cross')}: {whole(counts.toKong)} from Istio to
                Kong Mesh, {whole(counts.toIstio)} from Kong Mesh to Istio
              </h4>
              <CallList
                migration={migration}
                label={`Calls that cross after wave ${number}`}
                calls={crossing}
                most={mostCalls}
              />
            </>
          )}
        </div>
      )}
    </li>
  );
}
