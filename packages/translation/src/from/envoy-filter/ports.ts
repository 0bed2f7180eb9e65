import { workloadsOf } from '@isthmus/istio';
import { isList, type Json, mapOf, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, entries, rootField } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

interface Target {
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly Json[];
}

/** Where the Services of the import send to, by their selectors. */
const targets = oncePerContext((context): readonly Target[] =>
  context.whole.context.flatMap(({ kind, group, namespace, object }) => {
    if (kind !== 'Service' || group !== '') return [];
    const { selector, ports } = mapOf(object.spec);
    const labels = Object.entries(mapOf(selector));
    if (labels.length === 0) return [];
    return [
      {
        namespace: namespace || 'default',
        selector: Object.fromEntries(labels.map(([key, value]) => [key, String(value)])),
        ports: (isList(ports) ? ports : []).map((port) => mapOf(port).targetPort ?? mapOf(port).port ?? null),
      },
    ];
  }),
);

/**
 * The one port on which all workloads of an EnvoyFilter are called: a patch for that port is a patch for all that comes in.
 * Undefined where there are others, or where the import does not say.
 */
export function onlyPortOf(context: Context, resource: Resource): number | undefined {
  const namespace = resource.namespace || 'default';
  const everywhere = namespace === rootNamespaceOf(context);
  const labels = entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels'));
  const wanted = Object.fromEntries(labels.map(([key, field]) => [key, String(field.value)]));
  const found = new Set<Json>();
  for (const workload of workloadsOf(context.estate)) {
    if (!everywhere && workload.namespace !== namespace) continue;
    if (!matchesLabels(wanted, workload.labels)) continue;
    const called = targets(context)
      .filter((target) => target.namespace === workload.namespace && matchesLabels(target.selector, workload.labels))
      .flatMap(({ ports }) => ports);
    for (const port of called.length === 0 ? [null] : called)
      found.add(
        typeof port === 'string' ? (workload.containerPorts.find(({ name }) => name === port)?.port ?? null) : port,
      );
  }
  const [port] = found;
  return found.size === 1 && typeof port === 'number' ? port : undefined;
}
