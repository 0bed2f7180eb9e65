import { codes } from '@isthmus/diagnostics';
import { child, items, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { policiesOf, principalsOf } from './policies.ts';

export const foreignTrust: Check = {
  id: 'foreign-trust',
  holds: 'Policies name identities of this mesh',
  area: 'traffic',
  code: codes.preflight.foreignTrust,
  examines: 'the trust domains of the principals that authorization policies name, and those of the mesh',
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: payments, namespace: sales}
spec:
  rules:
    - from: [{source: {principals: [partner.example/ns/billing/sa/invoices]}}]
`,
    passing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: payments, namespace: sales}
spec:
  rules:
    - from: [{source: {principals: [cluster.local/ns/billing/sa/invoices, "*/ns/sales/sa/web"]}}]
`,
  },
  run: (facts) => {
    const { mesh } = facts.config;
    const aliases = items(child(mesh.config, 'trustDomainAliases')).flatMap((item) => text(item)?.value ?? []);
    const own = new Set([mesh.trustDomain, 'cluster.local', ...aliases]);
    const policies = policiesOf(facts);
    const evidence = policies.flatMap((policy) =>
      principalsOf(policy).flatMap((at) => {
        const domain = /^(?:spiffe:\/\/)?([^/*]+)\/ns\//.exec(at.value)?.[1];
        if (domain === undefined || own.has(domain)) return [];
        return {
          found: `${called(policy.resource)} names an identity of \`${domain}\`; the mesh is \`${mesh.trustDomain}\`.`,
          at,
          services: [],
        };
      }),
    );
    return { examined: [amount(policies.length, 'AuthorizationPolicy', 'AuthorizationPolicies')], evidence };
  },
};
