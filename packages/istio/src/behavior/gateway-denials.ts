import type { Client, Predicate, Route, TextMatch } from '@isthmus/behavior';
import type { Alternative, AuthorizationPolicy } from '../effective/authorization-policy.ts';
import type { EffectiveConfig } from '../effective/config.ts';
import { selects } from '../effective/policy-scope.ts';
import { readAuthorizationPolicy } from '../effective/read-authorization-policy.ts';

const quote = (value: string): string => value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/** A value of a policy: a text, its beginning (`a*`), its end (`*a`) or any (istio/pilot/pkg/security/authz/matcher/string.go, 1.32). */
function textOf(value: string): TextMatch {
  if (value === '*') return { kind: 'present' };
  if (value.startsWith('*')) return { kind: 'regex', pattern: `.*${quote(value.slice(1))}` };
  return value.endsWith('*') ? { kind: 'prefix', value: value.slice(0, -1) } : { kind: 'exact', value };
}

const known = new Set<string>(['request.path', 'request.method', 'request.host', 'destination.port']);

const covers = (wide: string, narrow: string): boolean =>
  wide === '*' || wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));

/** The requests of a host that an operation is about; undefined where more than paths, methods, hosts and ports decides. */
function predicatesOf({ constraints }: Alternative, domain: string): Predicate[] | undefined {
  if (constraints.some(({ attribute, negated }) => negated || !known.has(attribute))) return undefined;
  const values = (attribute: string): string[] | undefined =>
    constraints.find((one) => one.attribute === attribute)?.values.map(({ text }) => text);
  const hosts = values('request.host')?.map((host) => host.toLowerCase().replace(/:\d+$/, ''));
  if (hosts?.some((host) => covers(host, domain)) === false) return [];
  return (values('request.path') ?? [undefined]).flatMap((path) =>
    (values('request.method') ?? [undefined]).map((method) => ({
      ...(path === undefined ? {} : { path: textOf(path) }),
      ...(method === undefined ? {} : { method: textOf(method) }),
      headers: [],
      queryParameters: [],
    })),
  );
}

function routesOf({ resource, namespace, rules }: AuthorizationPolicy, domain: string): Route[] {
  return rules.flatMap(({ from, to, when, path: place }) => {
    if (from.length > 0 || when.length > 0) return [];
    return to.flatMap((alternative) =>
      (predicatesOf(alternative, domain) ?? []).map(
        (predicate): Route => ({
          predicate,
          decision: { kind: 'respond', status: 403, body: 'RBAC: access denied' },
          rule: { kind: resource.kind, namespace, name: resource.name, path: place },
        }),
      ),
    );
  });
}

/**
 * What a gateway's pods deny of a host by paths, methods and hosts, before any route. Who may call what besides, by address,
 * identity or token, no route table tells; ports are taken to be those of the gateway.
 */
export function createDenials(config: EffectiveConfig, client: Client): (domain: string) => Route[] {
  const policies = config.estate.istio
    .filter(({ kind, group }) => kind === 'AuthorizationPolicy' && group === 'security.istio.io')
    .map((resource) => readAuthorizationPolicy(resource, config.mesh.rootNamespace))
    .filter(
      ({ action, attached, dryRun, problems, scope }) =>
        action === 'DENY' && !attached && !dryRun && problems.length === 0 && selects(scope, client),
    );
  return (domain) => policies.flatMap((policy) => routesOf(policy, domain));
}
