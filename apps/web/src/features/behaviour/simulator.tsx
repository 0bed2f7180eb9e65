import type { LinkedRule, SimulatedRequest, Simulation } from '@isthmus/contract';
import { useEffect, useMemo } from 'react';
import { isProblem } from '../../api/problem.ts';
import { count } from '../../text/format.ts';
import { Line } from '../../ui/prose.tsx';
import type { Search } from '../../ui/search.ts';
import { OutcomeMark } from '../../ui/status.tsx';
import { readRequest, requestNames, targetOf, type Unreadable } from './request-address.ts';
import { RequestForm } from './request-form.tsx';
import { Side } from './side.tsx';
import classes from './simulator.module.css';
import { useSimulation } from './use-simulation.ts';
import { differenceWord } from './verdict.tsx';

/** The sentence that answers whether the request is treated alike. */
function answerOf({ differences, undecided, before, after }: Simulation, target: string): string {
  if (differences.length > 0) {
    const [first] = differences;
    const more = differences.length === 1 ? '' : ` and ${count(differences.length - 1, 'more setting')}`;
    return first !== undefined && ['kind', 'destinations', 'response', 'redirect'].includes(first.what)
      ? `Differs. Istio: ${before.decision}. ${target}: ${after.decision}.`
      : `Both meshes send it the same way; ${first?.what}${more} ${differences.length === 1 && !first?.what.endsWith('s') ? 'differs' : 'differ'}.`;
  }
  return undecided.length > 0
    ? 'Nothing different was found, and something cannot be compared.'
    : 'Both meshes treat this request alike, in routing and in resilience.';
}

function Differences({ differences, undecided, target }: Simulation & { target: string }) {
  if (differences.length + undecided.length === 0) return null;
  return (
    <table className={classes.differences}>
      <caption className="unseen">What is different</caption>
      <thead>
        <tr>
          <th scope="col">What differs</th>
          <th scope="col">Istio</th>
          <th scope="col">{target}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ aspect, what, before, after }) => (
          <tr key={`${what} ${before} ${after}`}>
            <th scope="row">
              <OutcomeMark outcome="unsupported" /> {aspect}: {differenceWord(what)}
            </th>
            <td>
              <Line text={before} />
            </td>
            <td>
              <Line text={after} />
            </td>
          </tr>
        ))}
        {undecided.map((reason) => (
          <tr key={reason}>
            <th scope="row">
              <OutcomeMark outcome="approximate" /> undecided
            </th>
            <td colSpan={2}>{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Why there is no answer, or what it is. */
function sentenceOf(request: SimulatedRequest | Unreadable | undefined, data: Simulation | undefined, error: unknown) {
  if (request === undefined) return 'Name a service, and see what both meshes do with a request to it.';
  if ('problem' in request) return `The request is not complete: ${request.problem}`;
  if (isProblem(error, 'not-found'))
    return `The newest snapshot has no Service ${request.service}${request.port === undefined ? '' : ` with port ${request.port}`}.`;
  if (error !== null) return error instanceof Error ? error.message : String(error);
  return data === undefined ? 'Asking both meshes …' : answerOf(data, targetOf(request.service));
}

/** What takes the place of Istio there. */

const markOf = ({ differences, undecided }: Simulation) =>
  differences.length > 0 ? 'unsupported' : undecided.length > 0 ? 'approximate' : 'exact';

export interface SimulatorProps {
  readonly migration: string;
  /** The address: the request is part of it. */
  readonly search: Search;
  /** Grows when the request is to take the focus. */
  readonly calls: number;
  readonly onChange: (part: Search) => void;
  /** Called with what is decided, and with nothing once that is not shown any more. */
  readonly onDecided: (simulation: Simulation | undefined) => void;
  /** What leads to a rule that is shown beside the simulator; undefined where it is not. */
  readonly wayTo: (rule: LinkedRule) => (() => void) | undefined;
}

/** One request through both meshes, step by step, answered as it is typed. */
export function Simulator({ migration, search, calls, onChange, onDecided, wayTo }: SimulatorProps) {
  const written = JSON.stringify([search.service, ...requestNames.map((name) => search[name])]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the request changes with its parts of the address only
  const request = useMemo(() => readRequest(search), [written]);
  const unreadable = request !== undefined && 'problem' in request ? request : undefined;
  const readable = request !== undefined && !('problem' in request) ? request : undefined;
  const { simulation, error, isOld } = useSimulation(migration, readable);
  const shown = readable === undefined ? undefined : simulation;
  useEffect(() => {
    onDecided(shown);
    return () => onDecided(undefined);
  }, [shown, onDecided]);
  return (
    <div className={classes.simulator}>
      <RequestForm
        migration={migration}
        search={search}
        ports={shown?.ports ?? []}
        unreadable={unreadable}
        calls={calls}
        onChange={onChange}
      />
      <div className={classes.result} data-old={isOld || undefined}>
        <p className={classes.answer} role="status">
          {shown !== undefined && error === null && <OutcomeMark outcome={markOf(shown)} />}
          <span>
            <Line text={sentenceOf(request, shown, error)} />
          </span>
        </p>
        {shown !== undefined && readable !== undefined && (
          <>
            <Differences {...shown} target={targetOf(readable.service)} />
            <div className={classes.panes}>
              <Side
                mesh="source"
                title="Istio"
                side={shown.before}
                migration={migration}
                service={readable.service}
                wayTo={wayTo}
              />
              <Side
                mesh="target"
                title={targetOf(readable.service)}
                side={shown.after}
                migration={migration}
                service={readable.service}
                wayTo={wayTo}
              />
            </div>
          </>
        )}
      </div>
    </div>
  );
}
