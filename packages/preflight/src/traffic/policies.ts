import { type AuthorizationPolicy, allConstraints, readAuthorizationPolicy } from '@isthmus/istio';
import type { Field } from '@isthmus/kubernetes';
import type { Facts } from '../facts.ts';

const read = new WeakMap<Facts, readonly AuthorizationPolicy[]>();

/** The AuthorizationPolicies of an estate as Istio reads them; read once for all checks. */
export function policiesOf(facts: Facts): readonly AuthorizationPolicy[] {
  const before = read.get(facts);
  if (before !== undefined) return before;
  const policies = facts
    .ofKind('security.istio.io', 'AuthorizationPolicy')
    .map((resource) => readAuthorizationPolicy(resource, facts.config.mesh.rootNamespace));
  read.set(facts, policies);
  return policies;
}

/** The principals that a policy names, with their places: `<trust domain>/ns/<namespace>/sa/<account>`. */
export const principalsOf = ({ resource, rules }: AuthorizationPolicy): Field<string>[] =>
  rules
    .flatMap((rule) => [...allConstraints(rule)])
    .filter(({ attribute }) => attribute === 'source.principal')
    .flatMap(({ values }) => values.map(({ path, text }) => ({ resource, path, value: text })));
