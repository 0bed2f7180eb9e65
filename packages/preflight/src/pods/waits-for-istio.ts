import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { istioAddress, wordsThatMatch } from './istio-calls.ts';

// A loop or a retry: a single call that fails is none.
const waits = /\b(?:until|while|for)\b|--retry\b|wait/;

export const waitsForIstio: Check = {
  id: 'waits-for-istio',
  holds: "No container waits for Istio's sidecar",
  area: 'pods',
  code: codes.preflight.waitsForIstio,
  examines: "commands, arguments and hooks that ask for ports of Istio's sidecar",
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: reports, namespace: operations}
spec:
  template:
    spec:
      containers:
        - name: reports
          command:
            - sh
            - -c
            - until curl -fs localhost:15021/healthz/ready; do sleep 1; done; exec /reports
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: reports, namespace: operations}
spec:
  template:
    spec:
      containers:
        - name: reports
          command: [sh, -c, "until curl -fs localhost:8081/ready; do sleep 1; done; exec /reports"]
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: wordsThatMatch(
      facts,
      { inProbes: false },
      (value) => {
        const rest = value.replace(/\S*quitquitquit\S*/g, '');
        return istioAddress.test(rest) && waits.test(rest);
      },
      ({ name }, workload, at) =>
        `Container \`${name}\` of ${workload} waits for port ${istioAddress.exec(at.value)?.[1]} of Istio's sidecar.`,
    ),
  }),
};
