import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';

const label = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

export const names: Check = {
  id: 'names',
  holds: 'Kong Mesh takes the names of Services',
  area: 'services',
  code: codes.preflight.names,
  examines: 'the names of Services, for Kong Mesh 3.0',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: 3d-seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 8080, appProtocol: http}]}
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: seats-3d, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 8080, appProtocol: http}]}
`,
    settings: { target: '3.0' },
  },
  run: (facts) => {
    if (facts.settings.target !== '3.0')
      return { skipped: `Only Kong Mesh 3.0 asks for such names; the target is ${facts.settings.target}.` };
    return {
      examined: [services(facts)],
      evidence: facts.services
        .filter(({ name }) => !label.test(name))
        .map((service) => ({
          found: `Service ${idOf(service)} has a name that is no RFC 1035 label.`,
          at: descend(rootField(service.resource), 'metadata', 'name') ?? service.resource,
          services: [idOf(service)],
        })),
    };
  },
};
