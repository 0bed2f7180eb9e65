import { codes } from '@isthmus/diagnostics';
import { child, flag, rootField } from '@isthmus/kubernetes';
import { amount, workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { annotationOf } from '../pods.ts';

const field = 'automountServiceAccountToken';

export const accountToken: Check = {
  id: 'account-token',
  holds: 'Pods mount a token of their service account',
  area: 'pods',
  code: codes.preflight.noToken,
  examines: '`automountServiceAccountToken` of pod templates and of their service accounts',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      automountServiceAccountToken: false
      containers: [{name: seats}]
`,
    passing: `apiVersion: v1
kind: ServiceAccount
metadata: {name: seats, namespace: sales}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {annotations: {kuma.io/service-account-token-volume: token}}
    spec:
      serviceAccountName: seats
      containers: [{name: seats}]
`,
  },
  run: (facts) => {
    const accounts = facts.ofKind('', 'ServiceAccount');
    const byId = new Map(accounts.map((one) => [`${one.namespace || 'default'}/${one.name}`, one]));
    return {
      examined: [workloads(facts), amount(accounts.length, 'ServiceAccount')],
      evidence: facts.pods.flatMap((pod) => {
        if (annotationOf(pod, 'kuma.io/service-account-token-volume') !== undefined) return [];
        const account = byId.get(`${pod.namespace}/${pod.serviceAccount}`);
        // The pod's own word goes before that of its account (k8s.io/api/core/v1, PodSpec).
        const at = flag(child(pod.spec, field)) ?? (account && flag(child(rootField(account), field)));
        if (at?.value !== false) return [];
        return {
          found: `The pods of ${called(pod.resource)} mount no token${at.resource === pod.resource ? '' : `, as ${called(at.resource)} says`}.`,
          at,
          services: facts.servicesOf(pod),
        };
      }),
    };
  },
};
