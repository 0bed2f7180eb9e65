import type { Workload } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedObject } from '../../emitted.ts';
import type { Traceable } from '../../trace.ts';

interface Marks {
  readonly annotations: Record<string, Traceable<string>>;
  readonly labels: Record<string, Traceable<string>>;
}

/** Collects what is to be added to pods, so that each workload gets one patch. */
export interface WorkloadPatches {
  add(workload: Workload, part: 'annotations' | 'labels', key: string, value: Traceable<string>): void;
  emit(): void;
}

function patchOf({ resource, namespace }: Workload, { annotations, labels }: Marks): Traceable<EmittedObject> {
  const pod = {
    metadata: {
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
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
  return {
    add(workload, part, key, value) {
      const known = marks.get(workload.resource) ?? { workload, marks: { annotations: {}, labels: {} } };
      marks.set(workload.resource, known);
      known.marks[part][key] ??= value;
    },
    emit() {
      for (const { workload, marks: own } of marks.values()) {
        const services = context.services.all.filter(
          ({ namespace, selector }) =>
            namespace === workload.namespace && selector !== undefined && matchesLabels(selector, workload.labels),
        );
        context.emit({
          role: 'patch',
          base: workload.resource,
          object: patchOf(workload, own),
          services: services.map(({ namespace, name }) => `${namespace}/${name}`),
        });
      }
    },
  };
}
