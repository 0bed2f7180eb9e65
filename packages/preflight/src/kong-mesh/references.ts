import { codes } from '@isthmus/diagnostics';
import { child, entries, type Field, items, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { policiesOf, specOf } from './target.ts';

const goneKinds = new Set(['MeshSubset', 'MeshServiceSubset', 'MeshGateway']);
const goneFields = ['name', 'namespace', 'tags'];
const isReference = (key: string): boolean => key === 'targetRef' || key === 'backendRef';

/** Every reference under a field. */
function references(field: Field): Field[] {
  const inside = Array.isArray(field.value) ? items(field) : entries(field).map(([, one]) => one);
  const own = entries(field)
    .filter(([key]) => isReference(key))
    .map(([, one]) => one);
  const lists = entries(field)
    .filter(([key]) => key === 'backendRefs')
    .flatMap(([, one]) => items(one));
  return [...own, ...lists, ...inside.flatMap(references)];
}

export const namedReferences: Check = {
  id: 'references',
  holds: 'No policy refers by name where 3.0 cannot',
  area: 'kong-mesh',
  code: codes.preflight.goneReferences,
  examines: 'references of policies, for Kong Mesh 3.0',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: seats, namespace: sales}
spec:
  to:
    - targetRef: {kind: MeshService, name: seats, namespace: sales}
      default: {http: {requestTimeout: 5s}}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: seats, namespace: sales}
spec:
  to:
    - targetRef: {kind: MeshService, labels: {kuma.io/display-name: seats, k8s.kuma.io/namespace: sales}}
      default: {http: {requestTimeout: 5s}}
`,
    settings: { target: '3.0' },
  },
  run: (facts) => {
    if (facts.settings.target !== '3.0')
      return { skipped: `Only Kong Mesh 3.0 has lost them; the target is ${facts.settings.target}.` };
    const policies = policiesOf(facts);
    const evidence = policies.flatMap((policy) => {
      const spec = specOf(policy);
      return (spec === undefined ? [] : references(spec)).flatMap((reference) => {
        const kind = text(child(reference, 'kind'))?.value ?? '';
        const at = goneKinds.has(kind)
          ? child(reference, 'kind')
          : goneFields.map((name) => child(reference, name)).find((field) => field !== undefined);
        if (at === undefined) return [];
        return { found: `${called(policy)} has \`${at.path}\`.`, at, services: [] };
      });
    });
    return { examined: [amount(policies.length, 'policy of Kong Mesh', 'policies of Kong Mesh')], evidence };
  },
};
