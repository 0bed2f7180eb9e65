import { codes } from '@isthmus/diagnostics';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';

const ignore = 'kuma.io/ignore';

export const noSelector: Check = {
  id: 'no-selector',
  holds: 'Services have a selector',
  area: 'services',
  code: codes.preflight.noSelector,
  examines: 'the selectors of Services with a cluster IP',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: mainframe, namespace: operations}
spec:
  ports: [{port: 3270}]
---
apiVersion: v1
kind: Endpoints
metadata: {name: mainframe, namespace: operations}
subsets: [{addresses: [{ip: 10.8.0.4}], ports: [{port: 3270}]}]
`,
    passing: `apiVersion: v1
kind: Service
metadata:
  name: mainframe
  namespace: operations
  annotations:
    kuma.io/ignore: "true"
spec:
  ports: [{port: 3270}]
`,
  },
  run: (facts) => ({
    examined: [services(facts)],
    evidence: facts.services
      .filter(({ selector, headless, externalName, resource, ports, namespace, name }) => {
        if (externalName || headless || resource.annotations[ignore] === 'true') return false;
        // The API server's own Service; its namespace is hardly ever in a mesh.
        if (namespace === 'default' && name === 'kubernetes') return false;
        return Object.keys(selector ?? {}).length === 0 && ports.some(({ transport }) => transport === 'TCP');
      })
      .map((service) => ({
        found: `Service ${idOf(service)} has a cluster IP and no selector.`,
        at: service.resource,
        services: [idOf(service)],
        patch: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: service.name, namespace: service.namespace, annotations: { [ignore]: 'true' } },
        },
      })),
  }),
};
