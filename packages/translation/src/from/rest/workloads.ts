import type { Workload } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedObject } from '../../emitted.ts';
import { descend, type Field, rootField } from '../../field.ts';
import type { Traceable } from '../../trace.ts';

interface Marks {
  readonly annotations: Record<string, Traceable<string>>;
  readonly labels: Record<string, Traceable<string>>;
  readonly variables: Map<string, { readonly origin: Field; readonly value: string }>;
}

/** Collects what is to be added to pods, so that each workload gets one patch; of what is said twice the first counts. */
export interface WorkloadPatches {
  add(workload: Workload, part: 'annotations' | 'labels', key: string, value: Traceable<string>): void;
  /** A variable for the sidecar, without `=` and `;`, at which Kong Mesh divides the annotation. */
  addVariable(workload: Workload, name: string, value: string, origin: Field): void;
  emit(): void;
}

/** The labels or annotations of the pods that a workload makes; undefined where it gives them none. */
export function podMetadata(
  { resource }: Pick<Workload, 'resource'>,
  part: 'annotations' | 'labels',
): Field | undefined {
  const template =
    resource.kind === 'Pod'
      ? []
      : resource.kind === 'CronJob'
        ? ['spec', 'jobTemplate', 'spec', 'template']
        : ['spec', 'template'];
  return descend(rootField(resource), ...template, 'metadata', part);
}

function patchOf(
  context: Context,
  { resource, namespace }: Workload,
  { annotations, labels, variables }: Marks,
): Traceable<EmittedObject> {
  const all = [...variables];
  const written =
    all.length === 0
      ? annotations
      : {
          ...annotations,
          'kuma.io/sidecar-env-vars': context.derived(
            [...new Set(all.map(([, { origin }]) => origin))],
            all.map(([name, { value }]) => `${name}=${value}`).join(';'),
          ),
        };
  const pod = {
    metadata: {
      ...(Object.keys(written).length === 0 ? {} : { annotations: written }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
  };
  const { apiVersion, kind, name } = resource;
  const head = { apiVersion, kind, metadata: { name, namespace } };
  if (kind === 'Pod') return { ...head, metadata: { ...head.metadata, ...pod.metadata } } as Traceable<EmittedObject>;
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template: pod } } } : { template: pod };
  return { ...head, spec } as Traceable<EmittedObject>;
}

/** An empty collection. */
export function createWorkloadPatches(context: Context): WorkloadPatches {
  const marks = new Map<Resource, { workload: Workload; marks: Marks }>();
  function marksOf(workload: Workload): Marks {
    const known = marks.get(workload.resource) ?? {
      workload,
      marks: { annotations: {}, labels: {}, variables: new Map() },
    };
    marks.set(workload.resource, known);
    return known.marks;
  }
  return {
    add(workload, part, key, value) {
      marksOf(workload)[part][key] ??= value;
    },
    addVariable(workload, name, value, origin) {
      const { variables } = marksOf(workload);
      if (!variables.has(name)) variables.set(name, { origin, value });
    },
    emit() {
      for (const { workload, marks: own } of marks.values()) {
        const services = context.allServices.filter(
          ({ namespace, selector }) =>
            namespace === workload.namespace && selector !== undefined && matchesLabels(selector, workload.labels),
        );
        context.emit({
          role: 'patch',
          base: workload.resource,
          object: patchOf(context, workload, own),
          services: services.map(({ namespace, name }) => `${namespace}/${name}`),
        });
      }
    },
  };
}
