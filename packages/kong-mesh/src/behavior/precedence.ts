import type { Policy, ToEntry } from './policy.ts';
import { compareDataplaneRefs, compareKinds } from './target-ref.ts';

const roles = ['system', 'producer', 'consumer', 'workload-owner'];
const origins = ['global', undefined, 'zone'];

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Ranks what the policies themselves decide (kuma, pkg/plugins/policies/core/rules/sort/sort.go). */
const byAttributes = (a: Policy, b: Policy): number =>
  compareKinds(a.topLevel, b.topLevel) ||
  compareDataplaneRefs(a.topLevel, b.topLevel) ||
  origins.indexOf(a.origin) - origins.indexOf(b.origin) ||
  roles.indexOf(a.role) - roles.indexOf(b.role);

/** The smaller display name is the stronger one; of equal ones the later in the order in which they are stored. */
const byName = (a: Policy, b: Policy): number =>
  byText(b.displayName, a.displayName) || byText(`${a.name}.${a.namespace}`, `${b.name}.${b.namespace}`);

/** Orders policies by strength, the weakest first. */
export const comparePolicies = (a: Policy, b: Policy): number => byAttributes(a, b) || byName(a, b);

/**
 * Orders entries by strength, the weakest first: what merges later overrides (routing.md 2.2; kuma,
 * pkg/plugins/policies/core/rules/outbound/sort.go). Within one policy the later of equals is the stronger.
 */
export function compareEntries(a: ToEntry, b: ToEntry): number {
  const bySection =
    a.target.kind === 'MeshService' && b.target.kind === 'MeshService'
      ? Number(a.target.sectionName !== undefined) - Number(b.target.sectionName !== undefined)
      : 0;
  return (
    byAttributes(a.policy, b.policy) ||
    compareKinds(a.target, b.target) ||
    bySection ||
    byName(a.policy, b.policy) ||
    a.index - b.index
  );
}
