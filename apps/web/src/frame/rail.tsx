import { Link, useParams } from '@tanstack/react-router';
import classes from './rail.module.css';

const places = [
  ['Overview', '/migrations/$id'],
  ['Services', '/migrations/$id/services'],
  ['Resources', '/migrations/$id/resources'],
  ['Findings', '/migrations/$id/findings'],
  ['Workbench', '/migrations/$id/workbench'],
  ['Bridge', '/migrations/$id/bridge'],
  ['Inventory', '/migrations/$id/inventory'],
  ['Export', '/migrations/$id/export'],
  ['History', '/migrations/$id/history'],
  ['Settings', '/migrations/$id/settings'],
] as const;

/** The pages of the migration that is open. */
export function Rail() {
  const { id } = useParams({ strict: false });
  if (id === undefined) return null;
  return (
    <nav className={classes.rail} aria-label="Migration">
      {places.map(([label, to]) => (
        <Link key={to} to={to} params={{ id }} className={classes.place} activeOptions={{ exact: to === places[0][1] }}>
          {label}
        </Link>
      ))}
      <Link to="/guide" className={classes.place}>
        Guide
      </Link>
    </nav>
  );
}
