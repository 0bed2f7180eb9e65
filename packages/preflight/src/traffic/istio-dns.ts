import { codes } from '@isthmus/diagnostics';
import { descend, items, rootField, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

// Endings that no public DNS has (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`), and those that Istio's guides use.
const local = /^[^.*]+$|\.(?:local|localdomain|internal|intranet|lan|corp|home|private|global|mesh|test|invalid)$/;

export const istioDns: Check = {
  id: 'istio-dns',
  holds: "Hosts do not rely on Istio's DNS",
  area: 'traffic',
  code: codes.preflight.istioDns,
  examines: 'hosts of ServiceEntries that no public DNS knows, where sidecars of Istio answer DNS',
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: mainframe
  namespace: operations
  labels: {networking.istio.io/enable-autoallocate-ip: "true"}
spec:
  hosts: [mainframe.global]
  ports: [{number: 3270, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 10.8.0.4}]
`,
    passing: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: mainframe, namespace: operations}
spec:
  hosts: [mainframe.kongair.example]
  ports: [{number: 3270, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 10.8.0.4}]
`,
  },
  run: (facts) => {
    const metadata = descend(facts.config.mesh.config, 'defaultConfig', 'proxyMetadata', 'ISTIO_META_DNS_CAPTURE');
    const isCaptured = String(metadata?.value) === 'true';
    const entries = facts.ofKind('networking.istio.io', 'ServiceEntry');
    const evidence = entries.flatMap((entry) => {
      const isAnswered = isCaptured || entry.labels['networking.istio.io/enable-autoallocate-ip'] === 'true';
      return items(descend(rootField(entry), 'spec', 'hosts')).flatMap((field) => {
        const at = text(field);
        if (!isAnswered || at === undefined || !local.test(at.value)) return [];
        if (at.value.endsWith(`.${facts.settings.clusterDomain}`)) return [];
        return { found: `${called(entry)} is for \`${at.value}\`, which no public DNS knows.`, at, services: [] };
      });
    });
    return { examined: [amount(entries.length, 'ServiceEntry', 'ServiceEntries')], evidence };
  },
};
