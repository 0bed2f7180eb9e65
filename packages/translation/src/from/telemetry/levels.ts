import { compareCreation } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, rootField } from '../../field.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

/** A Telemetry and whom it is for. */
export interface Level {
  readonly resource: Resource;
  readonly spec: Field;
  readonly scope: 'mesh' | 'namespace' | 'workload';
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
}

/** The Telemetries of the import as Istio uses them (edge.md 3.8): of the mesh and of a namespace the oldest, of workloads all. */
export interface Levels {
  readonly used: readonly Level[];
  readonly unused: readonly Level[];
  /** Those that a level inherits from, the nearest first, itself included. */
  inherited(level: Level): Level[];
}

/** Sorts the Telemetries by level. */
export function levelsOf(context: Context): Levels {
  const root = rootNamespaceOf(context);
  const used: Level[] = [];
  const unused: Level[] = [];
  for (const resource of [...context.ofKind('Telemetry')].sort(compareCreation)) {
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) continue;
    const namespace = resource.namespace || 'default';
    const labels = entries(descend(spec, 'selector', 'matchLabels')).map(
      ([key, field]) => [key, String(field.value)] as const,
    );
    const selector = labels.length === 0 ? undefined : Object.fromEntries(labels);
    const scope = selector !== undefined ? 'workload' : namespace === root ? 'mesh' : 'namespace';
    const level: Level = { resource, spec, scope, namespace, selector };
    const taken = scope !== 'workload' && used.some((other) => other.scope === scope && other.namespace === namespace);
    if (taken) unused.push(level);
    else used.push(level);
  }
  return {
    used,
    unused,
    inherited(level) {
      const mesh = used.filter(({ scope }) => scope === 'mesh');
      const own = used.filter(({ scope, namespace }) => scope === 'namespace' && namespace === level.namespace);
      if (level.scope === 'mesh') return [level];
      return level.scope === 'namespace' ? [level, ...mesh] : [level, ...own, ...mesh];
    },
  };
}

/** The targetRef of a level's policies; `Mesh` for none. */
export function targetOf(context: Context, level: Level | undefined): unknown {
  if (level === undefined || level.scope === 'mesh') return { kind: 'Mesh' };
  const labels = { 'k8s.kuma.io/namespace': level.namespace };
  if (level.selector === undefined) return { kind: 'Dataplane', labels };
  const field = child(level.spec, 'selector') as Field;
  return { kind: 'Dataplane', labels: { ...labels, ...context.exact(field, level.selector).value } };
}
