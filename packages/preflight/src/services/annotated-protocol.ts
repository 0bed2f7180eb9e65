import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { portFields, portName, protocolPatch } from '../service-ports.ts';

export const annotatedProtocol: Check = {
  id: 'annotated-protocol',
  holds: 'No protocol stands in an annotation only',
  area: 'services',
  code: codes.preflight.annotatedProtocol,
  examines: 'the annotations `<port>.service.kuma.io/protocol` of Services',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata:
  name: seats
  namespace: sales
  annotations:
    8080.service.kuma.io/protocol: http
spec:
  selector: {app: seats}
  ports: [{port: 8080}]
`,
    passing: `apiVersion: v1
kind: Service
metadata:
  name: seats
  namespace: sales
  annotations:
    8080.service.kuma.io/protocol: http
spec:
  selector: {app: seats}
  ports: [{port: 8080, appProtocol: http}]
`,
  },
  run: (facts) => ({
    examined: [services(facts)],
    evidence: portFields(facts).flatMap((one) => {
      const { service, port, appProtocol } = one;
      const key = `${port.port}.service.kuma.io/protocol`;
      const value = service.resource.annotations[key];
      if (value === undefined || appProtocol !== undefined) return [];
      return {
        found: `${portName(one)} has its protocol, ${value}, in the annotation \`${key}\` and no \`appProtocol\`.`,
        at: descend(rootField(service.resource), 'metadata', 'annotations', key) ?? service.resource,
        services: [idOf(service)],
        patch: protocolPatch(one, value),
      };
    }),
  }),
};
