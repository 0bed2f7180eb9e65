import { codes } from '@isthmus/diagnostics';
import { descend, items, rootField, text } from '@isthmus/kubernetes';
import { amount, istioResources, namespaces } from '../amounts.ts';
import type { Check, Evidence } from '../check.ts';
import { called } from '../facts.ts';

export const multicluster: Check = {
  id: 'multicluster',
  holds: 'One cluster makes the mesh',
  area: 'traffic',
  code: codes.preflight.multicluster,
  examines: 'secrets of remote clusters, networks of namespaces, and gateways between clusters',
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: istio-remote-secret-west
  namespace: istio-system
  labels:
    istio/multiCluster: "true"
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: sales}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE}}]
`,
  },
  run: (facts) => {
    const evidence: Evidence[] = [
      ...facts
        .ofKind('', 'Secret')
        .filter(({ labels }) => labels['istio/multiCluster'] === 'true')
        .map((secret) => ({ found: `${called(secret)} leads to another cluster.`, at: secret, services: [] })),
      ...facts.namespaces.flatMap((namespace) => {
        const at = text(descend(rootField(namespace), 'metadata', 'labels', 'topology.istio.io/network'));
        return at === undefined
          ? []
          : { found: `${called(namespace)} is of the network \`${at.value}\`.`, at, services: [] };
      }),
      ...facts.ofKind('networking.istio.io', 'Gateway').flatMap((gateway) =>
        items(descend(rootField(gateway), 'spec', 'servers')).flatMap((server) => {
          const at = text(descend(server, 'tls', 'mode'));
          return at?.value === 'AUTO_PASSTHROUGH'
            ? { found: `${called(gateway)} lets other clusters in.`, at, services: [] }
            : [];
        }),
      ),
    ];
    return {
      examined: [amount(facts.ofKind('', 'Secret').length, 'Secret'), namespaces(facts), istioResources(facts)],
      evidence,
    };
  },
};
