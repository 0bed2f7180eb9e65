import type { JsonObject } from '@isthmus/kubernetes';
import { findPolicyRole, type PolicyRole } from '../admission/role.ts';
import { label } from './labels.ts';
import type { Namespaces } from './namespaces.ts';
import { displayNameOf, metaOf } from './object.ts';
import type { MeshOptions } from './options.ts';
import { readTargetRef, type TargetRef } from './target-ref.ts';
import { listOf, mapOf } from './value.ts';

/** A policy with what the control plane knows of it once it is stored. */
export interface Policy {
  readonly kind: string;
  /** Where the object lies, for people. */
  readonly namespace: string;
  readonly name: string;
  readonly displayName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: PolicyRole;
  readonly origin: string | undefined;
  /** Zone and namespace by which it names itself and what it refers to; empty where it has no such label. */
  readonly zone: string;
  readonly home: string;
  readonly topLevel: TargetRef;
  /** Entries for destinations, in the order written. */
  readonly to: readonly ToEntry[];
  readonly spec: JsonObject;
}

/** One entry of a policy's `to`. */
export interface ToEntry {
  readonly policy: Policy;
  /** Its index in `to`. */
  readonly index: number;
  readonly target: TargetRef;
  /** The whole entry, with its `default` or its `rules`. */
  readonly item: JsonObject;
}

/**
 * The labels of a policy after admission (kuma, pkg/core/resources/labels/compute.go `Compute`, in 2.13
 * pkg/core/resources/model/resource.go): what the user gives stays, but for the role, and in 3.0 the origin.
 */
function admittedLabels(
  given: Readonly<Record<string, string>>,
  spec: JsonObject,
  namespace: string,
  { version, zone, systemNamespace }: MeshOptions,
): Readonly<Record<string, string>> {
  const origin = version === '3.0' ? 'zone' : (given[label.origin] ?? 'zone');
  const common = { [label.mesh]: 'default', ...given, [label.origin]: origin };
  if (origin === 'global') return common;
  // What admission refuses for mixing roles is not stored; here it counts as what its namespace alone makes of it.
  const { role = 'consumer' } = findPolicyRole(spec, namespace, namespace === systemNamespace, version);
  return { [label.zone]: zone, [label.namespace]: namespace, ...common, [label.role]: role };
}

/** Reads a policy; undefined where it belongs to another mesh or is only tried out (`kuma.io/effect: shadow`). */
export function readPolicy(object: JsonObject, namespaces: Namespaces, options: MeshOptions): Policy | undefined {
  const meta = metaOf(object);
  const spec = mapOf(object.spec);
  const { namespace } = meta;
  // Without Kuma's webhooks nothing is computed, and a policy without a role counts as a system policy.
  const labels = namespaces.admitted(namespace)
    ? admittedLabels(meta.labels, spec, namespace, options)
    : { [label.mesh]: 'default', ...meta.labels };
  if (labels[label.mesh] !== options.mesh || labels[label.effect] === 'shadow') return undefined;
  const to: ToEntry[] = [];
  const policy: Policy = {
    kind: meta.kind,
    namespace,
    name: meta.name,
    displayName: displayNameOf(meta),
    labels: { ...labels, [label.displayName]: displayNameOf(meta) },
    role: (labels[label.role] as PolicyRole | undefined) ?? 'system',
    origin: labels[label.origin],
    zone: labels[label.zone] ?? '',
    home: labels[label.namespace] ?? '',
    topLevel: readTargetRef(spec.targetRef, options.version),
    to,
    spec,
  };
  for (const [index, item] of listOf(spec.to).entries()) {
    const entry = mapOf(item);
    to.push({ policy, index, target: readTargetRef(entry.targetRef, options.version), item: entry });
  }
  return policy;
}
