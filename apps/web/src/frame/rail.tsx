import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { migrationQuery, overviewQuery } from '../api/queries.ts';
import { behaviourQuery } from '../features/behaviour/queries.ts';
import { hasOpenVerdict } from '../features/behaviour/rows.ts';
import { checkResultsQuery } from '../features/preflight/queries.ts';
import { whole } from '../text/format.ts';
import { openBlockers, SeverityMark } from '../ui/status.tsx';
import { places } from './places.ts';
import classes from './rail.module.css';

/** How much of a page keeps services from moving. */
function Open({ count, what }: { count: number; what: string }) {
  if (count === 0) return null;
  return (
    <span className={classes.count} title={`${count} ${what}`}>
      <SeverityMark severity="blocker" />
      <span className="number">{whole(count)}</span>
      <span className="unseen">{what}</span>
    </span>
  );
}

/** Services whose verdicts are open; none before somebody compared them, which may take minutes. */
function useOpenVerdicts(id: string): number {
  const { data } = useQuery({ ...behaviourQuery(id), enabled: false });
  return useMemo(() => (data?.rows ?? []).filter(hasOpenVerdict).length, [data]);
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
    Behaviour: useOpenVerdicts(id),
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
          <Open count={counts[label] ?? 0} what={label === 'Behaviour' ? 'services with open verdicts' : 'blockers'} />
        </Link>
      ))}
      <Link to="/guide" className={classes.place}>
        Guide
      </Link>
    </nav>
  );
}
