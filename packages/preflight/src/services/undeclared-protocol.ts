import { codes } from '@isthmus/diagnostics';
import { amount, services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { httpProtocol, portFields, portName, protocolPatch, withHttpRoutes } from '../service-ports.ts';

export const undeclaredProtocol: Check = {
  id: 'undeclared-protocol',
  holds: 'Ports say their protocol to Kong Mesh',
  area: 'services',
  code: codes.preflight.undeclaredProtocol,
  examines: 'names and `appProtocol` of TCP ports, and the VirtualServices with HTTP routes for them',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports:
    - name: http
      port: 8080
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports:
    - name: http
      port: 8080
      appProtocol: http
    - name: tcp-postgres
      port: 5432
`,
  },
  run: (facts) => {
    const routed = withHttpRoutes(facts);
    const fields = portFields(facts);
    const evidence = fields.flatMap((one) => {
      const { service, port, field, appProtocol } = one;
      if (appProtocol !== undefined) return [];
      const id = idOf(service);
      const isRouted = routed.has(id);
      const wanted = httpProtocol(port) ?? (port.protocol === undefined && isRouted ? 'http' : undefined);
      const base = { at: field, services: [id] };
      const routes = isRouted ? ', and a VirtualService has HTTP routes for it' : '';
      if (wanted !== undefined)
        return {
          ...base,
          found: `${portName(one)} has no \`appProtocol\`; Istio takes it for ${wanted}${port.protocol === undefined ? ' from its traffic' : ' by its name'}${routes}.`,
          ...(isRouted ? { severity: 'blocker' as const } : {}),
          patch: protocolPatch(one, wanted),
        };
      if (port.protocol !== undefined) return [];
      return {
        ...base,
        found: `${portName(one)} says no protocol: Istio finds out from its traffic. Where that is HTTP or gRPC, say so.`,
        severity: 'info' as const,
      };
    });
    return { examined: [services(facts), amount(fields.length, 'TCP port')], evidence };
  },
};
