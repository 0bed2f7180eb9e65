import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';

export const externalName: Check = {
  id: 'external-name',
  holds: 'No Service is another name of a host',
  area: 'services',
  code: codes.preflight.externalName,
  examines: 'the types of Services',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: weather, namespace: operations}
spec:
  type: ExternalName
  externalName: api.weather.example
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: weather, namespace: operations}
spec:
  type: ClusterIP
  selector: {app: weather}
  ports: [{port: 80, appProtocol: http}]
`,
  },
  run: (facts) => ({
    examined: [services(facts)],
    evidence: facts.services
      .filter((service) => service.externalName)
      .map((service) => {
        const host = descend(rootField(service.resource), 'spec', 'externalName');
        return {
          found: `Service ${idOf(service)} stands for ${host === undefined ? 'another host' : `\`${host.value}\``}.`,
          at: host ?? service.resource,
          services: [idOf(service)],
        };
      }),
  }),
};
