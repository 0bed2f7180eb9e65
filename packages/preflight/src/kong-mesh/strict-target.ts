import { codes } from '@isthmus/diagnostics';
import { child, descend, items, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { specOf, targeted } from './target.ts';

export const strictTarget: Check = {
  id: 'strict-target',
  holds: 'Servers of Kong Mesh take plaintext during the bridge',
  area: 'kong-mesh',
  code: codes.preflight.strictTarget,
  examines: 'the modes of MeshTLS policies, in the import and in the translation',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: strict, namespace: kong-mesh-system}
spec:
  rules:
    - default:
        mode: Strict
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: bridge, namespace: kong-mesh-system}
spec:
  rules:
    - default:
        mode: Permissive
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
  },
  run: (facts) => {
    const policies = facts.kongMesh('MeshTLS');
    const evidence = policies.flatMap((policy) => {
      const spec = specOf(policy);
      const at = [...items(child(spec, 'rules')), ...items(child(spec, 'from'))]
        .flatMap((rule) => text(descend(rule, 'default', 'mode')) ?? [])
        .find(({ value }) => value === 'Strict');
      const pods = at === undefined ? [] : targeted(facts, policy);
      if (at === undefined || pods.length === 0) return [];
      return {
        found: `${called(policy)}${policy.source.file === '' ? ', which the translation emits,' : ''} makes ${pods.length === 1 && pods[0] ? called(pods[0].resource) : `${pods.length} workloads`} take mutual TLS only.`,
        at,
        services: pods.flatMap((pod) => facts.servicesOf(pod)),
      };
    });
    return { examined: [amount(policies.length, 'MeshTLS policy', 'MeshTLS policies')], evidence };
  },
};
