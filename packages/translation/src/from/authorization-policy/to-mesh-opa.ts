import type { AuthorizationPolicy } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { dnsLabel } from '../../names.ts';
import { servicesIn, targetRefOf } from '../../security/target.ts';
import type { SecurityView } from '../../security/view.ts';
import type { Projection } from './project.ts';
import { regoOf } from './rego.ts';

/** Whether a rule says something that a permission cannot. */
const isLost = (projection: Projection): boolean =>
  projection.kind === 'left-out' ||
  ((projection.kind === 'denial' || projection.kind === 'remainder') && projection.broader.length > 0);

/**
 * A draft of a MeshOPA that decides what permissions cannot: methods, paths, hosts, headers, addresses. Kuma has none, so
 * that 3.0 (its preview) gets no draft. A draft it stays because nobody has seen whether OPA gets the caller's identity
 * (security.md 3.2, UNVERIFIED), and because what the permissions leave out has to be allowed by hand with it.
 */
export function draftMeshOpa(
  context: Context,
  view: SecurityView,
  policy: AuthorizationPolicy,
  projections: readonly Projection[],
): void {
  const { target, mesh, systemNamespace } = context.settings;
  if (target === '3.0' || policy.action === 'CUSTOM' || !projections.some(isLost)) return;
  context.emit({
    role: 'draft',
    stage: 'access',
    why: 'Whether OPA sees the identity of the caller has to be tested, and what the permissions leave out has to be allowed by identity together with it.',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshOPA',
      metadata: {
        name: dnsLabel(`${policy.namespace}-${policy.resource.name}`),
        namespace: systemNamespace,
        labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' },
      },
      spec: {
        targetRef: targetRefOf(context, { scope: policy.scope }),
        default: { appendPolicies: [{ rego: { inlineString: regoOf(view, policy) } }] },
      },
    },
    services: servicesIn(view, policy.scope),
  });
}
