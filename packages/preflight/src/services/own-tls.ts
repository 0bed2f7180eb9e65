import { codes } from '@isthmus/diagnostics';
import { amount, services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { portFields, portName } from '../service-ports.ts';

export const ownTls: Check = {
  id: 'own-tls',
  holds: 'No application speaks TLS itself',
  area: 'services',
  code: codes.preflight.ownTls,
  examines: 'names and `appProtocol` of TCP ports',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: payments, namespace: sales}
spec:
  selector: {app: payments}
  ports:
    - name: https
      port: 8443
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: payments, namespace: sales}
spec:
  selector: {app: payments}
  ports:
    - name: http
      port: 8080
      appProtocol: http
`,
  },
  run: (facts) => {
    const fields = portFields(facts);
    const evidence = fields
      .filter(({ port }) => port.protocol === 'https' || port.protocol === 'tls')
      .map((one) => ({
        found: `${portName(one)} carries TLS of the application, by its ${one.appProtocol === undefined ? 'name' : 'protocol'}.`,
        at: one.appProtocol ?? one.field,
        services: [idOf(one.service)],
      }));
    return { examined: [services(facts), amount(fields.length, 'TCP port')], evidence };
  },
};
