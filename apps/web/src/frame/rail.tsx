import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { migrationQuery, overviewQuery } from '../api/queries.ts';
import { whole } from '../text/format.ts';
import { SeverityMark } from '../ui/status.tsx';
import { places } from './places.ts';
import classes from './rail.module.css';

/** The pages of the migration that is open. On narrow screens it opens over the page. */
export function Rail({ id, isOpen, onClose }: { id: string; isOpen: boolean; onClose: () => void }) {
  const migration = useQuery(migrationQuery(id));
  const hasSnapshot = (migration.data?.snapshot ?? null) !== null;
  const blockers = useQuery({ ...overviewQuery(id), enabled: hasSnapshot }).data?.findings.blocker ?? 0;
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
          {label === 'Findings' && blockers > 0 && (
            <span className={classes.count} title={`${blockers} blockers`}>
              <SeverityMark severity="blocker" />
              <span className="number">{whole(blockers)}</span>
              <span className="unseen">blockers</span>
            </span>
          )}
        </Link>
      ))}
      <Link to="/guide" className={classes.place}>
        Guide
      </Link>
    </nav>
  );
}
