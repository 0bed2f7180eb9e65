import { codes } from '@isthmus/diagnostics';
import { descend } from '@isthmus/kubernetes';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import type { Pod } from '../pods.ts';
import { annotated } from './annotations.ts';

const key = 'sidecar.istio.io/rewriteAppHTTPProbers';

/** Whether a probe of the pod goes to a port: commands are run within the container and never rewritten. */
const isProbed = ({ containers }: Pod): boolean =>
  containers.some(({ field }) =>
    ['livenessProbe', 'readinessProbe', 'startupProbe'].some((probe) =>
      ['httpGet', 'tcpSocket', 'grpc'].some((kind) => descend(field, probe, kind) !== undefined),
    ),
  );

export const probeRewriting: Check = {
  id: 'probe-rewriting',
  holds: 'Probes may be rewritten',
  area: 'pods',
  code: codes.preflight.probesNotRewritten,
  examines: 'the annotation `sidecar.istio.io/rewriteAppHTTPProbers` of pods whose probes go to a port',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/rewriteAppHTTPProbers: "false"
    spec: {containers: [{name: seats, readinessProbe: {httpGet: {path: /healthz, port: 8080}}}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/rewriteAppHTTPProbers: "true"
    spec: {containers: [{name: seats, readinessProbe: {httpGet: {path: /healthz, port: 8080}}}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: annotated({ ...facts, pods: facts.pods.filter(isProbed) }, [key], (value) => value === 'false'),
  }),
};
