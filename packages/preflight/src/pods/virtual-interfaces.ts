import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';

export const virtualInterfaces: Check = {
  id: 'virtual-interfaces',
  holds: "No virtual machine's traffic is intercepted",
  area: 'pods',
  code: codes.preflight.virtualInterfaces,
  examines: 'the annotations of pod templates for interfaces of virtual machines',
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: mainframe
  namespace: operations
  annotations:
    istio.io/reroute-virtual-interfaces: tap0
spec: {containers: [{name: machine}]}
`,
    passing: `apiVersion: v1
kind: Pod
metadata: {name: mainframe, namespace: operations}
spec: {containers: [{name: machine}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: annotated(
      facts,
      ['traffic.sidecar.istio.io/kubevirtInterfaces', 'istio.io/reroute-virtual-interfaces'],
      (value) => value !== '',
    ),
  }),
};
