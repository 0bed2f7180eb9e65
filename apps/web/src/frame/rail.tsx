import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { migrationQuery, overviewQuery } from '../api/queries.ts';
import { checkResultsQuery } from '../features/preflight/queries.ts';
import { whole } from '../text/format.ts';
import { openBlockers, SeverityMark } from '../ui/status.tsx';
import { places } from './places.ts';
import classes from './rail.module.css';

function Blockers({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span className={classes.count} title={`${count} blockers`}>
      <SeverityMark severity="blocker" />
      <span className="number">{whole(count)}</span>
      <span className="unseen">blockers</span>
    </span>
  );
}

/** The pages of the migration that is open. On narrow screens it opens over the page. */
export function Rail({ id, isOpen, onClose }: { id: string; isOpen: boolean; onClose: () => void }) {
  const migration = useQuery(migrationQuery(id));
  const hasSnapshot = (migration.data?.snapshot ?? null) !== null;
  const overview = useQuery({ ...overviewQuery(id), enabled: hasSnapshot }).data;
  // After the overview: the server works at one view of a snapshot at a time, and the page goes first.
  const checks = useQuery({ ...checkResultsQuery(id), enabled: overview !== undefined }).data;
  const counts: Readonly<Record<string, number | undefined>> = {
    Findings: overview && openBlockers(overview),
    'Pre-flight': checks?.summary.blocking,
  };
  if (migration.error !== null && migration.data === undefined) return null;
  return (
    <nav
      id="rail"
      className={classes.rail}
      data-open={isOpen || undefined}
      aria-label="Migration"
      onClick={onClose}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      {places.map(({ label, to }) => (
        <Link
          key={to}
          to={to}
          params={{ id }}
          className={classes.place}
          activeOptions={{ exact: to === '/migrations/$id', includeSearch: false }}
        >
          {label}
          <Blockers count={counts[label] ?? 0} />
        </Link>
      ))}
      <Link to="/guide" className={classes.place}>
        Guide
      </Link>
    </nav>
  );
}
