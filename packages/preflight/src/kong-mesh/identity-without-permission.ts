import { codes } from '@isthmus/diagnostics';
import { child, descend, items } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { policiesOf as authorizationPoliciesOf } from '../traffic/policies.ts';
import { specOf, targeted } from './target.ts';

export const identityWithoutPermission: Check = {
  id: 'identity-without-permission',
  holds: 'Workloads with an identity have a permission',
  area: 'kong-mesh',
  code: codes.preflight.denied,
  examines: 'MeshIdentities and the MeshTrafficPermissions for each workload, in the import and in the translation',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshIdentity
metadata: {name: identity, namespace: kong-mesh-system}
spec:
  selector: {dataplane: {matchLabels: {}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshIdentity
metadata: {name: identity, namespace: kong-mesh-system}
spec:
  selector: {dataplane: {matchLabels: {}}}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: allow-all, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Mesh}
  rules:
    - default:
        allow: [{spiffeID: {type: Prefix, value: "spiffe://cluster.local/ns"}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
  },
  run: (facts) => {
    // Without a selector an identity is for nobody (kuma/pkg/core/resources/apis/meshidentity, 2.14).
    const identities = facts
      .kongMesh('MeshIdentity')
      .filter((identity) => descend(specOf(identity), 'selector', 'dataplane') !== undefined);
    const permissions = facts
      .kongMesh('MeshTrafficPermission')
      .filter((one) => items(child(specOf(one), 'rules')).length > 0 || items(child(specOf(one), 'from')).length > 0);
    const guarded = authorizationPoliciesOf(facts).filter(({ action, attached }) => action === 'ALLOW' && !attached);
    const settled = new Set([
      ...guarded.flatMap(({ scope }) => facts.select(scope.namespace, scope.labels)),
      ...permissions.flatMap((permission) => targeted(facts, permission)),
    ]);
    const [identity] = identities;
    if (identity === undefined)
      return { skipped: 'Neither the import nor the translation has a MeshIdentity, so that nothing is denied.' };
    const denied = facts.pods.filter((pod) => !settled.has(pod));
    return {
      examined: [
        amount(facts.pods.length, 'workload'),
        amount(identities.length, 'MeshIdentity', 'MeshIdentities'),
        amount(permissions.length, 'MeshTrafficPermission'),
      ],
      evidence: denied.map((pod) => ({
        found: `The pods of ${called(pod.resource)} get an identity of ${called(identity)} and no permission; no policy of Istio restricts who calls them.`,
        at: pod.resource,
        services: facts.servicesOf(pod),
      })),
    };
  },
};
