import { isMap, type JsonObject } from '@isthmus/kubernetes';
import type { ResourceRules } from '../policies/common/resource.ts';
import type { TargetVersion } from '../version.ts';
import type { PolicyRole } from './role.ts';

/** The labels that a resource is given. */
export type Labels = Readonly<Record<string, string>>;

/** The labels that are given, without values of another type. */
export function labelsOf(object: JsonObject): Labels {
  const labels = isMap(object.metadata) && isMap(object.metadata.labels) ? object.metadata.labels : {};
  for (const key in labels)
    if (typeof labels[key] !== 'string')
      return Object.fromEntries(
        Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
  return labels as Labels;
}

/** The origin that a resource names; an empty one is none (kuma, pkg/core/resources/model/resource.go `resourceOrigin`). */
export const originOf = (labels: Labels): string | undefined => labels['kuma.io/origin'] || undefined;

/**
 * Whether the control plane takes a resource for its zone's own, so that it computes namespace and role. 3.0 overwrites
 * the origin that a user gives; earlier versions believe it.
 */
export function isLocal(labels: Labels, version: TargetVersion): boolean {
  const origin = originOf(labels);
  return version === '3.0' || origin === undefined || origin === 'zone';
}

/**
 * The labels that a zone's control plane adds on Kubernetes, without those that the resource has already, ordered by key
 * (kuma, pkg/core/resources/labels/compute.go `Compute`). The display name becomes an annotation there, not a label.
 */
export function computeLabels(
  given: Labels,
  rules: ResourceRules,
  role: PolicyRole | undefined,
  place: { readonly namespace: string; readonly zone: string },
  version: TargetVersion,
): Record<string, string> {
  const computed: Record<string, string> = {};
  const add = (key: string, value: string): void => {
    if (given[key] === undefined) computed[key] = value;
  };
  const isOfZone = !rules.globalOnly && (version === '3.0' || given['kuma.io/origin'] !== 'global');
  if (isLocal(given, version) && !rules.clusterWide) add('k8s.kuma.io/namespace', place.namespace);
  if (isOfZone) add('kuma.io/env', 'kubernetes');
  if (!rules.meshless) add('kuma.io/mesh', 'default');
  if (version === '3.0') {
    if (given['kuma.io/origin'] !== 'zone') computed['kuma.io/origin'] = 'zone';
  } else if (!rules.globalOnly) add('kuma.io/origin', 'zone');
  if (role !== undefined && given['kuma.io/policy-role'] !== role) computed['kuma.io/policy-role'] = role;
  if (isOfZone) add('kuma.io/zone', place.zone);
  return computed;
}
