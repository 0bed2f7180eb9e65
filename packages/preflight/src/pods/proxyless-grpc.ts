import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';
import { wordsThatMatch } from './istio-calls.ts';

export const proxylessGrpc: Check = {
  id: 'proxyless-grpc',
  holds: 'gRPC goes through a proxy',
  area: 'pods',
  code: codes.preflight.proxyless,
  examines: 'templates of the injector for gRPC, and `xds:///` addresses in containers',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        inject.istio.io/templates: grpc-agent
    spec:
      containers:
        - name: seats
          args: ["--backend", "xds:///bookings.sales.svc.cluster.local:9090"]
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          args: ["--backend", "dns:///bookings.sales.svc.cluster.local:9090"]
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: [
      ...annotated(facts, ['inject.istio.io/templates'], (value) => /\bgrpc-(?:agent|simple)\b/.test(value)),
      ...wordsThatMatch(
        facts,
        { inProbes: false },
        (value) => value.includes('xds:///'),
        ({ name }, workload) => `Container \`${name}\` of ${workload} calls an \`xds:///\` address.`,
      ),
    ],
  }),
};
