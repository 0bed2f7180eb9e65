import { codes } from '@isthmus/diagnostics';
import { child, descend, entries, items, type Resource, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import type { Pod } from '../pods.ts';
import { specOf, targeted } from './target.ts';

/** Labels of a targetRef that the import tells of every pod; Kong Mesh computes others. */
const known = new Set(['k8s.kuma.io/namespace', 'k8s.kuma.io/service-account']);

const modesOf = (policy: Resource) => {
  const spec = specOf(policy);
  return [...items(child(spec, 'rules')), ...items(child(spec, 'from'))].flatMap(
    (rule) => text(descend(rule, 'default', 'mode')) ?? [],
  );
};

const isForMesh = (policy: Resource): boolean =>
  (text(descend(specOf(policy), 'targetRef', 'kind'))?.value ?? 'Mesh') === 'Mesh';

/**
 * Pods whose mode a policy for Dataplanes decides as a whole, whatever those for the Mesh say: the nearer one holds field by field
 * (kuma, pkg/plugins/policies/core/rules/sort/sort.go, 2.14). Only what the import tells for certain counts.
 */
function decidedNearer(facts: Facts, policies: readonly Resource[]): ReadonlySet<Pod> {
  const nearer = policies.filter((policy) => {
    const target = descend(specOf(policy), 'targetRef');
    const labels = entries(child(target, 'labels')).map(([key]) => key);
    return (
      text(child(target, 'kind'))?.value === 'Dataplane' &&
      ['name', 'sectionName'].every((key) => child(target, key) === undefined) &&
      labels.every((key) => known.has(key) || !/(?:^|[./])kuma\.io\//.test(key)) &&
      modesOf(policy).length > 0
    );
  });
  return new Set(nearer.flatMap((policy) => targeted(facts, policy)));
}

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
    const nearer = decidedNearer(facts, policies);
    const evidence = policies.flatMap((policy) => {
      const at = modesOf(policy).find(({ value }) => value === 'Strict');
      const all = at === undefined ? [] : targeted(facts, policy);
      const pods = isForMesh(policy) ? all.filter((pod) => !nearer.has(pod)) : all;
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
