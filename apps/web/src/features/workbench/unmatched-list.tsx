import type { Workbench } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { count, whole } from '../../text/format.ts';
import { OutcomeMark, outcomeWords } from '../../ui/status.tsx';
import classes from './bench.module.css';
import type { LinkIndex, Place } from './links.ts';
import type { UnmatchedGroup } from './unmatched.ts';

export interface UnmatchedListProps {
  readonly groups: readonly UnmatchedGroup[];
  readonly workbench: Workbench;
  readonly links: LinkIndex;
  readonly onPlace: (place: Place) => void;
}

/** More fields of one reason are counted: the pane shows them with their marks. */
const most = 100;

/** The fields that have no counterpart, by the reason why. */
export function UnmatchedList({ groups, workbench, links, onPlace }: UnmatchedListProps) {
  const byIndex = useMemo(() => new Map(links.fields.map((field) => [field.index, field])), [links]);
  if (groups.length === 0)
    return <p className={classes.noFindings}>Every field that is shown has a counterpart in Kong Mesh.</p>;
  return (
    <div className={classes.scroller}>
      {groups.map(({ outcome, code, reason, fields }) => (
        <details key={`${outcome} ${code}`} className={classes.group} open={groups.length === 1}>
          <summary className={classes.groupLine}>
            <OutcomeMark outcome={outcome} />
            <span className={classes.groupCount}>{count(fields.length, 'field')}</span>
            <span className={classes.findingTitle}>
              {reason}
              <span className="muted"> · {outcomeWords[outcome]}</span>
            </span>
          </summary>
          <div className={classes.groupBody}>
            {code !== undefined && (
              <p>
                <Link to="/codes/$code" params={{ code }}>
                  Why: {code}
                </Link>
              </p>
            )}
            <ul className={classes.paths}>
              {fields.slice(0, most).map((index) => {
                const field = workbench.fields[index];
                const linked = byIndex.get(index);
                const resource = field && workbench.before[field.document]?.resource;
                const label = `${resource?.kind} ${resource?.name} ${field?.path}`;
                return (
                  <li key={index}>
                    {linked === undefined ? (
                      <code>{label}</code>
                    ) : (
                      <button
                        type="button"
                        className={classes.fieldLink}
                        onClick={() =>
                          onPlace({ side: 'before', line: linked.span.line, column: linked.span.keyColumn })
                        }
                      >
                        {label}
                      </button>
                    )}
                  </li>
                );
              })}
            </ul>
            {fields.length > most && <p className="muted">and {whole(fields.length - most)} more</p>}
          </div>
        </details>
      ))}
    </div>
  );
}
