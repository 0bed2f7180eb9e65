import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, entries, rootField } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import type { Traceable } from '../../trace.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

/** What is emitted for an EnvoyFilter has its name, with the namespace, as it stands in the system namespace. */
export const policyName = ({ namespace, name }: Resource): string => dnsLabel(`${namespace || 'default'}-${name}`);

/** The labels of the Dataplanes that an EnvoyFilter is for; none: all of the mesh. */
export function dataplanesOf(context: Context, resource: Resource): Traceable<Readonly<Record<string, string>>> {
  const namespace = resource.namespace || 'default';
  const selector = entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels'));
  return {
    ...(namespace === rootNamespaceOf(context) ? {} : { 'k8s.kuma.io/namespace': namespace }),
    ...Object.fromEntries(selector.map(([key, field]) => [key, context.exact(field, String(field.value))])),
  };
}

/** Emits a policy for the workloads of an EnvoyFilter. */
export function emitPolicy(
  context: Context,
  resource: Resource,
  kind: string,
  sections: Traceable<unknown>,
  services: readonly string[],
): void {
  const { mesh, systemNamespace } = context.settings;
  const labels = dataplanesOf(context, resource);
  context.emit({
    role: 'resource',
    stage: 'resilience',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind,
      metadata: {
        name: policyName(resource),
        namespace: systemNamespace,
        labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' },
      },
      spec: {
        // For the whole mesh too: with kind Mesh a policy of servers would be refused, as it could reach gateways.
        targetRef: Object.keys(labels).length === 0 ? { kind: 'Dataplane' } : { kind: 'Dataplane', labels },
        ...(sections as object),
      },
    },
    services,
  });
}
