import type { FanOutChange, NamespaceFanOut, ScopedFanOut } from '@isthmus/contract';
import { whole } from '../../text/format.ts';
import type { Column } from '../../ui/data-table.tsx';
import { size } from './chart.ts';
import { meshWords, saved, scopeWords } from './words.ts';

const number = <Row extends object>(
  id: string,
  title: string,
  width: readonly [number, number],
  value: (row: Row) => number,
  cell: (row: Row) => string,
): Column<Row> => ({
  id,
  title,
  width,
  isNumber: true,
  value,
  cell: (row) => <span className="number">{cell(row)}</span>,
});

const both = (
  id: 'listeners' | 'clusters' | 'routes' | 'endpoints' | 'bytes',
  title: string,
): Column<NamespaceFanOut>[] =>
  (['istio', 'kong'] as const).map((mesh) =>
    number<NamespaceFanOut>(
      `${id}-${mesh}`,
      `${title} ${mesh === 'istio' ? 'Istio' : 'Kong'}`,
      [118, 1],
      (row) => row[mesh]?.[id] ?? -1,
      (row) => {
        const value = row[mesh]?.[id];
        return value === undefined ? '–' : id === 'bytes' ? size(value) : whole(value);
      },
    ),
  );

/** What the largest proxy of each namespace holds. */
export const namespaceColumns: readonly Column<NamespaceFanOut>[] = [
  { id: 'namespace', title: 'Namespace', width: [152, 2], value: ({ namespace }) => namespace },
  number(
    'services',
    'Services',
    [84, 1],
    ({ services }) => services,
    ({ services }) => whole(services),
  ),
  number(
    'proxies',
    'Proxies',
    [80, 1],
    ({ proxies }) => proxies,
    ({ proxies }) => whole(proxies),
  ),
  ...both('bytes', 'Size'),
  ...both('listeners', 'Listeners'),
  ...both('clusters', 'Clusters'),
  ...both('routes', 'Routes'),
  ...both('endpoints', 'Endpoints'),
  number(
    'touched-istio',
    'Reached Istio',
    [118, 1],
    ({ touched }) => touched.istio,
    ({ touched }) => whole(touched.istio),
  ),
  number(
    'touched-kong',
    'Reached Kong',
    [118, 1],
    ({ touched }) => touched.kong,
    ({ touched }) => whole(touched.kong),
  ),
];

/** One way of scoping beside what the same mesh holds without any. */
export interface ScopeRow extends ScopedFanOut {
  readonly unscoped: number;
}

const loads = ['listeners', 'clusters', 'routes', 'endpoints'] as const;

export const scopeColumns: readonly Column<ScopeRow>[] = [
  { id: 'mesh', title: 'Mesh', width: [96, 0], value: ({ mesh }) => meshWords[mesh] },
  { id: 'scope', title: 'What proxies know', width: [256, 3], value: scopeWords },
  ...loads.map((id) =>
    number<ScopeRow>(
      id,
      `${id[0]?.toUpperCase()}${id.slice(1)}`,
      [92, 1],
      ({ load }) => load[id],
      ({ load }) => whole(load[id]),
    ),
  ),
  number(
    'bytes',
    'A proxy',
    [96, 1],
    ({ load }) => load.bytes,
    ({ load }) => size(load.bytes),
  ),
  number(
    'total',
    'All proxies',
    [100, 1],
    ({ total }) => total,
    ({ total }) => size(total),
  ),
  number(
    'saved',
    'Saved',
    [80, 1],
    ({ total, unscoped }) => (unscoped === 0 ? 0 : 1 - total / unscoped),
    ({ total, unscoped }) => saved(total, unscoped) || '–',
  ),
  number(
    'touched',
    'Reached by a change',
    [148, 1],
    ({ touched }) => touched,
    ({ touched }) => whole(touched),
  ),
];

export const changeColumns: readonly Column<FanOutChange>[] = [
  { id: 'mesh', title: 'Mesh', width: [96, 0], value: ({ mesh }) => meshWords[mesh] },
  { id: 'change', title: 'What changes', width: [320, 3], value: ({ change }) => change },
  number(
    'proxies',
    'Proxies reached',
    [120, 1],
    ({ proxies }) => proxies,
    ({ proxies }) => whole(proxies),
  ),
  number(
    'most',
    'At most',
    [84, 1],
    ({ most }) => most,
    ({ most }) => whole(most),
  ),
  number(
    'regenerated',
    'Made anew',
    [96, 1],
    ({ regenerated }) => regenerated,
    ({ regenerated }) => whole(regenerated),
  ),
  number(
    'bytes',
    'To each',
    [88, 1],
    ({ bytes }) => bytes,
    ({ bytes }) => size(bytes),
  ),
  {
    id: 'sent',
    title: 'What is sent',
    width: [280, 3],
    value: ({ sent }) => sent,
  },
];

/** One size of the estate, with what the mean proxy of each line holds. */
export interface SizeRow {
  readonly services: number;
  readonly proxies: number;
  readonly values: readonly number[];
}

/** A column for each line of the projection. */
export const sizeColumns = (labels: readonly string[], show: (value: number) => string): Column<SizeRow>[] => [
  number(
    'services',
    'Services',
    [96, 1],
    ({ services }) => services,
    ({ services }) => whole(services),
  ),
  number(
    'proxies',
    'Proxies',
    [96, 1],
    ({ proxies }) => proxies,
    ({ proxies }) => whole(proxies),
  ),
  ...labels.map((label, index) =>
    number<SizeRow>(
      `line-${index}`,
      label,
      [184, 2],
      ({ values }) => values[index] ?? 0,
      ({ values }) => show(values[index] ?? 0),
    ),
  ),
];
