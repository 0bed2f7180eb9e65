import { codes } from '@isthmus/diagnostics';
import { child, descend, items, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { specOf } from './target.ts';

export const mixedSplit: Check = {
  id: 'mixed-split',
  holds: 'No split mixes services and external ones',
  area: 'kong-mesh',
  code: codes.preflight.mixedSplit,
  examines: 'the backends of MeshHTTPRoutes, in the import and in the translation',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshHTTPRoute
metadata: {name: seats, namespace: sales}
spec:
  to:
    - targetRef: {kind: MeshService, name: seats}
      rules:
        - matches: [{path: {type: PathPrefix, value: /}}]
          default:
            backendRefs:
              - {kind: MeshService, name: seats, port: 8080, weight: 90}
              - {kind: MeshExternalService, name: seats-istio, weight: 10}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshHTTPRoute
metadata: {name: seats, namespace: sales}
spec:
  to:
    - targetRef: {kind: MeshService, name: seats}
      rules:
        - matches: [{path: {type: PathPrefix, value: /}}]
          default:
            backendRefs: [{kind: MeshService, name: seats, port: 8080, weight: 100}]
`,
  },
  run: (facts) => {
    const routes = facts.kongMesh('MeshHTTPRoute');
    const evidence = routes.flatMap((route) =>
      items(child(specOf(route), 'to'))
        .flatMap((to) => items(child(to, 'rules')))
        .flatMap((rule) => {
          const at = descend(rule, 'default', 'backendRefs');
          const kinds = new Set(items(at).map((backend) => text(child(backend, 'kind'))?.value));
          if (at === undefined || !kinds.has('MeshExternalService') || kinds.size < 2) return [];
          return { found: `${called(route)} splits between a MeshExternalService and others.`, at, services: [] };
        }),
    );
    return { examined: [amount(routes.length, 'MeshHTTPRoute')], evidence };
  },
};
