import { effectiveNamespace, isList, isMap, type Json, join, type Resource } from '@isthmus/kubernetes';
import { type PolicyScope, scopeOf } from './policy-scope.ts';

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

const sourceFields: Readonly<Record<string, Attribute>> = {
  principals: 'source.principal',
  namespaces: 'source.namespace',
  serviceAccounts: 'source.serviceAccount',
  trustDomains: 'source.trustDomain',
  ipBlocks: 'source.ip',
  remoteIpBlocks: 'remote.ip',
  requestPrincipals: 'request.auth.principal',
};

const operationFields: Readonly<Record<string, Attribute>> = {
  hosts: 'request.host',
  ports: 'destination.port',
  methods: 'request.method',
  paths: 'request.path',
};

const conditionKeys: ReadonlySet<string> = new Set<Attribute>([
  'source.ip',
  'remote.ip',
  'source.namespace',
  'source.serviceAccount',
  'source.principal',
  'source.trustDomain',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'destination.ip',
  'destination.port',
  'connection.sni',
]);

// Keys with a part in brackets (istio/pilot/pkg/security/authz/model/model.go, 1.32).
const bracketed: readonly [pattern: RegExp, attribute: Attribute][] = [
  [/^request\.headers\[.+\]$/, 'request.headers'],
  [/^request\.auth\.claims(\[[^[\]]+\])+$/, 'request.auth.claims'],
  [/^experimental\.envoy\.filters\..+$/, 'experimental.envoy.filters'],
];

function attributeOf(key: string): Attribute | undefined {
  if (conditionKeys.has(key)) return key as Attribute;
  return bracketed.find(([pattern]) => pattern.test(key))?.[1];
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

const identityOrToken = (attribute: Attribute): boolean =>
  isIdentity(attribute) || attribute.startsWith('request.auth.');

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:\/\d{1,3})?)$/;
const isAddress = (text: string): boolean =>
  address.test(text) &&
  (text.includes(':')
    ? Number(text.split('/')[1] ?? 0) <= 128
    : text
        .split('/')[0]
        ?.split('.')
        .every((part) => Number(part) <= 255) === true && Number(text.split('/')[1] ?? 0) <= 32);

function objection(attribute: Attribute, text: string): string | undefined {
  if (text === '') return 'an empty value matches nothing';
  if (attribute === 'destination.port' && !(/^\d{1,5}$/.test(text) && Number(text) <= 65_535))
    return `"${text}" is no port number`;
  if (/\.ip$/.test(attribute) && !isAddress(text)) return `"${text}" is neither an IP address nor a CIDR range`;
  if (attribute === 'source.serviceAccount' && (text.includes('*') || text.split('/').length > 2))
    return `"${text}" is not <account> or <namespace>/<account>`;
  return undefined;
}

class Reader {
  readonly problems: Problem[] = [];

  refuse(path: string, reason: string): void {
    this.problems.push({ path, reason });
  }

  values(attribute: Attribute, list: Json, path: string): Value[] {
    if (!isList(list)) {
      this.refuse(path, 'a list was expected');
      return [];
    }
    return list.map((item, index): Value => {
      const value = { path: join(path, index), text: String(item) };
      const reason = typeof item === 'string' ? objection(attribute, item) : 'a text was expected';
      if (reason !== undefined) this.refuse(value.path, reason);
      return value;
    });
  }

  constraints(
    fields: Readonly<Record<string, Attribute>>,
    value: Json | undefined,
    path: string,
    what: string,
  ): Constraint[] {
    const entries = isMap(value) ? Object.entries(value) : [];
    if (entries.length === 0) this.refuse(path, `the ${what} is empty`);
    return entries.flatMap(([name, list]) => {
      const plain = name.startsWith('not') ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : name;
      const attribute = Object.hasOwn(fields, plain) ? fields[plain] : undefined;
      const at = join(path, name);
      if (attribute === undefined) {
        this.refuse(at, `a ${what} has no such field`);
        return [];
      }
      // A null or empty list asks for nothing, as in Go.
      if (list === null || (isList(list) && list.length === 0)) return [];
      return [{ attribute, negated: plain !== name, name, path: at, values: this.values(attribute, list, at) }];
    });
  }

  alternatives(value: Json | undefined, path: string, key: 'source' | 'operation'): Alternative[] {
    if (value === undefined || value === null) return [];
    if (!isList(value)) {
      this.refuse(path, 'a list was expected');
      return [];
    }
    return value.map((item, index) => {
      const at = join(path, index);
      const found = isMap(item) ? item[key] : undefined;
      for (const other of isMap(item) ? Object.keys(item) : [])
        if (other !== key) this.refuse(join(at, other), `"${key}" was expected`);
      const fields = key === 'source' ? sourceFields : operationFields;
      const where = found === undefined ? at : join(at, key);
      return { path: where, constraints: this.constraints(fields, found, where, key) };
    });
  }

