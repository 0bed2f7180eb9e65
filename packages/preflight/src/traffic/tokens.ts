import { codes } from '@isthmus/diagnostics';
import { scopeOf } from '@isthmus/istio';
import { descend, items, rootField } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { guardedBy } from './guarded.ts';

export const tokens: Check = {
  id: 'tokens',
  holds: 'No token is checked in a sidecar',
  area: 'traffic',
  code: codes.preflight.tokens,
  examines: 'RequestAuthentications and the workloads that they are for',
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: loyalty, namespace: passenger}
spec:
  selector: {matchLabels: {app: loyalty}}
  jwtRules:
    - issuer: https://login.kongair.example
`,
    passing: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  jwtRules:
    - issuer: https://login.kongair.example
`,
  },
  run: (facts) => {
    const all = facts.ofKind('security.istio.io', 'RequestAuthentication');
    const evidence = all.flatMap((resource) => {
      const rules = descend(rootField(resource), 'spec', 'jwtRules');
      const pods = guardedBy(facts, scopeOf(resource, facts.config.mesh.rootNamespace));
      const isAttached = ['targetRefs', 'targetRef'].some(
        (name) => descend(rootField(resource), 'spec', name) !== undefined,
      );
      if (rules === undefined || items(rules).length === 0 || pods === undefined || isAttached) return [];
      return {
        found: `${called(resource)} checks tokens in ${pods.length === 0 ? 'sidecars' : pods.length === 1 && pods[0] ? `the sidecar of ${called(pods[0].resource)}` : `the sidecars of ${pods.length} workloads`}.`,
        at: rules,
        services: pods.flatMap((pod) => facts.servicesOf(pod)),
      };
    });
    return { examined: [amount(all.length, 'RequestAuthentication')], evidence };
  },
};
