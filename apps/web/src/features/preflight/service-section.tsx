import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { Section } from '../../ui/page.tsx';
import { SeverityLabel } from '../../ui/status.tsx';
import { filterChecks } from './filter.ts';
import classes from './page.module.css';
import { checksQuery } from './queries.ts';

/** What fails before the flight of one service, on its page. */
export function ServiceChecksSection({ migration, service }: { migration: string; service: string }) {
  const { data } = useQuery(checksQuery(migration, service));
  if (data === undefined) return null;
  const failed = filterChecks(data.checks, {});
  return (
    <Section title="Pre-flight">
      {failed.length === 0 ? (
        <p className="muted">No check fails for this service.</p>
      ) : (
        <ul className={classes.list}>
          {failed.map(({ id, severity, title, total }) => (
            <li key={id} className={`${classes.check} ${classes.brief}`}>
              <SeverityLabel severity={severity} />
              <Link to="/migrations/$id/preflight" params={{ id: migration }} search={{ service, open: id }}>
                {title}
              </Link>
              <span className={classes.result}>{count(total, 'finding')}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
