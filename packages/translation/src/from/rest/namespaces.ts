import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedObject } from '../../emitted.ts';
import { descend, type Field, rootField, text } from '../../field.ts';
import { injection, namespacesOf } from '../../security/existing.ts';
import type { Traceable } from '../../trace.ts';
import { podMetadata } from './workloads.ts';

const area = codes.label;
/** Labels by which Istio's injector takes the pods of a namespace (istio, sidecar injection webhook, 1.32). */
const byRevision = ['istio.io/rev', 'istio.io/tag'];

/** A label as Istio's injector is told of it, though it may be written as a number. */
function labelOf(resource: Resource, key: string): Field<string> | undefined {
  const field = descend(rootField(resource), 'metadata', 'labels', key);
  const value = resource.labels[key];
  return field === undefined || value === undefined ? undefined : { ...field, value };
}

/** The pods that ask for a sidecar by themselves, as a label or, older, an annotation. */
function askByThemselves(workload: Workload): boolean {
  const own = workload.labels['sidecar.istio.io/inject'];
  return (own ?? text(descend(podMetadata(workload, 'annotations'), 'sidecar.istio.io/inject'))?.value) === 'true';
}

/** What Istio's injector is told of the pods of a namespace; undefined where nothing is said. */
function injectorOf({ labels }: Resource): 'on' | 'off' | undefined {
  if (labels['istio-injection'] === 'disabled') return 'off';
  const isOn = labels['istio-injection'] === 'enabled' || byRevision.some((key) => labels[key] !== undefined);
  return isOn ? 'on' : undefined;
}

const isAmbient = ({ labels }: Resource): boolean => labels['istio.io/dataplane-mode'] === 'ambient';

/** Whether a namespace is labelled for Kong Mesh's injection, by the import or by what is emitted for it. */
export function isInjected(resource: Resource): boolean {
  const own = resource.labels[injection];
  // As Kong Mesh reads it (kuma, pkg/plugins/runtime/k8s/metadata/annotations.go GetEnabled, 2.14).
  if (own !== undefined) return ['enabled', 'true', 'yes'].includes(own);
  return isAmbient(resource) || injectorOf(resource) === 'on';
}

function emit(context: Context, resource: Resource, labels: Traceable<Record<string, string | null>>): void {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: resource.name, labels } };
  context.emit({ role: 'patch', base: resource, object: object as Traceable<EmittedObject>, services: [] });
}

/**
 * Hands the pods of namespaces from Istio's injector to Kong Mesh's (security.md 7 and 4.5): one label comes and the other goes
 * with one patch, since with both every pod would get both proxies (KM-001). Where pods ask by themselves the namespace
 * gets the label as well, without which Kong Mesh's webhook sees none of its pods (KM-023).
 */
export function translateInjection(context: Context, workloads: readonly Workload[]): void {
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  for (const [name, resource] of namespacesOf(context.estate.context)) {
    const classic = labelOf(resource, 'istio-injection');
    const revisions = byRevision.flatMap((key) => labelOf(resource, key) ?? []);
    const injector = injectorOf(resource);
    const reasons = [classic, ...revisions].filter((field) => field !== undefined);
    if (Object.hasOwn(resource.labels, injection) || isAmbient(resource)) {
      // It has its label, or gets it with the end of the ambient mode.
      for (const field of reasons) context.settled(field);
    } else if (injector === 'on') {
      const gone = ['istio-injection', ...byRevision].filter((key) => resource.labels[key] !== undefined);
      const parameters = { namespace: name, labels: gone.join(', ') };
      const [first, ...others] = reasons as [Field<string>, ...Field<string>[]];
      const on = context.approximate(first, 'enabled', area.injection, parameters);
      for (const field of others) context.claim(field, 'approximate', area.injection);
      emit(context, resource, {
        [injection]: on,
        ...Object.fromEntries(gone.map((key) => [key, null])),
      });
    } else if (injector === 'off' && classic !== undefined) {
      emit(context, resource, { [injection]: context.exact(classic, 'disabled') });
      for (const field of revisions) context.settled(field);
    } else {
      if (classic !== undefined) context.settled(classic);
      const asking = (byNamespace.get(name) ?? []).filter(askByThemselves);
      if (asking.length === 0) continue;
      context.report(area.keyMissing, { namespace: name, count: asking.length }, resource);
      emit(context, resource, { [injection]: 'disabled' });
    }
  }
}
