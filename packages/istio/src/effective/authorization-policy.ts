import type { Resource } from '@isthmus/kubernetes';
import type { PolicyScope } from './policy-scope.ts';

/** What a constraint looks at. `request.host`, `request.method` and `request.path` stand for the fields of `operation`. */
export type Attribute =
  | 'source.principal'
  | 'source.namespace'
  | 'source.serviceAccount'
  | 'source.trustDomain'
  | 'source.ip'
  | 'remote.ip'
  | 'request.auth.principal'
  | 'request.auth.audiences'
  | 'request.auth.presenter'
  | 'request.auth.claims'
  | 'request.headers'
  | 'request.host'
  | 'request.method'
  | 'request.path'
  | 'destination.ip'
  | 'destination.port'
  | 'connection.sni'
  | 'experimental.envoy.filters';

/** A value and where it stands. */
export interface Value {
  readonly path: string;
  readonly text: string;
}

/** One field of a source or operation, or one half of a condition: any of the values, or (negated) none of them. */
export interface Constraint {
  readonly attribute: Attribute;
  readonly negated: boolean;
  /** As the policy spells it: `notPaths`, or the key of a condition. */
  readonly name: string;
  /** Path of the list of values. */
  readonly path: string;
  readonly values: readonly Value[];
}

/** A source or an operation: all of its constraints hold. */
export interface Alternative {
  readonly path: string;
  readonly constraints: readonly Constraint[];
}

/** One rule: any source, any operation (an empty list asks for nothing) and all conditions. */
export interface Rule {
  readonly path: string;
  readonly from: readonly Alternative[];
  readonly to: readonly Alternative[];
  readonly when: readonly Constraint[];
}

/** Something that Istio's validation refuses. */
export interface Problem {
  readonly path: string;
  readonly reason: string;
}

export type Action = 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';

/** One AuthorizationPolicy as Istio reads it. */
export interface AuthorizationPolicy {
  readonly resource: Resource;
  readonly namespace: string;
  readonly action: Action;
  readonly scope: PolicyScope;
  /** Bound to Gateways, Services or ServiceEntries by `targetRefs`: then no sidecar obeys it (verified by running 1.32). */
  readonly attached: boolean;
  /** Only logs what it would do (annotation `istio.io/dry-run`). */
  readonly dryRun: boolean;
  readonly rules: readonly Rule[];
  /** Why Istio refuses the policy; empty where it does not. */
  readonly problems: readonly Problem[];
}

/**
 * Attributes that exist in HTTP only: on other ports an ALLOW rule with one never matches and a DENY rule ignores it
 * (model.go checkError, 1.32; verified by running). `remote.ip` is none of them: without HTTP it is the connection's
 * address, as the recorded decisions show (conformance/istio-access).
 */
export function isHttpOnly(attribute: Attribute): boolean {
  return attribute.startsWith('request.');
}

/** Attributes of the caller's identity, which a plaintext caller does not have. */
export function isIdentity(attribute: Attribute): boolean {
  return attribute.startsWith('source.') && attribute !== 'source.ip';
}

/** Every constraint of a rule, in the order written. */
export function allConstraints({ from, to, when }: Rule): readonly Constraint[] {
  return [...[...from, ...to].flatMap(({ constraints }) => constraints), ...when];
}

/** Whether a rule asks for nothing, so that every request matches. */
export function matchesEverything(rule: Rule): boolean {
  return (
    rule.when.length === 0 &&
    [rule.from, rule.to].every(
      (alternatives) => alternatives.length === 0 || alternatives.some(({ constraints }) => constraints.length === 0),
    )
  );
}
