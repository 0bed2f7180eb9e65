import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { ending, istioAddress, wordsThatMatch } from './istio-calls.ts';

export const execProbe: Check = {
  id: 'exec-probe',
  holds: "No probe asks Istio's sidecar",
  area: 'pods',
  code: codes.preflight.execProbe,
  examines: 'the commands of probes',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          startupProbe:
            exec:
              command: [curl, -f, "http://127.0.0.1:15000/ready"]
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          startupProbe:
            exec:
              command: [curl, -f, "http://127.0.0.1:8080/ready"]
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: wordsThatMatch(
      facts,
      { inProbes: true },
      (value) => istioAddress.test(value) || ending.test(value),
      ({ name }, workload) => `A probe of container \`${name}\` of ${workload} asks Istio's sidecar.`,
    ),
  }),
};
