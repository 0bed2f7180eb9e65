import type { Service } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import { SeverityMark } from '../../ui/status.tsx';
import { rollUp } from './filter.ts';
import { type GroupName, groupTitle } from './groups.ts';
import classes from './toolbar.module.css';

/** The heading of a group of services: how many there are of those that are shown, how far they are, and what blocks. */
export function GroupHeading({ by, group, services }: { by: GroupName; group: string; services: readonly Service[] }) {
  const { phases, blocked } = rollUp(services);
  const moved = (phases.get('migrated') ?? 0) + (phases.get('retired') ?? 0);
  return (
    <span className={classes.group}>
      <strong>{groupTitle(by, group)}</strong>
      <span className="number muted">{count(services.length, 'service')}</span>
      <span className="number muted">{whole(moved)} on Kong Mesh</span>
      {blocked > 0 && (
        <span className="number">
          <SeverityMark severity="blocker" /> {whole(blocked)} blocked
        </span>
      )}
    </span>
  );
}
