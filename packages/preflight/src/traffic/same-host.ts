import { codes } from '@isthmus/diagnostics';
import { child, descend, items, type Resource, rootField, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

const portsOf = (resource: Resource): string[] =>
  items(descend(rootField(resource), 'spec', 'ports')).map((port) => String(child(port, 'number')?.value));

export const sameHost: Check = {
  id: 'same-host',
  holds: 'Hosts stand in one ServiceEntry each',
  area: 'traffic',
  code: codes.preflight.sameHost,
  examines: 'hosts and ports of ServiceEntries',
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: weather, namespace: operations}
spec: {hosts: [api.weather.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: forecast, namespace: sales}
spec: {hosts: [api.weather.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
`,
    passing: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: weather, namespace: operations}
spec: {hosts: [api.weather.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: forecast, namespace: sales}
spec: {hosts: [forecast.weather.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
`,
  },
  run: (facts) => {
    const entries = facts.ofKind('networking.istio.io', 'ServiceEntry');
    const taken = new Map<string, Resource>();
    const evidence = entries.flatMap((entry) => {
      const ports = portsOf(entry);
      return items(descend(rootField(entry), 'spec', 'hosts')).flatMap((field) => {
        const at = text(field);
        if (at === undefined) return [];
        const other = ports.map((port) => taken.get(`${at.value}:${port}`)).find((one) => one !== undefined);
        for (const port of ports) if (!taken.has(`${at.value}:${port}`)) taken.set(`${at.value}:${port}`, entry);
        if (other === undefined || other === entry) return [];
        return {
          found: `${called(entry)} and ${called(other)} are for the same port of \`${at.value}\`.`,
          at,
          services: [],
        };
      });
    });
    return { examined: [amount(entries.length, 'ServiceEntry', 'ServiceEntries')], evidence };
  },
};
