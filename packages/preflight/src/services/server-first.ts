import { codes } from '@isthmus/diagnostics';
import { amount, services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { portFields, portName } from '../service-ports.ts';

// Protocols in which the server greets first (RFC 5321, RFC 959, RFC 4253; MySQL's initial handshake packet).
const byName = /^(?:tcp-)?(?:mysql|mariadb|smtp|submission|ftp|ssh|sftp)(?:-|$)/i;
const byPort: ReadonlySet<number> = new Set([21, 22, 25, 587, 3306]);

export const serverFirst: Check = {
  id: 'server-first',
  holds: 'No server speaks first on a port that does not say so',
  area: 'services',
  code: codes.preflight.serverFirst,
  examines: 'names, numbers and `appProtocol` of TCP ports',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: bookings-db, namespace: sales}
spec:
  selector: {app: bookings-db}
  ports:
    - name: mysql
      port: 3306
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: bookings-db, namespace: sales}
spec:
  selector: {app: bookings-db}
  ports:
    - name: mysql
      port: 3306
      appProtocol: tcp
`,
  },
  run: (facts) => {
    const fields = portFields(facts);
    const evidence = fields
      .filter(({ port, appProtocol }) => {
        if (appProtocol !== undefined) return false;
        // A port that says it is HTTP is, whatever its number.
        return byName.test(port.name) || (byPort.has(port.port) && (port.protocol ?? 'tcp') === 'tcp');
      })
      .map((one) => ({
        found: `The server of ${portName(one).replace('Port', 'port')} speaks first, by its name or number, and the port has no \`appProtocol\`.`,
        at: one.field,
        services: [idOf(one.service)],
      }));
    return { examined: [services(facts), amount(fields.length, 'TCP port')], evidence };
  },
};
