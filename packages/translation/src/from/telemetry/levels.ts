import { compareCreation, type Workload, workloadsOf } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, rootField } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

/** A Telemetry and whom it is for. */
export interface Level {
  readonly resource: Resource;
  readonly spec: Field;
  readonly scope: 'mesh' | 'namespace' | 'workload';
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** How many older ones of its scope the namespace has. */
  readonly age: number;
}

/** Telemetries that Istio merges, what counts later at the end; none: the mesh's configuration alone. */
export type Chain = readonly Level[];

/**
 * The Telemetries of the import as Istio uses them (istio/pilot/pkg/model/telemetry.go applicableTelemetries, 1.32; edge.md
 * 3.8): of the mesh and of a namespace the oldest, of those for workloads all.
 */
export interface Levels {
  readonly used: readonly Level[];
  readonly unused: readonly Level[];
  /** For gateways, waypoints and their Services; a sidecar follows none of them, and none of them is a namespace's own. */
  readonly attached: readonly Level[];
  /** What Istio merges for all that a level is for, itself at the end. */
  chainOf(level: Level): Chain;
  /** What Istio merges for a namespace as a whole. */
  chainOfNamespace(namespace: string): Chain;
  /** What Istio merges for the pods of a workload. */
  chainOfWorkload(workload: Pick<Workload, 'labels' | 'namespace'>): Chain;
}

const isSubset = (a: Level, b: Level): boolean =>
  Object.entries(a.selector ?? {}).every(([key, value]) => b.selector?.[key] === value);

const isAttached = (spec: Field): boolean =>
  child(spec, 'targetRef') !== undefined || items(child(spec, 'targetRefs')).length > 0;

function sortLevels(context: Context): Levels {
  const root = rootNamespaceOf(context);
  const used: Level[] = [];
  const unused: Level[] = [];
  const attached: Level[] = [];
  for (const resource of [...context.ofKind('Telemetry')].sort(compareCreation)) {
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) continue;
    const namespace = resource.namespace || 'default';
    const labels = entries(descend(spec, 'selector', 'matchLabels')).map(
      ([key, field]) => [key, String(field.value)] as const,
    );
    const selector = labels.length === 0 ? undefined : Object.fromEntries(labels);
    const scope = selector !== undefined ? 'workload' : namespace === root ? 'mesh' : 'namespace';
    const before = used.filter((other) => other.scope === scope && other.namespace === namespace);
    const level: Level = { resource, spec, scope, namespace, selector, age: before.length };
    if (isAttached(spec)) attached.push(level);
    else if (scope !== 'workload' && before.length > 0) unused.push(level);
    else used.push(level);
  }
  const byNamespace = Map.groupBy(used, ({ namespace }) => namespace);
  const mesh = used.filter(({ scope }) => scope === 'mesh');
  const chainOfNamespace = (namespace: string): Chain => [
    ...mesh,
    ...(byNamespace.get(namespace) ?? []).filter(({ scope }) => scope === 'namespace'),
  ];
  const forPods = (namespace: string): Chain =>
    (byNamespace.get(namespace) ?? []).filter(({ scope }) => scope === 'workload');
  return {
    used,
    unused,
    attached,
    chainOfNamespace,
    chainOf(level) {
      if (level.scope !== 'workload') return chainOfNamespace(level.namespace);
      const older = forPods(level.namespace).filter((other) => other.age < level.age && isSubset(other, level));
      return [...chainOfNamespace(level.namespace), ...older, level];
    },
    chainOfWorkload: ({ namespace, labels }) => [
      ...chainOfNamespace(namespace),
      ...forPods(namespace).filter(({ selector = {} }) => matchesLabels(selector, labels)),
    ],
  };
}

/** The Telemetries by level. */
export const levelsOf = oncePerContext(sortLevels);

/** Pods that policies of the mesh can be for, by namespace. */
export const workloadsByNamespace = oncePerContext((context) =>
  Map.groupBy(workloadsOf(context.estate), ({ namespace }) => namespace),
);

/**
 * Whether two levels for pods may be for the same ones, without the one that counts later taking over from the other: its
 * policy wins in Kong Mesh as a whole, while Istio merges both.
 */
export function overlaps(context: Context, older: Level, younger: Level): boolean {
  if (older.age >= younger.age || isSubset(older, younger)) return false;
  return (workloadsByNamespace(context).get(younger.namespace) ?? []).some(
    ({ labels }) => matchesLabels(older.selector ?? {}, labels) && matchesLabels(younger.selector ?? {}, labels),
  );
}

/** The targetRef of a level's policies; `Mesh` for none. */
export function targetOf(context: Context, level: Level | undefined): unknown {
  if (level === undefined || level.scope === 'mesh') return { kind: 'Mesh' };
  const labels = { 'k8s.kuma.io/namespace': level.namespace };
  if (level.selector === undefined) return { kind: 'Dataplane', labels };
  const field = child(level.spec, 'selector') as Field;
  return { kind: 'Dataplane', labels: { ...labels, ...context.exact(field, level.selector).value } };
}

/**
 * What names of a level's policies end with. Of policies for Dataplanes the one with the smaller name wins, however many labels
 * they select by (kuma, pkg/plugins/policies/core/rules/sort/sort.go, 2.14): those for pods begin with 0, the youngest first, and
 * those for namespaces with 1.
 */
export function nameOf(level: Level | undefined): string {
  if (level === undefined || level.scope === 'mesh') return 'mesh';
  const rank = level.scope === 'namespace' ? '1' : `0${String(999 - Math.min(level.age, 999)).padStart(3, '0')}`;
  return `${rank}-${level.namespace}-${level.resource.name}`;
}
