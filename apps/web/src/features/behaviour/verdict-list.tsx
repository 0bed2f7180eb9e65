import type { Migration, ServiceBehaviour, Verdict } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { Accept } from '../../ui/accept.tsx';
import { MeshSide, MeshSides } from '../../ui/mesh-sides.tsx';
import { Line } from '../../ui/prose.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import shared from '../../ui/verdicts.module.css';
import { changeMigration } from '../settings/change.ts';
import classes from './behaviour.module.css';
import { targetOf, writeRequest } from './request-address.ts';
import { RuleLink } from './rule-link.tsx';
import { differenceWord, VerdictLabel } from './verdict.tsx';

/** Verdicts of one aspect that say the same of several ports or groups of clients. */
interface Group {
  readonly first: Verdict;
  readonly ports: readonly number[];
  readonly clients: readonly string[];
  readonly predictedBy: readonly string[];
}

/** Whom verdicts of one aspect are about; `all clients` where there are no others. */
function clientsOf(group: readonly Verdict[], { verdicts, notCompared }: ServiceBehaviour): string[] {
  const aboutPorts = new Set(group.map(({ port }) => port));
  const aspect = group[0]?.aspect;
  const all = verdicts.filter((one) => one.aspect === aspect && aboutPorts.has(one.port));
  if (all.length === group.length) return [notCompared.length === 0 ? 'all clients' : 'all clients that know it'];
  return [...new Set(group.map(({ clients }) => clients))];
}

function grouped(behaviour: ServiceBehaviour): Group[] {
  const others = behaviour.verdicts.filter(({ verdict }) => verdict !== 'same');
  const groups = Map.groupBy(others, ({ aspect, sentence, accepted }) => `${aspect}\n${sentence}\n${accepted}`);
  return [...groups.values()]
    .map((group) => ({
      first: group[0] as Verdict,
      ports: [...new Set(group.map(({ port }) => port))],
      clients: clientsOf(group, behaviour),
      predictedBy: [...new Set(group.flatMap(({ predictedBy = [] }) => predictedBy))].sort(),
    }))
    .sort((a, b) => urgency(a.first) - urgency(b.first));
}

/** What shows a request comes first, what somebody has looked at last. */
const urgency = ({ verdict, accepted }: Verdict): number =>
  accepted !== undefined ? 2 : verdict === 'differs' ? 0 : 1;

type Accepted = Migration['settings']['accepted'];

/** Accepts a difference with a reason, or takes that back. */
function Acceptance({ migration, group: { first, ports } }: { migration: Migration; group: Group }) {
  const { service, aspect } = first;
  const { accepted } = migration.settings;
  const save = useMutation({
    mutationFn: (next: Accepted) =>
      changeMigration(migration.id, { revision: migration.revision, settings: { accepted: next } }),
    onSuccess: () => tell('Saved.'),
    onError: tellFailure,
  });
  if (first.accepted !== undefined)
    return (
      <p>
        Accepted: {first.accepted}{' '}
        <Button
          size="compact-sm"
          variant="default"
          loading={save.isPending}
          onClick={() =>
            save.mutate(
              accepted.filter(
                (one) =>
                  one.service !== service ||
                  one.aspect !== aspect ||
                  (one.port !== undefined && !ports.includes(one.port)),
              ),
            )
          }
        >
          Take back
        </Button>
      </p>
    );
  return (
    <Accept
      question={`Why may ${aspect} of ${service} differ on port ${ports.join(', ')}?`}
      isPending={save.isPending}
      onAccept={(reason) => save.mutate([...accepted, ...ports.map((port) => ({ service, port, aspect, reason }))])}
    />
  );
}

function Sides({ migration, verdict }: { migration: string; verdict: Verdict }) {
  const { counterexample, service } = verdict;
  if (counterexample === undefined) return null;
  const { before, after, differences } = counterexample;
  return (
    <>
      <MeshSides>
        <MeshSide mesh="source" title="Istio">
          {before.decision}
          <RuleLink migration={migration} service={service} rule={before.rule} />
        </MeshSide>
        <MeshSide mesh="target" title={targetOf(service)}>
          {after.decision}
          <RuleLink migration={migration} service={service} rule={after.rule} />
        </MeshSide>
      </MeshSides>
      <table className={classes.differences}>
        <caption className="unseen">What is different</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Istio</th>
            <th scope="col">{targetOf(service)}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ what, before: one, after: other }) => (
            <tr key={`${what} ${one} ${other}`}>
              <th scope="row">{differenceWord(what)}</th>
              <td>
                <Line text={one} />
              </td>
              <td>
                <Line text={other} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What was found about one service: each difference with its request, both decisions and what foretold it. */
export function VerdictList(props: {
  migration: Migration;
  behaviour: ServiceBehaviour;
  /** The one that is chosen, where the snapshot holds several. */
  cluster?: string | undefined;
}) {
  const { migration, behaviour, cluster } = props;
  const { verdicts, notCompared } = behaviour;
  const same = verdicts.filter(({ verdict }) => verdict === 'same');
  return (
    <>
      <ul className={shared.verdicts}>
        {grouped(behaviour).map((group) => {
          const { first, ports, clients, predictedBy } = group;
          const { service, port, aspect, counterexample, sentence } = first;
          const where = first.cluster ?? cluster;
          return (
            <li key={`${aspect} ${ports} ${sentence}`} className={shared.found}>
              <div className={shared.head}>
                <VerdictLabel verdict={first.accepted === undefined ? first.verdict : 'accepted'} />
                <strong>{aspect}</strong>
                <span className="muted">
                  port {ports.join(', ')}, {clients.join('; ')}
                </span>
              </div>
              <p className={classes.sentence}>
                <Line text={sentence} />
              </p>
              <Sides migration={migration.id} verdict={first} />
              {first.verdict === 'differs' &&
                (predictedBy.length === 0 ? (
                  <p className={classes.surprise}>
                    <VerdictLabel verdict="unpredicted" />: no finding speaks of this difference.
                  </p>
                ) : (
                  <p className="muted">
                    Foretold by{' '}
                    {predictedBy.map((code, index) => (
                      <span key={code}>
                        {index === 0 ? '' : ', '}
                        <Link to="/codes/$code" params={{ code }} className="mono">
                          {code}
                        </Link>
                      </span>
                    ))}
                  </p>
                ))}
              <div className={classes.links}>
                {counterexample !== undefined && (
                  <Button
                    size="compact-md"
                    renderRoot={(rest) => (
                      <Link
                        {...rest}
                        to="/migrations/$id/workbench"
                        params={{ id: migration.id }}
                        search={{ ...writeRequest(service, port, counterexample), cluster: where }}
                      />
                    )}
                  >
                    Open in the simulator
                  </Button>
                )}
                <Acceptance migration={migration} group={group} />
              </div>
            </li>
          );
        })}
      </ul>
      {same.length > 0 && (
        <p className={shared.head}>
          <VerdictLabel verdict="same" />
          <span className="muted">
            for every request: {count(same.length, 'comparison')} of an aspect, a port and a group of clients
          </span>
        </p>
      )}
      {notCompared.length > 0 && (
        <p className="muted">
          Not compared, because Istio keeps them from knowing the service (Sidecar, exportTo): {notCompared.join('; ')}.
        </p>
      )}
    </>
  );
}
