import type { Progress, ProgressGroup } from '@isthmus/contract';
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useMemo } from 'react';
import { whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Count } from '../../ui/status.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { type By, bys, groupingIn } from './common.ts';
import classes from './progress.module.css';
import { phasesIn, progressSentence, reached, stages } from './progress.ts';
import { ProgressChart } from './progress-chart.tsx';
import { progressQuery } from './queries.ts';

type Day = Progress['days'][number];

const dayColumns = (shown: readonly string[]): readonly Column<Day>[] => [
  { id: 'day', title: 'Day (UTC)', width: [112, 1], value: ({ day }) => day },
  ...shown.map(
    (phase): Column<Day> => ({
      id: phase,
      title: phase,
      width: [96, 1],
      isNumber: true,
      value: ({ phases }) => phases[phase] ?? 0,
      cell: ({ phases }) => <Count value={phases[phase] ?? 0} />,
    }),
  ),
];

/** The row of a group without a name: of services without an owner, or in no wave. */
const unnamed = '–';
const nameOfRow = (row: string): string => (row === unnamed ? '' : row);

/** Where the progress has the groups. */
const groupsIn = { namespace: 'namespaces', owner: 'owners', wave: 'waves' } as const;

const [, under, moved] = stages;
const share = (part: number, all: number): string => `${all === 0 ? 0 : (100 * part) / all}%`;

/** Shares of a group's services, drawn to scale; the numbers stand beside it. */
function Bar({ group }: { group: ProgressGroup }) {
  const done = reached(group.phases, moved);
  const begun = reached(group.phases, under) - done;
  return (
    <span className={classes.bar} aria-hidden="true">
      <span className={classes.done} style={{ width: share(done, group.services) }} />
      <span className={classes.under} style={{ width: share(begun, group.services) }} />
    </span>
  );
}

const number = (
  id: string,
  title: string,
  width: number,
  value: (group: ProgressGroup) => number,
): Column<ProgressGroup> => ({
  id,
  title,
  width: [width, 1],
  isNumber: true,
  value,
  cell: (group) => <Count value={value(group)} />,
});

const groupColumns = (id: string, by: By, shown: readonly string[]): readonly Column<ProgressGroup>[] => [
  {
    id: 'group',
    title: bys[by].label,
    width: [144, 2],
    value: ({ name }) => (by === 'wave' && name !== '' ? Number(name) : name),
    cell: ({ name }) => <RowLink href={bys[by].address(id, name)}>{name || bys[by].none}</RowLink>,
  },
  {
    id: 'share',
    title: 'On Kong Mesh',
    width: [128, 2],
    value: ({ phases, services }) => reached(phases, moved) / Math.max(1, services),
    cell: (group) => <Bar group={group} />,
  },
  number('moved', 'Moved', 72, ({ phases }) => reached(phases, moved)),
  number('services', 'Services', 80, ({ services }) => services),
  number('blocked', 'Blocked', 80, ({ blocked }) => blocked),
  ...shown.map((phase) => number(phase, phase, 96, ({ phases }) => phases[phase] ?? 0)),
];

/** Whether a key is meant for a field. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select') !== null;

/** Progress over time and by what services have in common; each chart has its table one key away. */
export function ProgressSection({ id }: { id: string }) {
  const [search, change] = useAddress();
  const by = groupingIn(search.by);
  const [of, setOf] = useLooseSearch('of');
  const asked = useDeferredValue(of);
  const { data: progress, error } = useQuery(progressQuery(id, asked === '' ? {} : { by, name: nameOfRow(asked) }));
  const sorting = useSorting();
  const navigate = useNavigate();
  const isTable = search.progress === 'table';
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 't' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      change({ progress: isTable ? undefined : 'table' });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [isTable, change]);
  const shown = useMemo(
    () => phasesIn([...(progress?.days ?? []), ...(progress?.namespaces ?? [])].map(({ phases }) => phases)),
    [progress],
  );
  const columns = useMemo(() => ({ days: dayColumns(shown), groups: groupColumns(id, by, shown) }), [id, by, shown]);
  const newestFirst = useMemo(() => progress?.days.toReversed() ?? [], [progress]);
  if (progress === undefined)
    return (
      <Section title="Progress">
        <p className="muted" role="status">
          {error === null ? 'Counting the phases of all services by day.' : error.message}
        </p>
      </Section>
    );
  if (progress.namespaces.length === 0)
    return (
      <Section title="Progress">
        <p className="muted">
          There is no service whose progress could be shown. Services come from Kubernetes Services, ServiceEntries
          inside the mesh and WorkloadGroups.{' '}
          <Link to="/migrations/$id/import" params={{ id }}>
            Import manifests that hold them
          </Link>
          .
        </p>
      </Section>
    );
  const groups = progress[groupsIn[by]];
  const title = asked === '' ? '' : `${bys[by].label} ${nameOfRow(asked) || bys[by].none}: `;
  return (
    <Section title="Progress" note={`${title}${progressSentence(progress)}`}>
      <div className={classes.progress}>
        <div>
          <Button
            size="compact-sm"
            variant="default"
            aria-keyshortcuts="t"
            onClick={() => change({ progress: isTable ? undefined : 'table' })}
          >
            {isTable ? 'Show as a chart (t)' : 'Show as a table (t)'}
          </Button>
          {of !== '' && (
            <Button size="compact-sm" variant="default" onClick={() => setOf('')}>
              Show all services
            </Button>
          )}
        </div>
        {isTable ? (
          <DataTable
            label="Services by phase and day"
            columns={columns.days}
            rows={newestFirst}
            rowId={({ day }) => day}
            {...sorting('days', columns.days)}
            empty="None."
          />
        ) : (
          <ProgressChart progress={progress} />
        )}
        <div className={classes.choice}>
          <SegmentedControl
            aria-label="Progress by"
            value={by}
            onChange={(value) =>
              change({ by: value === 'namespace' ? undefined : value, groups: undefined, of: undefined })
            }
            data={(['namespace', 'owner', 'wave'] as const).map((value) => ({
              value,
              label: `By ${bys[value].label.toLowerCase()}`,
            }))}
          />
          <span className="muted">
            {whole(groups.length)} {groupsIn[by]}; the {isTable ? 'table' : 'chart'} is of the row at the cursor
          </span>
        </div>
        <DataTable
          key={by}
          label={`Progress by ${by}`}
          columns={columns.groups}
          rows={groups}
          rowId={({ name }) => name || unnamed}
          activeId={of}
          onActive={setOf}
          {...sorting('groups', columns.groups)}
          onOpen={({ name }) => void navigate({ href: bys[by].address(id, name) })}
          empty="No service was found in this snapshot."
        />
      </div>
    </Section>
  );
}
