import type { KindProgress, UnreadKind } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import { Command } from '../../ui/copy.tsx';
import classes from './clusters.module.css';
import { readSoFar } from './words.ts';

/** How far the reading of a cluster is, kind by kind. */
export function Reading({ name, progress }: { name: string; progress: readonly KindProgress[] }) {
  const { kinds, done, objects, current } = readSoFar(progress);
  return (
    <div className={classes.reading}>
      <progress
        className={classes.bar}
        aria-label={`Reading ${name}`}
        {...(kinds === 0 ? {} : { value: done })}
        max={Math.max(1, kinds)}
      />
      <p role="status">
        {kinds === 0
          ? `Asking ${name} what it serves.`
          : `${name}: ${count(objects, 'object')} of ${done} of ${count(kinds, 'kind')} read.`}
      </p>
      {current.length > 0 && (
        <p className="muted">
          {current
            .slice(0, 3)
            .map(({ kind, read, total }) => `${kind} ${whole(read)}${total === undefined ? '' : ` of ${whole(total)}`}`)
            .join(', ')}
        </p>
      )}
    </div>
  );
}

/** What could not be read and why, with the commands that grant it. */
export function Unread({ unread }: { unread: readonly UnreadKind[] }) {
  const grants = unread.flatMap(({ grant }) => grant ?? []);
  return (
    <>
      <ul className={classes.unread}>
        {unread.map(({ group, kind, resource, verb, namespace, name, reason }) => (
          <li key={`${group} ${resource} ${verb} ${namespace} ${name}`}>
            <strong>{kind === '*' ? `All kinds of ${group}` : kind}</strong>
            {name !== undefined && ` ${namespace}/${name}`} <span className="muted">{group}</span>: {verb} – {reason}
          </li>
        ))}
      </ul>
      {grants.length > 0 && (
        <details>
          <summary>Commands that grant it</summary>
          <Command text={grants.join('\n')} />
        </details>
      )}
    </>
  );
}
