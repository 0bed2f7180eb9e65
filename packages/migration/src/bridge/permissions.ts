import { isList, type Json, type JsonObject, mapOf, matchesLabels } from '@isthmus/kubernetes';
import { type BridgedPort, type BridgedService, type BridgeFacts, targetIn } from './facts.ts';
import { remembered } from './remembered.ts';
import { ownTrustDomain } from './settings.ts';

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** Which callers a translated permission lets through or keeps out. */
export interface Callers {
  readonly allow: readonly Json[];
  readonly deny: readonly Json[];
}

/** The permissions among what the translation emits. */
export const permissionsOf = (facts: BridgeFacts): readonly JsonObject[] =>
  remembered(facts, 'permissions', () =>
    facts.input.emitted.flatMap(({ role, object }) =>
      role === 'resource' && (object as { kind?: unknown }).kind === 'MeshTrafficPermission'
        ? [object as JsonObject]
        : [],
    ),
  );

/** Whether a permission is for the whole mesh, and so for its zone egress too. */
const isForMesh = (permission: JsonObject): boolean => {
  const { kind } = mapOf(mapOf(permission.spec).targetRef);
  return kind === undefined || kind === 'Mesh';
};

/** Whether a permission for the whole mesh lets anybody through: at the zone egress it would do the same. */
export const opensEgress = (facts: BridgeFacts): boolean =>
  permissionsOf(facts).some(
    (permission) =>
      isForMesh(permission) &&
      listOf(mapOf(permission.spec).rules).some((rule) => {
        const { allow, allowWithShadowDeny } = mapOf(mapOf(rule).default);
        return listOf(allow).length + listOf(allowWithShadowDeny).length > 0;
      }),
  );

/**
 * The callers of Kong Mesh that the translated permissions let through to a port of a service: those of its own trust domain.
 * Only what is said of all of its workloads is let through, and what is said of any of them is kept out, so that one list can
 * stand for them all and is never wider than any.
 */
export function callersOf(service: BridgedService, port: BridgedPort, facts: BridgeFacts): Callers {
  const own = `spiffe://${ownTrustDomain(facts.input.names)}/`;
  const permissions = permissionsOf(facts).map((permission) => ({ permission, spec: mapOf(permission.spec) }));
  const isOwn = (match: Json): boolean => {
    const { value } = mapOf(mapOf(match).spiffeID);
    return typeof value === 'string' && value.startsWith(own);
  };
  const allows: Map<string, Json>[] = [];
  const denies = new Map<string, Json>();
  for (const workload of service.workloads) {
    const allow = new Map<string, Json>();
    for (const { permission, spec } of permissions) {
      const { labels, sectionName } = mapOf(spec.targetRef);
      const { 'k8s.kuma.io/namespace': namespace, ...wanted } = mapOf(labels) as Record<string, string>;
      const isFor =
        isForMesh(permission) ||
        ((namespace === undefined || namespace === workload.namespace) && matchesLabels(wanted, workload.labels));
      if (!isFor) continue;
      // A section is the port of the container by name or number; what names another is not about this port.
      const isExact =
        sectionName === undefined || sectionName === port.name || sectionName === String(targetIn(port, workload));
      for (const rule of listOf(spec.rules)) {
        const conf = mapOf(mapOf(rule).default);
        for (const match of listOf(conf.deny)) if (isOwn(match)) denies.set(JSON.stringify(match), match);
        if (!isExact) continue;
        for (const match of [...listOf(conf.allow), ...listOf(conf.allowWithShadowDeny)])
          if (isOwn(match)) allow.set(JSON.stringify(match), match);
      }
    }
    allows.push(allow);
  }
  const [first = new Map<string, Json>(), ...others] = allows;
  return {
    allow: [...first].flatMap(([key, match]) => (others.every((other) => other.has(key)) ? [match] : [])),
    deny: [...denies.values()],
  };
}

/** A permission without the identities of some trust domains; undefined where it says nothing more. */
export function withoutDomains(permission: JsonObject, domains: readonly string[]): JsonObject | undefined {
  const isGone = (match: Json): boolean => {
    const { value } = mapOf(mapOf(match).spiffeID);
    return typeof value === 'string' && domains.some((domain) => value.startsWith(`spiffe://${domain}/`));
  };
  const spec = mapOf(permission.spec);
  const rules = listOf(spec.rules).flatMap((rule): Json[] => {
    const conf = Object.entries(mapOf(mapOf(rule).default)).flatMap(([action, matches]): [string, Json][] => {
      const left = listOf(matches).filter((match) => !isGone(match));
      return left.length === 0 ? [] : [[action, left]];
    });
    return conf.length === 0 ? [] : [{ ...mapOf(rule), default: Object.fromEntries(conf) }];
  });
  return rules.length === 0 ? undefined : { ...permission, spec: { ...spec, rules } };
}
