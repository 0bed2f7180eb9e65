import { codes } from '@isthmus/diagnostics';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { httpProtocol, portFields, portName } from '../service-ports.ts';

export const retries: Check = {
  id: 'retries',
  holds: 'Requests are tried again as often as in Istio',
  area: 'services',
  code: codes.preflight.retries,
  examines: 'HTTP and gRPC ports, and whether the settings keep the defaults of Istio',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: http, port: 8080, appProtocol: http}]}
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: tcp, port: 8080, appProtocol: tcp}]}
`,
    settings: { defaults: 'adopt' },
  },
  run: (facts) => ({
    examined: [services(facts)],
    evidence:
      facts.settings.defaults === 'keep'
        ? []
        : portFields(facts)
            .filter(({ port }) => httpProtocol(port) !== undefined)
            .map((one) => ({
              found: `Requests to ${portName(one).replace('Port', 'port')} are tried again as Kong Mesh does by default.`,
              at: one.field,
              services: [idOf(one.service)],
            })),
  }),
};
