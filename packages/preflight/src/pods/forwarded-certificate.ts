import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { wordsThatMatch } from './istio-calls.ts';

export const forwardedCertificate: Check = {
  id: 'forwarded-certificate',
  holds: 'No application reads the certificate of its caller',
  area: 'pods',
  code: codes.preflight.forwardedCertificate,
  examines: 'commands, arguments and variables that name `x-forwarded-client-cert`',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: payments, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: payments
          env:
            - name: IDENTITY_HEADER
              value: X-Forwarded-Client-Cert
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: payments, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: payments
          env:
            - name: IDENTITY_HEADER
              value: authorization
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: wordsThatMatch(
      facts,
      { inProbes: false },
      (value) => /x-forwarded-client-cert/i.test(value),
      ({ name }, workload) => `Container \`${name}\` of ${workload} is told of \`x-forwarded-client-cert\`.`,
    ),
  }),
};