  conditions(value: Json | undefined, path: string): Constraint[] {
    return (isList(value) ? value : []).flatMap((item, index): Constraint[] => {
      const at = join(path, index);
      const { key, values, notValues } = isMap(item) ? item : {};
      const name = typeof key === 'string' ? key : '';
      const attribute = attributeOf(name);
      if (attribute === undefined) {
        this.refuse(key === undefined ? at : join(at, 'key'), `"${name}" is no key of a condition`);
        return [];
      }
      const given = (list: Json | undefined): list is Json => isList(list) && list.length > 0;
      if (!given(values) && !given(notValues)) this.refuse(at, 'a condition needs values or notValues');
      return [
        ...(given(values)
          ? [
              {
                attribute,
                negated: false,
                name,
                path: join(at, 'values'),
                values: this.values(attribute, values, join(at, 'values')),
              },
            ]
          : []),
        ...(given(notValues)
          ? [
              {
                attribute,
                negated: true,
                name,
                path: join(at, 'notValues'),
                values: this.values(attribute, notValues, join(at, 'notValues')),
              },
            ]
          : []),
      ];
    });
  }

  rule(value: Json, path: string): Rule {
    const rule = isMap(value) ? value : {};
    for (const key of Object.keys(rule))
      if (key !== 'from' && key !== 'to' && key !== 'when') this.refuse(join(path, key), 'a rule has no such field');
    const from = this.alternatives(rule.from, join(path, 'from'), 'source');
    const to = this.alternatives(rule.to, join(path, 'to'), 'operation');
    for (const { path: at, constraints } of from) {
      const attributes = new Set(constraints.map(({ attribute }) => attribute));
      if (
        attributes.has('source.serviceAccount') &&
        (attributes.has('source.principal') || attributes.has('source.namespace'))
      )
        this.refuse(at, 'serviceAccounts cannot stand beside principals or namespaces');
    }
    return { path, from, to, when: this.conditions(rule.when, join(path, 'when')) };
  }
}

const constraintsOf = (rule: Rule): Constraint[] => [
  ...rule.from.flatMap(({ constraints }) => constraints),
  ...rule.to.flatMap(({ constraints }) => constraints),
  ...rule.when,
];

/** Every constraint of a rule, in the order written. */
export function allConstraints(rule: Rule): readonly Constraint[] {
  return constraintsOf(rule);
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

const actions = new Set<unknown>(['ALLOW', 'DENY', 'AUDIT', 'CUSTOM']);

/**
 * Reads an AuthorizationPolicy with all that Istio's validation refuses in it
 * (istio/pkg/config/validation/validation.go and istio/pkg/config/security/security.go, 1.32).
 */
export function readAuthorizationPolicy(resource: Resource, rootNamespace: string): AuthorizationPolicy {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const reader = new Reader();
  const action = actions.has(spec.action) ? (spec.action as Action) : 'ALLOW';
  if (spec.action !== undefined && spec.action !== null && !actions.has(spec.action))
    reader.refuse('spec.action', `${JSON.stringify(String(spec.action))} is no action`);
  const rules = (isList(spec.rules) ? spec.rules : []).map((rule, index) =>
    reader.rule(rule, join('spec.rules', index)),
  );
  if (spec.rules !== undefined && spec.rules !== null && !isList(spec.rules))
    reader.refuse('spec.rules', 'a list was expected');
  if (action !== 'ALLOW' && rules.length === 0) reader.refuse('spec', `a policy with action ${action} needs rules`);
  const provider = isMap(spec.provider) ? spec.provider.name : undefined;
  if (action === 'CUSTOM' && (typeof provider !== 'string' || provider === ''))
    reader.refuse('spec', 'a CUSTOM policy needs a provider');
  if (action !== 'CUSTOM' && spec.provider !== undefined)
    reader.refuse('spec.provider', 'only a CUSTOM policy has a provider');
  if (action === 'CUSTOM')
    for (const { attribute, path, name } of rules.flatMap(constraintsOf))
      if (identityOrToken(attribute)) reader.refuse(path, `a CUSTOM policy cannot use ${name}`);
  const refs = isList(spec.targetRefs) ? spec.targetRefs.length > 0 : false;
  const attached = refs || isMap(spec.targetRef);
  if (attached && isMap(spec.selector)) reader.refuse('spec.selector', 'a policy has either a selector or targetRefs');
  const dryRun = resource.annotations['istio.io/dry-run'] === 'true';
  if (dryRun && action === 'AUDIT')
    reader.refuse('metadata.annotations["istio.io/dry-run"]', 'an AUDIT policy has no dry run');
  return {
    resource,
    namespace: effectiveNamespace(resource),
    action,
    scope: scopeOf(resource, rootNamespace),
    attached,
    dryRun,
    rules,
    problems: reader.problems,
  };
}
