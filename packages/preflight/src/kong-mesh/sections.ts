import { codes } from '@isthmus/diagnostics';
import { child, descend, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import type { Pod } from '../pods.ts';
import { policiesOf, specOf, targeted } from './target.ts';

/** Whether an inbound of the pods can have the name: a container port's, or a number that has none. */
const hasSection = ({ containerPorts }: Pod, section: string): boolean =>
  containerPorts.some(({ name }) => name === section) ||
  (/^\d+$/.test(section) && !containerPorts.some(({ name, port }) => name !== '' && String(port) === section));

export const sections: Check = {
  id: 'sections',
  holds: 'Sections of policies are ports of the pods',
  area: 'kong-mesh',
  code: codes.preflight.section,
  examines:
    '`sectionName` of policies for Dataplanes, in the import and in the translation, and the ports of containers',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: seats, namespace: sales}
spec:
  targetRef: {kind: Dataplane, labels: {app: seats}, sectionName: http-web}
  rules: [{default: {mode: Permissive}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec: {containers: [{name: seats, ports: [{name: web, containerPort: 8080}]}]}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: seats, namespace: sales}
spec:
  targetRef: {kind: Dataplane, labels: {app: seats}, sectionName: web}
  rules: [{default: {mode: Permissive}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec: {containers: [{name: seats, ports: [{name: web, containerPort: 8080}]}]}
`,
  },
  run: (facts) => {
    const policies = policiesOf(facts).filter(
      (policy) => descend(specOf(policy), 'targetRef', 'sectionName') !== undefined,
    );
    const evidence = policies.flatMap((policy) => {
      const target = descend(specOf(policy), 'targetRef');
      const at = text(child(target, 'sectionName'));
      if (at === undefined || text(child(target, 'kind'))?.value !== 'Dataplane') return [];
      const pods = targeted(facts, policy);
      if (pods.length === 0 || pods.some((pod) => hasSection(pod, at.value))) return [];
      return {
        found: `${called(policy)}${policy.source.file === '' ? ', which the translation emits,' : ''} is for the section \`${at.value}\`, and no container of ${pods[0] ? called(pods[0].resource) : 'its pods'} has a port of that name.`,
        at,
        services: pods.flatMap((pod) => facts.servicesOf(pod)),
      };
    });
    return { examined: [amount(policies.length, 'policy with a section', 'policies with a section')], evidence };
  },
};
