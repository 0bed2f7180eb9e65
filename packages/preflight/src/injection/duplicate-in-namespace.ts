import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { namespaces } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { asksForIstio, asksForKongMesh, injectionLabel } from '../joining.ts';

export const duplicateInNamespace: Check = {
  id: 'duplicate-in-namespace',
  holds: 'No namespace asks both meshes for sidecars',
  area: 'injection',
  code: codes.preflight.twiceByNamespace,
  examines: 'the labels of namespaces',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
  labels:
    istio-injection: enabled
    kuma.io/sidecar-injection: enabled
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
  labels:
    istio-injection: enabled
    kuma.io/sidecar-injection: disabled
`,
  },
  run: (facts) => ({
    examined: [namespaces(facts)],
    evidence: facts.namespaces
      .filter(({ labels }) => asksForIstio(labels) && asksForKongMesh(labels[injectionLabel]))
      .map((namespace) => {
        const key = namespace.labels['istio-injection'] === 'enabled' ? 'istio-injection' : 'istio.io/rev';
        return {
          found: `${called(namespace)} has the labels \`${key}: ${namespace.labels[key]}\` and \`${injectionLabel}: ${namespace.labels[injectionLabel]}\`.`,
          at: descend(rootField(namespace), 'metadata', 'labels', injectionLabel) ?? namespace,
          services: facts.servicesIn(namespace.name),
          patch: {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: namespace.name, labels: { [injectionLabel]: 'disabled' } },
          },
        };
      }),
  }),
};
