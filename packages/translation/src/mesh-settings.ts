import type { Context } from './context.ts';
import { descend, type Field, rootField } from './field.ts';

/**
 * The places where a field of the mesh's own configuration stands: in the MeshConfig of a ConfigMap, in an IstioOperator
 * (`spec.meshConfig`) and in the Sail operator's Istio (`spec.values.meshConfig`). Usually none or one.
 */
export function meshSettings(context: Context, ...path: readonly string[]): Field[] {
  const inside: readonly [kind: string, ...path: string[]][] = [
    ['MeshConfig'],
    ['IstioOperator', 'spec', 'meshConfig'],
    ['Istio', 'spec', 'values', 'meshConfig'],
  ];
  return inside.flatMap(([kind, ...steps]) =>
    context
      .ofKind(kind)
      .map((resource) => descend(rootField(resource), ...steps, ...path))
      .filter((field) => field !== undefined),
  );
}
