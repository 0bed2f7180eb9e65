import { compareCreation } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';

/** A Sidecar. */
export interface Sidecar {
  readonly resource: Resource;
  readonly namespace: string;
  readonly spec: Field;
  /** Labels of the workloads that it is for; undefined: all of its namespace. */
  readonly selector: Readonly<Record<string, string>> | undefined;
}

/** Istio's root namespace: what its MeshConfig says, else the settings. */
export function rootNamespaceOf(context: Context): string {
  return text(meshSettings(context, 'rootNamespace')[0])?.value ?? context.settings.rootNamespace;
}

/** The Sidecars of the import, the oldest first. */
export function sidecarsOf(context: Context): Sidecar[] {
  return [...context.ofKind('Sidecar')].sort(compareCreation).flatMap((resource) => {
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) return [];
    const labels = descend(spec, 'workloadSelector', 'labels');
    const found = entries(labels).map(([key, field]) => [key, String(field.value)] as const);
    return [
      {
        resource,
        namespace: resource.namespace || 'default',
        spec,
        selector: found.length === 0 ? undefined : Object.fromEntries(found),
      },
    ];
  });
}

/**
 * The Sidecar of a workload (edge.md 3.5, verified by running Istio 1.32): the oldest that selects it, else the oldest of
 * its namespace without a selector, else that of the root namespace. They are never merged.
 */
export function sidecarOf(
  sidecars: readonly Sidecar[],
  root: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Sidecar | undefined {
  const own = sidecars.filter((sidecar) => sidecar.namespace === namespace);
  return (
    own.find(({ selector }) => selector !== undefined && matchesLabels(selector, labels)) ??
    own.find(({ selector }) => selector === undefined) ??
    sidecars.find((sidecar) => sidecar.namespace === root && sidecar.selector === undefined)
  );
}
