import type { Call } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { kindWords } from './filter.ts';
import classes from './page.module.css';

type Evidence = Call['evidence'][number];

function Place({ migration, evidence }: { migration: string; evidence: Evidence }) {
  const { resource, index, file, line, column, path } = evidence;
  if (resource === undefined) return null;
  const name = `${resource.kind} ${resource.namespace === '' ? '' : `${resource.namespace}/`}${resource.name}`;
  return (
    <span className={classes.place}>
      <code>
        {file}
        {line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}
      </code>
      {path !== undefined && path !== '' && <code>{path}</code>}
      {index === undefined ? (
        <span>{name}</span>
      ) : (
        <Link
          to="/migrations/$id/workbench"
          params={{ id: migration }}
          search={{ resource: String(index), ...(path === undefined ? {} : { field: path }) }}
        >
          {name} in the workbench
        </Link>
      )}
    </span>
  );
}

/** One call: who calls whom, and on opening where it is said. */
export function CallItem({ migration, call, note }: { migration: string; call: Call; note?: string }) {
  const { from, to, evidence, total } = call;
  const kinds = [...new Set(evidence.map(({ kind }) => kindWords[kind]))].join(', ');
  return (
    <li>
      <details className={classes.call}>
        <summary>
          <span className={classes.ends}>
            <span className="mono">{from}</span> <span aria-hidden="true">→</span>
            <span className="unseen">calls</span> <span className="mono">{to}</span>
          </span>
          <span className="muted">{kinds}</span>
          {note !== undefined && <span className="muted">{note}</span>}
        </summary>
        <ul className={classes.evidence}>
          {evidence.map((one) => (
            <li key={`${one.kind} ${one.file} ${one.line} ${one.path} ${one.detail}`}>
              <span>
                {kindWords[one.kind]}: {one.detail}
              </span>
              <Place migration={migration} evidence={one} />
            </li>
          ))}
          {total > evidence.length && <li className="muted">and {count(total - evidence.length, 'more place')}</li>}
        </ul>
      </details>
    </li>
  );
}

/** A list of calls, as many as can be read. */
export function CallList(props: {
  migration: string;
  label: string;
  calls: readonly Call[];
  most: number;
  noteOf?: (call: Call) => string;
}) {
  const { migration, label, calls, most, noteOf } = props;
  return (
    <>
      <ul className={classes.calls} aria-label={label}>
        {calls.slice(0, most).map((call) => (
          <CallItem
            key={`${call.from} ${call.to}`}
            migration={migration}
            call={call}
            {...(noteOf === undefined ? {} : { note: noteOf(call) })}
          />
        ))}
      </ul>
      {calls.length > most && (
        <p className="muted">
          The first {most} of {count(calls.length, 'call')}. Filters narrow them;{' '}
          <code>isthmus plan --report plan.json</code> lists all.
        </p>
      )}
    </>
  );
}
