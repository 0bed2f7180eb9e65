import { phases, type Service, type ServiceEvidence } from '@isthmus/contract';
import { whole } from '../../text/format.ts';
import type { Column } from '../../ui/data-table.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { Count, fieldsOf, OutcomeCounts, openBlockers, SeverityMark } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { showsWords } from '../clusters/words.ts';
import { overrideColumn } from '../workbench/overrides/mark.tsx';
import { type OverridesById, overrideAddress } from '../workbench/overrides/marks.ts';
import { PhaseLabel } from './phase.tsx';

const originWords: Readonly<Record<Service['origin'], string>> = {
  service: 'Kubernetes',
  'service-entry': 'ServiceEntry',
  'workload-group': 'WorkloadGroup',
};

const numeric = (id: string, title: string, width: number, value: (service: Service) => number): Column<Service> => ({
  id,
  title,
  width: [width, 1],
  isNumber: true,
  value,
  cell: (service) => <Count value={value(service)} />,
});

/**
 * Every column that there is of services, in their order; the cluster's only where one is connected, that of overrides only where
 * there are any.
 */
export const columnsFor = (
  migration: string,
  evidence: ReadonlyMap<string, ServiceEvidence>,
  overrides: OverridesById | undefined,
): readonly Column<Service>[] => [
  {
    id: 'name',
    title: 'Service',
    width: [140, 3],
    value: ({ name }) => name,
    cell: ({ namespace, name }) => (
      <RowLink href={hrefOf`/migrations/${migration}/services/${namespace}/${name}`}>{name}</RowLink>
    ),
  },
  { id: 'namespace', title: 'Namespace', width: [100, 2], value: ({ namespace }) => namespace },
  {
    id: 'phase',
    title: 'Phase',
    width: [136, 1],
    value: ({ phase }) => phases.indexOf(phase),
    text: ({ phase }) => phase,
    cell: ({ phase }) => <PhaseLabel phase={phase} />,
  },
  ...(overrides === undefined
    ? []
    : [
        overrideColumn<Service>(overrides, ({ id }, override) => overrideAddress(migration, { service: id }, override)),
      ]),
  {
    id: 'wave',
    title: 'Wave',
    width: [56, 1],
    isNumber: true,
    // Those that stay in Istio come last.
    value: ({ wave }) => wave ?? Number.POSITIVE_INFINITY,
    text: ({ wave }) => wave ?? 'stays in Istio',
    cell: ({ wave }) =>
      wave === null ? (
        <span className="muted" title="Stays in Istio">
          stays
        </span>
      ) : (
        <span className="number">{whole(wave)}</span>
      ),
  },
  ...(evidence.size === 0 ? [] : [clusterColumn(evidence)]),
  { id: 'owner', title: 'Owner', width: [96, 2], value: ({ owner }) => owner },
  numeric('blockers', 'Blockers', 76, openBlockers),
  numeric('warnings', 'Warnings', 78, ({ findings }) => findings.warning),
  numeric('resources', 'Resources', 84, ({ resources }) => resources),
  {
    id: 'fields',
    title: 'Fields by outcome',
    width: [196, 2],
    value: ({ outcomes }) => fieldsOf(outcomes),
    text: ({ outcomes }) =>
      Object.entries(outcomes)
        .filter(([, number]) => number > 0)
        .map(([outcome, number]) => `${number} ${outcome}`)
        .join(' '),
    cell: ({ outcomes }) => <OutcomeCounts counts={outcomes} />,
  },
  { id: 'origin', title: 'Runs on', width: [108, 1], value: ({ origin }) => originWords[origin] },
  {
    id: 'changed',
    title: 'Changed',
    width: [88, 1],
    value: ({ updatedAt }) => updatedAt ?? '',
    cell: ({ updatedAt }) => (updatedAt === null ? <span className="muted">never</span> : <Ago at={updatedAt} />),
  },
  { id: 'changed-by', title: 'Changed by', width: [104, 1], value: ({ updatedBy }) => updatedBy ?? '' },
  numeric('share', 'Share, %', 80, ({ share }) => share),
  numeric('accepted', 'Accepted', 80, ({ accepted }) => accepted.blocker + accepted.warning),
  { id: 'note', title: 'Note', width: [160, 3], value: ({ note }) => note.replace(/\s+/g, ' ') },
];

/** What the connected clusters show of each service. */
const clusterColumn = (evidence: ReadonlyMap<string, ServiceEvidence>): Column<Service> => ({
  id: 'cluster',
  title: 'Cluster shows',
  width: [128, 1],
  value: ({ id }) => {
    const own = evidence.get(id);
    return own === undefined ? '' : `${own.disagreement === undefined ? '' : '! '}${showsWords[own.shows]}`;
  },
  cell: ({ id }) => {
    const own = evidence.get(id);
    if (own === undefined) return null;
    if (own.disagreement === undefined) return <span>{showsWords[own.shows]}</span>;
    return (
      <span title={own.disagreement}>
        <SeverityMark severity="warning" /> {showsWords[own.shows]}
        <span className="unseen">, which disagrees: {own.disagreement}</span>
      </span>
    );
  },
});

/** Columns that are shown where an address chooses none. */
const usual: ReadonlySet<string> = new Set(
  'name namespace phase overrides wave cluster owner blockers warnings resources fields changed'.split(' '),
);

/** The columns that an address asks for, in their order; a service's name is always there. */
export function chosenColumns(
  all: readonly Column<Service>[],
  columns: string | undefined,
): readonly Column<Service>[] {
  const wanted = columns === undefined ? usual : new Set(columns.split(','));
  return all.filter(({ id }) => id === 'name' || wanted.has(id));
}

/** How a choice stands in an address; nothing where it is the usual one. */
export function formatColumns(all: readonly Column<Service>[], chosen: ReadonlySet<string>): string | undefined {
  const ids = all.map(({ id }) => id).filter((id) => chosen.has(id) || id === 'name');
  const isUsual = all.every(({ id }) => usual.has(id) === ids.includes(id));
  return isUsual ? undefined : ids.join(',');
}
