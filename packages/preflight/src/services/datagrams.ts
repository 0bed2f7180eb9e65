import { codes } from '@isthmus/diagnostics';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { portFields, portName } from '../service-ports.ts';

export const datagrams: Check = {
  id: 'datagrams',
  holds: 'All ports are TCP',
  area: 'services',
  code: codes.preflight.datagrams,
  examines: 'the transport protocols of ports',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: telemetry, namespace: operations}
spec:
  selector: {app: telemetry}
  ports:
    - port: 8125
      protocol: UDP
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: telemetry, namespace: operations}
spec:
  selector: {app: telemetry}
  ports:
    - port: 8125
`,
  },
  run: (facts) => ({
    examined: [services(facts)],
    evidence: portFields(facts, 'other').map((one) => ({
      found: `${portName(one)} is ${one.port.transport}.`,
      at: one.field,
      services: [idOf(one.service)],
    })),
  }),
};
