import type { Condition, Gate } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count } from '../../text/format.ts';
import { OutcomeMark } from '../../ui/status.tsx';
import classes from './gate.module.css';

const marks = { holds: 'exact', fails: 'unsupported', unknown: 'approximate' } as const;
const words = { holds: 'holds', fails: 'does not hold', unknown: 'not known' } as const;

/** Where a condition is looked into, and settled. */
function Where({ id, migration, service }: { id: Condition['id']; migration: string; service: string }) {
  const params = { id: migration };
  switch (id) {
    case 'translated':
    case 'blockers':
      return (
        <Link to="/migrations/$id/workbench" params={params} search={{ service }}>
          Before and after
        </Link>
      );
    case 'checks':
      return (
        <Link to="/migrations/$id/preflight" params={params} search={{ service }}>
          Pre-flight
        </Link>
      );
    case 'verdicts':
      return (
        <Link to="/migrations/$id/behaviour" params={params} search={{ at: service }}>
          Behaviour
        </Link>
      );
    case 'access':
      return (
        <Link to="/migrations/$id/access" params={params} search={{ q: service }}>
          Access
        </Link>
      );
    case 'access-in-phase':
      return (
        <Link to="/migrations/$id/access" params={params} search={{ q: service, phase: 'bridged' }}>
          Access meanwhile
        </Link>
      );
    case 'between-clusters':
    case 'order':
      return (
        <Link to="/migrations/$id/plan" params={params} search={{ at: service }}>
          Plan
        </Link>
      );
    case 'ways':
    case 'rules-across':
    case 'trust':
      return (
        <Link to="/migrations/$id/bridge" params={params}>
          Bridge
        </Link>
      );
    case 'cluster':
      return (
        <Link to="/migrations/$id/clusters" params={params}>
          Clusters
        </Link>
      );
    case 'previous':
    case 'approvals':
    case 'share':
    case 'callers':
      return null;
  }
}

function ServiceLink({ migration, service }: { migration: string; service: string }) {
  const [namespace = '', name = ''] = service.split('/');
  return (
    <Link to="/migrations/$id/services/$namespace/$name" params={{ id: migration, namespace, name }} className="mono">
      {service}
    </Link>
  );
}

function Evidence({ migration, condition }: { migration: string; condition: Condition }) {
  const { evidence, total, state, title } = condition;
  if (evidence.length === 0) return null;
  const list = (
    <ul className={classes.evidence} aria-label={`Evidence: ${title}`}>
      {evidence.map(({ text, code, service }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two pieces may say the same, and all are drawn anew
        <li key={index}>
          {code !== undefined && (
            <Link to="/codes/$code" params={{ code }} className="mono">
              {code}
            </Link>
          )}
          <span>{text}</span>
          {service !== undefined && <ServiceLink migration={migration} service={service} />}
        </li>
      ))}
      {total > evidence.length && <li className="muted">and {count(total - evidence.length, 'more')}</li>}
    </ul>
  );
  // Few pieces are read in place; of many the sentence says enough to begin with.
  if (evidence.length <= 2) return list;
  return (
    <details className={classes.more}>
      <summary>{state === 'holds' ? count(total, 'piece of evidence', 'pieces of evidence') : `Show ${total}`}</summary>
      {list}
    </details>
  );
}

/** What must hold before a service enters a phase: what does, what does not, with the evidence and where to settle it. */
export function Conditions(props: {
  migration: string;
  gate: Gate;
  /** Controls that settle a condition on this page. */
  actionOf: (condition: Condition) => ReactNode;
}) {
  const { migration, gate, actionOf } = props;
  if (gate.conditions.length === 0) return null;
  return (
    <ul className={classes.conditions} aria-label={`Conditions of ${gate.to}`}>
      {gate.conditions.map((condition) => {
        const { id, title, state, detail } = condition;
        return (
          <li key={id} className={classes.condition} data-state={state}>
            <OutcomeMark outcome={marks[state]} />
            <div className={classes.said}>
              <p className={classes.title}>
                <span>{title}</span>
                <span className={state === 'holds' ? 'unseen' : 'muted'}>{words[state]}</span>
                {state !== 'holds' && <Where id={id} migration={migration} service={gate.service} />}
              </p>
              {(state !== 'holds' || id === 'approvals' || id === 'share') && <p className="muted">{detail}</p>}
              <Evidence migration={migration} condition={condition} />
              {actionOf(condition)}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
