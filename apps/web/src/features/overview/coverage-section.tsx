import type { CoverageGroup, Overview, Service } from '@isthmus/contract';
import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { servicesQuery } from '../../api/queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { behaviourQuery } from '../behaviour/queries.ts';
import { type By, bys, groupingIn } from './common.ts';
import { coverage, findingColumns, numeric } from './coverage.tsx';
import classes from './progress.module.css';
import { type VerdictCounts, verdictsBy } from './verdicts.ts';

/** A row of coverage, whatever its services have in common. */
interface Row extends CoverageGroup {
  /** As addresses name it; empty: nobody, or no wave. */
  readonly name: string;
  readonly day?: string;
}

function rowsOf(overview: Overview, by: By): readonly Row[] {
  if (by === 'namespace') return overview.namespaces.map(({ namespace, ...row }) => ({ name: namespace, ...row }));
  if (by === 'owner') return overview.owners.map(({ owner, ...row }) => ({ name: owner, ...row }));
  return overview.waves.map(({ wave, ...row }) => ({ name: wave === null ? '' : String(wave), ...row }));
}

const keyOf: Readonly<Record<By, (service: Service) => string>> = {
  namespace: ({ namespace }) => namespace,
  owner: ({ owner }) => owner,
  wave: ({ wave }) => (wave === null ? '' : String(wave)),
};

/** Where what a row counts is listed. */
const addressOf = (id: string, by: By, name: string): string =>
  by === 'namespace' ? hrefOf`/migrations/${id}/resources?namespace=${name}` : bys[by].address(id, name);

const dayColumn: Column<Row> = {
  id: 'day',
  title: 'Moves on',
  width: [96, 1],
  value: ({ day }) => day ?? '',
};

const columnsOf = (
  id: string,
  by: By,
  hasDays: boolean,
  verdicts: ReadonlyMap<string, VerdictCounts> | undefined,
): readonly Column<Row>[] => [
  {
    id: 'group',
    title: bys[by].label,
    width: [128, 2],
    value: ({ name }) => (by !== 'wave' ? name : name === '' ? Number.POSITIVE_INFINITY : Number(name)),
    text: ({ name }) => name || bys[by].none,
    cell: ({ name }) => <RowLink href={addressOf(id, by, name)}>{name || bys[by].none}</RowLink>,
  },
  ...(hasDays ? [dayColumn] : []),
  numeric<Row>('services', 'Services', ({ services }) => services),
  numeric<Row>('blocked', 'Blocked', ({ blocked }) => blocked),
  ...(verdicts === undefined
    ? []
    : [
        numeric<Row>('differs', 'Differ', ({ name }) => verdicts.get(name)?.differs ?? 0),
        numeric<Row>('undecided', 'Undecided', ({ name }) => verdicts.get(name)?.undecided ?? 0),
      ]),
  ...findingColumns<Row>(),
  numeric<Row>('resources', 'Resources', ({ resources }) => resources),
  ...coverage<Row>(),
];

const notes: Readonly<Record<By, string>> = {
  namespace: 'The services and resources of each namespace.',
  owner:
    'The services of each owner, and the resources that are about any of them; one that is about several owners counts for each.',
  wave: 'The services of each wave of the plan, and the resources that are about any of them; one that is about several waves counts for each.',
};

/** What carries over and what blocks, by what services have in common; with verdicts as far as they are known. */
export function CoverageSection({ id, overview }: { id: string; overview: Overview }) {
  const [search, change] = useAddress();
  const sorting = useSorting();
  const navigate = useNavigate();
  const by = groupingIn(search.coverage);
  const { data: compared } = useQuery({ ...behaviourQuery(id), enabled: false });
  const { data: services } = useQuery({ ...servicesQuery(id), enabled: compared !== undefined && by !== 'namespace' });
  const verdicts = useMemo(
    () => compared && verdictsBy(compared.rows, by === 'namespace' ? undefined : (services ?? []), keyOf[by]),
    [compared, services, by],
  );
  const rows = useMemo(() => rowsOf(overview, by), [overview, by]);
  const hasDays = rows.some(({ day }) => day !== undefined);
  const columns = useMemo(() => columnsOf(id, by, hasDays, verdicts), [id, by, hasDays, verdicts]);
  return (
    <Section title="Coverage by namespace, owner and wave" note={notes[by]}>
      <div className={classes.progress}>
        <div className={classes.choice}>
          <SegmentedControl
            aria-label="Coverage by"
            value={by}
            onChange={(value) => change({ coverage: value === 'namespace' ? undefined : value, namespaces: undefined })}
            data={(['namespace', 'owner', 'wave'] as const).map((value) => ({
              value,
              label: `By ${bys[value].label.toLowerCase()}`,
            }))}
          />
        </div>
        <DataTable
          key={by}
          label={`Coverage by ${by}`}
          columns={columns}
          rows={rows}
          rowId={({ name }) => name || '–'}
          {...sorting('namespaces', columns)}
          onOpen={({ name }) => void navigate({ href: addressOf(id, by, name) })}
          empty="No namespace was found."
        />
      </div>
    </Section>
  );
}
