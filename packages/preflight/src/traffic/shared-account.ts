import { codes } from '@isthmus/diagnostics';
import { amount, workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import type { Pod } from '../pods.ts';
import { policiesOf, principalsOf } from './policies.ts';

// Versions of one application share an identity on purpose.
const applicationOf = ({ labels, name }: Pod): string =>
  labels.app ?? labels['app.kubernetes.io/name'] ?? labels['k8s-app'] ?? name.replace(/-v\d+$/, '');

export const sharedAccount: Check = {
  id: 'shared-account',
  holds: 'Workloads that policies name have an identity of their own',
  area: 'traffic',
  code: codes.preflight.sharedAccount,
  examines: 'the service accounts of workloads, and the principals that authorization policies name',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: sales}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: payments, namespace: sales}
spec:
  selector: {matchLabels: {app: payments}}
  rules:
    - from: [{source: {principals: [cluster.local/ns/sales/sa/default]}}]
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats-v1, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {serviceAccountName: seats, containers: [{name: seats}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats-v2, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {serviceAccountName: seats, containers: [{name: seats}]}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: payments, namespace: sales}
spec:
  selector: {matchLabels: {app: payments}}
  rules:
    - from: [{source: {principals: [cluster.local/ns/sales/sa/seats]}}]
`,
  },
  run: (facts) => {
    const policies = policiesOf(facts);
    const byAccount = Map.groupBy(facts.everyPod, (pod) => `/ns/${pod.namespace}/sa/${pod.serviceAccount}`);
    const shared = new Map(
      [...byAccount].flatMap(([account, pods]) => {
        const applications = new Map(pods.map((pod) => [applicationOf(pod), pod]));
        return applications.size > 1 ? [[account, [...applications.values()]] as const] : [];
      }),
    );
    const evidence = policies.flatMap((policy) =>
      principalsOf(policy).flatMap((at) => {
        const [account, pods] = [...shared].find(([one]) => at.value.endsWith(one)) ?? [];
        if (account === undefined || pods === undefined || pods[0] === undefined || pods[1] === undefined) return [];
        const others =
          pods.length > 2
            ? `, ${called(pods[1].resource)} and ${pods.length - 2} more`
            : ` and ${called(pods[1].resource)}`;
        return {
          found: `${called(policy.resource)} names \`${at.value}\`, which is the identity of ${called(pods[0].resource)}${others}.`,
          at,
          services: pods.flatMap((pod) => facts.servicesOf(pod)),
        };
      }),
    );
    return {
      examined: [workloads(facts), amount(policies.length, 'AuthorizationPolicy', 'AuthorizationPolicies')],
      evidence,
    };
  },
};
