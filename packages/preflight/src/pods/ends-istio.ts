import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { ending, wordsThatMatch } from './istio-calls.ts';

export const endsIstio: Check = {
  id: 'ends-istio',
  holds: "No container tells Istio's sidecar to quit",
  area: 'pods',
  code: codes.preflight.endsIstio,
  examines: "commands, arguments and hooks that tell Istio's sidecar to quit",
  examples: {
    failing: `apiVersion: batch/v1
kind: CronJob
metadata: {name: rosters, namespace: operations}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: rosters
              command: [sh, -c, "/rosters; curl -fsX POST http://127.0.0.1:15020/quitquitquit"]
`,
    passing: `apiVersion: batch/v1
kind: CronJob
metadata: {name: rosters, namespace: operations}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: rosters
              command: [sh, -c, /rosters]
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: wordsThatMatch(
      facts,
      { inProbes: false },
      (value) => ending.test(value),
      ({ name }, workload) => `Container \`${name}\` of ${workload} tells Istio's sidecar to quit.`,
    ),
  }),
};
