import { codes } from '@isthmus/diagnostics';
import { type AuthorizationPolicy, allConstraints, type Constraint, isIdentity } from '@isthmus/istio';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { guardedBy } from './guarded.ts';
import { policiesOf } from './policies.ts';

// Identities that are left out become the others, as far as the estate knows them; ports become sections of a permission.
const isExpressible = ({ attribute, negated }: Constraint): boolean =>
  isIdentity(attribute) || (attribute === 'destination.port' && !negated);

function inexpressible({ rules }: AuthorizationPolicy): Constraint[] {
  return rules.flatMap((rule) => [...allConstraints(rule)]).filter((constraint) => !isExpressible(constraint));
}

export const requestRules: Check = {
  id: 'request-rules',
  holds: 'Access depends on who calls alone',
  area: 'traffic',
  code: codes.preflight.requestRules,
  examines: 'what the rules of AuthorizationPolicies for workloads ask for',
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats-reading, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules:
    - from: [{source: {namespaces: [passenger]}}]
      to: [{operation: {methods: [GET]}}]
`,
    passing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules:
    - from: [{source: {namespaces: [passenger]}}]
      to: [{operation: {ports: ["8080"]}}]
`,
  },
  run: (facts) => {
    const policies = policiesOf(facts);
    const evidence = policies.flatMap((policy) => {
      const { action, attached, dryRun, scope, resource } = policy;
      if (attached || dryRun || action === 'AUDIT') return [];
      const found = inexpressible(policy);
      const [first] = found;
      const pods = guardedBy(facts, scope);
      if (pods === undefined) return [];
      const services = pods.flatMap((pod) => facts.servicesOf(pod));
      if (action === 'CUSTOM')
        return { found: `${called(resource)} lets a service of its own decide.`, at: resource, services };
      if (first === undefined) return [];
      const names = [...new Set(found.map(({ name }) => `\`${name}\``))].sort();
      return {
        found: `${called(resource)} (${action}) asks for ${names.join(', ')}.`,
        at: { resource, path: first.path, value: first.values.map(({ text }) => text) },
        services,
      };
    });
    return { examined: [amount(policies.length, 'AuthorizationPolicy', 'AuthorizationPolicies')], evidence };
  },
};
