import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

export const twoSidecars: Check = {
  id: 'two-sidecars',
  holds: 'No pod runs with two sidecars',
  area: 'injection',
  code: codes.preflight.twoSidecars,
  examines: 'the containers of Pods as the cluster runs them',
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata: {name: seats-7c9, namespace: sales}
spec:
  containers:
    - name: seats
    - name: istio-proxy
    - name: kuma-sidecar
`,
    passing: `apiVersion: v1
kind: Pod
metadata: {name: seats-7c9, namespace: sales}
spec:
  containers:
    - name: seats
    - name: istio-proxy
`,
  },
  run: (facts) => ({
    examined: [amount(facts.running.length, 'Pod')],
    evidence: facts.running.flatMap((pod) => {
      const istio = ['istio-proxy', 'istio-init'].find((name) => pod.containerNames.has(name));
      const kuma = ['kuma-sidecar', 'kuma-init'].find((name) => pod.containerNames.has(name));
      if (istio === undefined || kuma === undefined) return [];
      return {
        found: `${called(pod.resource)} has the containers \`${istio}\` and \`${kuma}\`.`,
        at: pod.spec ?? pod.resource,
        services: facts.servicesOf(pod),
      };
    }),
  }),
};
