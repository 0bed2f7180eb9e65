import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { namespaces } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

const level = 'pod-security.kubernetes.io/enforce';

export const podSecurity: Check = {
  id: 'pod-security',
  holds: 'Pod security lets the init container run',
  area: 'injection',
  code: codes.preflight.podSecurity,
  examines: 'the level of pod security that namespaces enforce',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
  labels:
    istio-injection: enabled
    pod-security.kubernetes.io/enforce: restricted
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
  labels:
    istio-injection: enabled
    pod-security.kubernetes.io/enforce: privileged
    pod-security.kubernetes.io/warn: restricted
`,
  },
  run: (facts) => ({
    examined: [namespaces(facts)],
    evidence: facts.namespaces
      .filter(
        ({ name, labels }) =>
          facts.namespaceJoins(name) !== 'no' && /^(?:baseline|restricted)$/.test(labels[level] ?? ''),
      )
      .map((namespace) => ({
        found: `${called(namespace)} enforces the level \`${namespace.labels[level]}\`.`,
        at: descend(rootField(namespace), 'metadata', 'labels', level) ?? namespace,
        services: facts.servicesIn(namespace.name),
      })),
  }),
};
