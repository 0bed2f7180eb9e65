import { codes } from '@isthmus/diagnostics';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { httpProtocol, portFields, portName } from '../service-ports.ts';

export const timeouts: Check = {
  id: 'timeouts',
  holds: 'Requests may last as long as in Istio',
  area: 'services',
  code: codes.preflight.timeouts,
  examines: 'HTTP and gRPC ports, and whether the settings keep the defaults of Istio',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: departures, namespace: operations}
spec: {selector: {app: departures}, ports: [{name: grpc, port: 9090, appProtocol: grpc}]}
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: departures, namespace: operations}
spec: {selector: {app: departures}, ports: [{name: tcp, port: 9090, appProtocol: tcp}]}
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
              found: `${portName(one)} carries ${one.port.protocol === 'grpc' ? 'gRPC' : 'HTTP'}, and the settings adopt the defaults of Kong Mesh.`,
              at: one.field,
              services: [idOf(one.service)],
            })),
  }),
};
