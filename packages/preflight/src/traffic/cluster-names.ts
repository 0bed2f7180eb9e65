import { codes } from '@isthmus/diagnostics';
import { descend, items, rootField, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, idOf } from '../facts.ts';

export const clusterNames: Check = {
  id: 'cluster-names',
  holds: 'No ServiceEntry takes a name of the cluster',
  area: 'traffic',
  code: codes.preflight.hijacked,
  examines: 'hosts of ServiceEntries, and the names of the cluster',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: seats, namespace: sales}
spec:
  hosts: [seats.sales.svc.cluster.local]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.9}]
`,
    passing: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: seats, namespace: sales}
spec:
  hosts: [seats.legacy.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.9}]
`,
  },
  run: (facts) => {
    const entries = facts.ofKind('networking.istio.io', 'ServiceEntry');
    const evidence = entries.flatMap((entry) => {
      const hasEndpoints = items(descend(rootField(entry), 'spec', 'endpoints')).length > 0;
      return items(descend(rootField(entry), 'spec', 'hosts')).flatMap((field) => {
        const at = text(field);
        if (at === undefined || !at.value.endsWith(`.svc.${facts.settings.clusterDomain}`)) return [];
        const name = facts.index.named(at.value, entry.namespace);
        const isThere = name !== undefined && facts.index.get(name.namespace, name.name) !== undefined;
        return {
          found: `${called(entry)} is for \`${at.value}\`, a name of ${isThere ? `Service ${idOf(name)}` : 'the cluster'}.`,
          at,
          services: name === undefined ? [] : [idOf(name)],
          // Without endpoints of its own it leads to where the name leads.
          ...(isThere && hasEndpoints ? {} : { severity: 'warning' as const }),
        };
      });
    });
    return { examined: [amount(entries.length, 'ServiceEntry', 'ServiceEntries')], evidence };
  },
};
