import type { Json } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import { filledOf, listOf, mapOf, textsOf } from './value.ts';

/** A reference of a policy, with the fields that its version knows (kuma, api/common/v1alpha1/targetref.go). */
export interface TargetRef {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly sectionName?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly proxyTypes?: readonly string[];
}

const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };

/** Reads a reference; an absent one is the whole mesh. 3.0 prunes everything but kind, labels and section. */
export function readTargetRef(value: Json | undefined, version: TargetVersion): TargetRef {
  const ref = mapOf(value);
  const common = {
    kind: filledOf(ref.kind) ?? 'Mesh',
    ...given('labels', textsOf(ref.labels)),
    ...given('sectionName', filledOf(ref.sectionName)),
  };
  if (version === '3.0') return common;
  const proxyTypes = listOf(ref.proxyTypes).filter((type): type is string => typeof type === 'string');
  return {
    ...common,
    ...given('name', filledOf(ref.name)),
    ...given('namespace', filledOf(ref.namespace)),
    ...given('tags', textsOf(ref.tags)),
    ...given('proxyTypes', proxyTypes.length === 0 ? undefined : proxyTypes),
  };
}

/** Rank of the kinds, the weakest first (targetref.go `order`). */
const kinds = [
  'Mesh',
  'Dataplane',
  'MeshSubset',
  'MeshGateway',
  'MeshService',
  'MeshExternalService',
  'MeshMultiZoneService',
  'MeshServiceSubset',
  'MeshHTTPRoute',
];

/** Compares the kinds of two references; negative where the first is the weaker one. */
export const compareKinds = (a: TargetRef, b: TargetRef): number => kinds.indexOf(a.kind) - kinds.indexOf(b.kind);

/**
 * Compares two references to Dataplanes: by name is stronger than by labels (2.x), with a section stronger than without
 * (targetref.go `CompareDataplaneKind`).
 */
export function compareDataplaneRefs(a: TargetRef, b: TargetRef): number {
  if (a.kind !== 'Dataplane' || b.kind !== 'Dataplane') return 0;
  if (a.name !== undefined && b.labels !== undefined) return 1;
  if (a.labels !== undefined && b.name !== undefined) return -1;
  return Number(a.sectionName !== undefined) - Number(b.sectionName !== undefined);
}
