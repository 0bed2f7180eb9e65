import { codes } from '@isthmus/diagnostics';
import { descend, items, rootField, text } from '@isthmus/kubernetes';
import type { Check } from '../check.ts';
import { called, idOf } from '../facts.ts';

export const clusterNames: Check = {
  id: 'cluster-names',
  area: 'traffic',
  code: codes.preflight.hijacked,
  examines: 'hosts of ServiceEntries, and the names of the cluster',
  examples: {
    failing: `apiVersion: networking.istio.io/v1
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
    const evidence = entries.flatMap((entry) =>
      items(descend(rootField(entry), 'spec', 'hosts')).flatMap((field) => {
        const at = text(field);
        if (at === undefined || !at.value.endsWith(`.svc.${facts.settings.clusterDomain}`)) return [];
        const name = facts.index.named(at.value, entry.namespace);
        const isThere = name !== undefined && facts.index.get(name.namespace, name.name) !== undefined;
        return {
          found: `${called(entry)} is for \`${at.value}\`, a name of ${isThere ? `Service ${idOf(name)}` : 'the cluster'}.`,
          at,
          services: name === undefined ? [] : [idOf(name)],
        };
      }),
    );
    return { examined: [{ count: entries.length, what: 'ServiceEntries' }], evidence };
  },
};
