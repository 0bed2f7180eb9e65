import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { namespaces, workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { injectionLabel } from '../joining.ts';
import { annotationOf, labelOf, podPatch } from '../pods.ts';

const word = (value: string): string => (/^(?:enabled|true|yes)$/i.test(value) ? 'enabled' : 'disabled');

export const annotation: Check = {
  id: 'annotation',
  holds: 'Injection is asked for in labels',
  area: 'injection',
  code: codes.preflight.asAnnotation,
  examines: 'the annotations of namespaces and pod templates',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        kuma.io/sidecar-injection: disabled
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        kuma.io/sidecar-env-vars: "A=1"
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts), namespaces(facts)],
    evidence: [
      ...facts.everyPod.flatMap((pod) => {
        const at = annotationOf(pod, injectionLabel);
        if (at === undefined || labelOf(pod, injectionLabel) !== undefined) return [];
        return {
          found: `The pods of ${called(pod.resource)} have the annotation \`${injectionLabel}: ${at.value}\`, and no label of that name.`,
          at,
          services: facts.servicesOf(pod),
          patch: podPatch(pod, {
            labels: { [injectionLabel]: word(at.value) },
            annotations: { [injectionLabel]: null },
          }),
        };
      }),
      ...facts.namespaces.flatMap((namespace) => {
        const value = namespace.annotations[injectionLabel];
        if (value === undefined || namespace.labels[injectionLabel] !== undefined) return [];
        return {
          found: `${called(namespace)} has the annotation \`${injectionLabel}: ${value}\`, and no label of that name.`,
          at: descend(rootField(namespace), 'metadata', 'annotations', injectionLabel) ?? namespace,
          services: facts.servicesIn(namespace.name),
        };
      }),
    ],
  }),
};
