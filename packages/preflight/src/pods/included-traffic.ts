import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';

const keys = ['includeOutboundIPRanges', 'includeOutboundPorts', 'includeInboundPorts'].map(
  (name) => `traffic.sidecar.istio.io/${name}`,
);

export const includedTraffic: Check = {
  id: 'included-traffic',
  holds: 'All traffic of the pods goes through the sidecar',
  area: 'pods',
  code: codes.preflight.included,
  examines: 'the annotations of pod templates that name what goes through the sidecar',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: payments, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        traffic.sidecar.istio.io/includeOutboundIPRanges: 10.0.0.0/8
    spec: {containers: [{name: payments}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: payments, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        traffic.sidecar.istio.io/includeOutboundIPRanges: "*"
        traffic.sidecar.istio.io/excludeOutboundPorts: "25"
    spec: {containers: [{name: payments}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    // `*` is all, which is what Kong Mesh does.
    evidence: annotated(facts, keys, (value) => value.trim() !== '*'),
  }),
};
