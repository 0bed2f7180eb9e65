import { type Constraint, readAuthorizationPolicy } from '@isthmus/istio';
import type { Found } from './edge.ts';
import type { Surroundings } from './surroundings.ts';

const principal = /^([^/*]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/** The service account that a value names in this mesh; undefined for patterns and for other meshes. */
function accountOf(
  { attribute }: Constraint,
  value: string,
  namespace: string,
  { trust }: Surroundings,
): { namespace: string; name: string } | undefined {
  if (attribute === 'source.serviceAccount') {
    const [owner = '', name] = value.split('/');
    return name === undefined ? { namespace, name: owner } : { namespace: owner, name };
  }
  const [, domain = '', owner = '', name = ''] = principal.exec(value) ?? [];
  const isOwn = domain === 'cluster.local' || domain === trust.trustDomain || trust.aliases.includes(domain);
  return isOwn ? { namespace: owner, name } : undefined;
}

/**
 * Callers that AuthorizationPolicies allow by name: the services whose pods run as that service account call those that
 * the policy selects. Weak where the account is shared, or where the policy is for a whole namespace with several
 * services; denials, dry runs and what is refused say nothing of who calls.
 */
export function* principalEvidence(around: Surroundings): Generator<Found> {
  for (const resource of around.estate.istio) {
    if (resource.kind !== 'AuthorizationPolicy' || resource.group !== 'security.istio.io') continue;
    const policy = readAuthorizationPolicy(resource, around.trust.rootNamespace);
    const { action, attached, dryRun, problems, namespace, scope, rules } = policy;
    if (action !== 'ALLOW' || attached || dryRun || problems.length > 0 || scope.namespace === undefined) continue;
    const servers = around.selected(scope.namespace, scope.labels);
    const isForAll = Object.keys(scope.labels).length === 0 && servers.length > 1;
    for (const { from, when } of rules)
      for (const constraint of [...from.flatMap(({ constraints }) => constraints), ...when]) {
        const { attribute, negated } = constraint;
        if (negated || (attribute !== 'source.principal' && attribute !== 'source.serviceAccount')) continue;
        for (const { text, path } of constraint.values) {
          const account = accountOf(constraint, text, namespace, around);
          const clients = account === undefined ? [] : around.servicesOfAccount(account.namespace, account.name);
          const confidence = clients.length > 1 || isForAll ? 0.5 : 0.9;
          const evidence = { kind: 'principal', confidence, detail: `allows ${text}`, resource, path } as const;
          for (const client of clients)
            for (const to of servers) yield { between: 'services', from: client, to, evidence };
        }
      }
  }
}
