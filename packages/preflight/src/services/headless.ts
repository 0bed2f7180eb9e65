import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { withRules } from '../service-ports.ts';

export const headless: Check = {
  id: 'headless',
  holds: 'No Service is headless',
  area: 'services',
  code: codes.preflight.headless,
  examines: '`clusterIP` of Services, and the VirtualServices and DestinationRules for them',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: bookings-db, namespace: sales}
spec:
  clusterIP: None
  selector: {app: bookings-db}
  ports: [{port: 3306, appProtocol: tcp}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bookings-db, namespace: sales}
spec:
  host: bookings-db
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: bookings-db, namespace: sales}
spec:
  selector: {app: bookings-db}
  ports: [{port: 3306, appProtocol: tcp}]
`,
  },
  run: (facts) => {
    const ruled = withRules(facts);
    return {
      examined: [services(facts)],
      evidence: facts.services
        .filter((service) => service.headless)
        .map((service) => {
          const isRuled = ruled.has(idOf(service));
          return {
            found: `Service ${idOf(service)} is headless${isRuled ? ', and a VirtualService or DestinationRule is for it' : ''}.`,
            at: descend(rootField(service.resource), 'spec', 'clusterIP') ?? service.resource,
            services: [idOf(service)],
            ...(isRuled ? {} : { severity: 'info' as const }),
          };
        }),
    };
  },
};
