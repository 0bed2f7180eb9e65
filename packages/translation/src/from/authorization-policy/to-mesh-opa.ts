import { type AuthorizationPolicy, contains, overlaps } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { dnsLabel } from '../../names.ts';
import { isForSidecars } from '../../security/gateway.ts';
import { servicesIn, targetRefOf } from '../../security/target.ts';
import type { SecurityView } from '../../security/view.ts';
import type { Projection } from './project.ts';
import { regoOf } from './rego.ts';

/** Whether a rule says something that a permission cannot. */
const isLost = (projection: Projection): boolean =>
  projection.kind === 'left-out' ||
  ((projection.kind === 'denial' || projection.kind === 'remainder') && projection.broader.length > 0);

const isEnforced = ({ action, dryRun, problems }: AuthorizationPolicy): boolean =>
  !dryRun && (action === 'ALLOW' || (action === 'DENY' && problems.length === 0));

/** Whether a policy needs more than permissions can say. */
export const needsOpa = ({ action }: AuthorizationPolicy, projections: readonly Projection[]): boolean =>
  action !== 'CUSTOM' && projections.some(isLost);

/**
 * Drafts of MeshOPA that decide what permissions cannot: methods, paths, hosts, headers, addresses; one for all policies of a
 * scope, which decide together. Kuma has none, so that 3.0 (its preview) gets no draft. Drafts they stay because nobody has
 * seen whether OPA gets the caller's identity in Kong Mesh (security.md 3.2, UNVERIFIED), and because what the permissions
 * leave out has to be allowed by hand with them. That they decide as the policies do was verified with OPA itself.
 */
export function draftMeshOpas(context: Context, view: SecurityView, lossy: readonly AuthorizationPolicy[]): void {
  const { target, mesh, systemNamespace } = context.settings;
  if (target === '3.0') return;
  for (const ones of Map.groupBy(lossy, ({ scope }) => JSON.stringify(scope)).values()) {
    const [first] = ones;
    if (first === undefined) continue;
    const { scope } = first;
    const together = view.policies.filter(
      (policy) => isEnforced(policy) && isForSidecars(view, policy) && contains(policy.scope, scope),
    );
    const beside = view.policies.filter(
      (policy) =>
        isEnforced(policy) &&
        isForSidecars(view, policy) &&
        !together.includes(policy) &&
        overlaps(policy.scope, scope),
    );
    const others =
      beside.length === 0
        ? ''
        : ` For some of these workloads ${beside.map(({ namespace, resource }) => `${namespace}/${resource.name}`).join(', ')} ${beside.length === 1 ? 'counts' : 'count'} too, and ${beside.length === 1 ? 'is' : 'are'} not in it.`;
    context.emit({
      role: 'draft',
      stage: 'access',
      why: `Whether OPA sees the identity of the caller has to be tested, and what the permissions leave out has to be allowed by identity together with it.${others}`,
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind: 'MeshOPA',
        metadata: {
          name: dnsLabel([first.namespace, ...ones.map(({ resource }) => resource.name)].join('-')),
          namespace: systemNamespace,
          labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' },
        },
        spec: {
          targetRef: targetRefOf(context, { scope }),
          default: { appendPolicies: [{ rego: { inlineString: regoOf(view, together) } }] },
        },
      },
      services: servicesIn(view, scope),
    });
  }
}
