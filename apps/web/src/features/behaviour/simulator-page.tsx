import type { SimulatedRequest, Simulation } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { isProblem } from '../../api/problem.ts';
import { migrationQuery } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Page } from '../../ui/page.tsx';
import { Line } from '../../ui/prose.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { simulationQuery } from './queries.ts';
import { readRequest, type Unreadable } from './request-address.ts';
import { RequestForm } from './request-form.tsx';
import { Side } from './side.tsx';
import classes from './simulator.module.css';
import { differenceWord } from './verdict.tsx';

/** The sentence that answers whether the request is treated alike. */
function answerOf({ differences, undecided, before, after }: Simulation): string {
  if (differences.length > 0) {
    const [first] = differences;
    const more = differences.length === 1 ? '' : ` and ${count(differences.length - 1, 'more setting')}`;
    return first !== undefined && ['kind', 'destinations', 'response', 'redirect'].includes(first.what)
      ? `Istio: ${before.decision}. Kong Mesh: ${after.decision}.`
      : `Both meshes send it the same way; ${first?.what}${more} ${differences.length === 1 && !first?.what.endsWith('s') ? 'differs' : 'differ'}.`;
  }
  return undecided.length > 0
    ? 'Nothing different was found, and something cannot be compared.'
    : 'Both meshes treat this request alike.';
}

function Differences({ differences, undecided }: Simulation) {
  if (differences.length + undecided.length === 0)
    return (
      <p className={classes.same}>
        <OutcomeMark outcome="exact" /> No difference in routing or resilience.
      </p>
    );
  return (
    <table className={classes.differences}>
      <caption className="unseen">What is different</caption>
      <thead>
        <tr>
          <th scope="col">What differs</th>
          <th scope="col">Istio</th>
          <th scope="col">Kong Mesh</th>
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
  if (request === undefined) return 'Choose a service, and see what both meshes do with a request to it.';
  if ('problem' in request) return `The request is not complete: ${request.problem}`;
  if (isProblem(error, 'not-found'))
    return `The newest snapshot has no Service ${request.service}${request.port === undefined ? '' : ` with port ${request.port}`}.`;
  if (error !== null) return error instanceof Error ? error.message : String(error);
  return data === undefined ? 'Asking both meshes …' : answerOf(data);
}

// Stands in where there is no request; it is never sent.
const none: SimulatedRequest = {
  service: '',
  client: { namespace: '', labels: {} },
  method: 'GET',
  path: '/',
  headers: {},
};

/** One request through both meshes, step by step. All of it stands in the address. */
export function SimulatorPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const [search] = useAddress();
  const request = readRequest(search);
  const unreadable = request !== undefined && 'problem' in request ? request : undefined;
  const readable = request !== undefined && !('problem' in request) ? request : undefined;
  const { data, error, isPlaceholderData } = useQuery({
    ...simulationQuery(id, readable ?? none),
    enabled: readable !== undefined,
  });
  const service = readable?.service;
  const shown = readable === undefined || error !== null ? undefined : data;
  return (
    <Page
      title="Simulator"
      of={migration.name}
      answer={sentenceOf(request, data, error)}
      actions={
        service !== undefined && (
          <>
            <Button
              variant="default"
              renderRoot={(rest) => (
                <Link {...rest} to="/migrations/$id/behaviour" params={{ id }} search={{ service }} />
              )}
            >
              All verdicts
            </Button>
            <Button
              variant="default"
              renderRoot={(rest) => (
                <Link {...rest} to="/migrations/$id/workbench" params={{ id }} search={{ service }} />
              )}
            >
              Before and after
            </Button>
          </>
        )
      }
    >
      <div className={classes.layout}>
        <RequestForm migration={id} ports={shown?.ports ?? []} unreadable={unreadable} />
        {shown !== undefined && service !== undefined && (
          <div className={classes.result} data-old={isPlaceholderData || undefined}>
            <Differences {...shown} />
            <div className={classes.panes}>
              <Side mesh="source" title="Istio" side={shown.before} migration={id} service={service} />
              <Side mesh="target" title="Kong Mesh" side={shown.after} migration={id} service={service} />
            </div>
          </div>
        )}
      </div>
    </Page>
  );
}
