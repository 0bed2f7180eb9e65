import { codes } from '@isthmus/diagnostics';
import { amount, services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { portFields, portName, protocolPatch, spokenProtocol, withHttpRoutes } from '../service-ports.ts';

const known = new Set(['http', 'http2', 'grpc', 'tcp']);
export const unknownProtocol: Check = {
  id: 'unknown-protocol',
  holds: 'Kong Mesh knows the protocols of ports',
  area: 'services',
  code: codes.preflight.unknownProtocol,
  examines: '`appProtocol` of TCP ports',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: payments, namespace: sales}
spec:
  selector: {app: payments}
  ports:
    - name: http2
      port: 8080
      appProtocol: kubernetes.io/h2c
    - name: db
      port: 3306
      appProtocol: mysql
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: payments, namespace: sales}
spec:
  selector: {app: payments}
  ports:
    - name: http2
      port: 8080
      appProtocol: http2
    - name: events
      port: 9092
      appProtocol: kafka
`,
  },
  run: (facts) => {
    const routed = withHttpRoutes(facts);
    const fields = portFields(facts).filter(({ appProtocol }) => appProtocol !== undefined);
    const evidence = fields.flatMap((one) => {
      const { service, port, appProtocol } = one;
      if (appProtocol === undefined || known.has(appProtocol.value)) return [];
      if (appProtocol.value === 'kafka' && facts.settings.target !== '3.0') return [];
      const wanted = spokenProtocol(port, routed.has(idOf(service)));
      return {
        found: `${portName(one)} has the \`appProtocol\` ${appProtocol.value}; Kong Mesh ${facts.settings.target} knows it as ${wanted}.`,
        at: appProtocol,
        services: [idOf(service)],
        patch: protocolPatch(one, wanted),
      };
    });
    return {
      examined: [services(facts), amount(fields.length, 'port with an appProtocol', 'ports with an appProtocol')],
      evidence,
    };
  },
};
