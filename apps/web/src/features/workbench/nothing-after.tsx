import type { Workbench } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { OutcomeMark, outcomeWords } from '../../ui/status.tsx';
import classes from './bench.module.css';
import { groupUnmatched } from './unmatched.ts';

/** Why nothing stands on the right: the reasons of the fields on the left. */
export function NothingAfter({ workbench }: { workbench: Workbench }) {
  const groups = groupUnmatched(workbench);
  return (
    <div className={classes.nothing}>
      <h3>Nothing comes of this in Kong Mesh</h3>
      {groups.length === 0 ? (
        <p>
          No field of a spec is set here. What Istio does without settings, and whether Kong Mesh does the same, is said
          in the findings below.
        </p>
      ) : (
        <ul className={classes.reasons}>
          {groups.map(({ outcome, code, reason, fields }) => (
            <li key={`${outcome} ${code}`}>
              <OutcomeMark outcome={outcome} />
              <span>
                {count(fields.length, 'field')}: {reason}
                <span className="muted"> ({outcomeWords[outcome]})</span>{' '}
                {code !== undefined && (
                  <Link to="/codes/$code" params={{ code }}>
                    {code}
                  </Link>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
