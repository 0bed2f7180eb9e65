import { effectiveNamespace, isList, isMap, type Json, join, type Resource } from '@isthmus/kubernetes';
import {
  type Action,
  type Alternative,
  type Attribute,
  type AuthorizationPolicy,
  allConstraints,
  type Constraint,
  isIdentity,
  type Problem,
  type Rule,
  type Value,
} from './authorization-policy.ts';
import { scopeOf } from './policy-scope.ts';

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

type Refuse = (path: string, reason: string) => void;

function readValues(refuse: Refuse, attribute: Attribute, list: Json, path: string): Value[] {
  if (!isList(list)) {
    refuse(path, 'a list was expected');
    return [];
  }
  return list.map((item, index): Value => {
    const value = { path: join(path, index), text: String(item) };
    const reason = typeof item === 'string' ? objection(attribute, item) : 'a text was expected';
    if (reason !== undefined) refuse(value.path, reason);
    return value;
  });
}

function readConstraints(
  refuse: Refuse,
  fields: Readonly<Record<string, Attribute>>,
  value: Json | undefined,
  path: string,
  what: string,
): Constraint[] {
  // A null or empty list is no field, as in Go: a source of such lists only is as empty as one without any.
  const entries = (isMap(value) ? Object.entries(value) : []).filter(
    ([, list]) => list !== null && !(isList(list) && list.length === 0),
  );
  if (entries.length === 0) refuse(path, `the ${what} is empty`);
  return entries.flatMap(([name, list]) => {
    const plain = name.startsWith('not') ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : name;
    const attribute = Object.hasOwn(fields, plain) ? fields[plain] : undefined;
    const at = join(path, name);
    if (attribute === undefined) {
      refuse(at, `a ${what} has no such field`);
      return [];
    }
    return [{ attribute, negated: plain !== name, name, path: at, values: readValues(refuse, attribute, list, at) }];
  });
}

function readAlternatives(
  refuse: Refuse,
  value: Json | undefined,
  path: string,
  key: 'source' | 'operation',
): Alternative[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) {
    refuse(path, 'a list was expected');
    return [];
  }
  return value.map((item, index) => {
    const at = join(path, index);
    const found = isMap(item) ? item[key] : undefined;
    for (const other of isMap(item) ? Object.keys(item) : [])
      if (other !== key) refuse(join(at, other), `"${key}" was expected`);
    const fields = key === 'source' ? sourceFields : operationFields;
    const where = found === undefined ? at : join(at, key);
    return { path: where, constraints: readConstraints(refuse, fields, found, where, key) };
  });
}

function readConditions(refuse: Refuse, value: Json | undefined, path: string): Constraint[] {
  return (isList(value) ? value : []).flatMap((item, index): Constraint[] => {
    const at = join(path, index);
    const { key, values, notValues } = isMap(item) ? item : {};
    const name = typeof key === 'string' ? key : '';
    const attribute = attributeOf(name);
    if (attribute === undefined) {
      refuse(key === undefined ? at : join(at, 'key'), `"${name}" is no key of a condition`);
      return [];
    }
    const given = (list: Json | undefined): list is Json => isList(list) && list.length > 0;
    if (!given(values) && !given(notValues)) refuse(at, 'a condition needs values or notValues');
    return [
      ...(given(values)
        ? [
            {
              attribute,
              negated: false,
              name,
              path: join(at, 'values'),
              values: readValues(refuse, attribute, values, join(at, 'values')),
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
              values: readValues(refuse, attribute, notValues, join(at, 'notValues')),
            },
          ]
        : []),
    ];
  });
}

function readRule(refuse: Refuse, value: Json, path: string): Rule {
  const rule = isMap(value) ? value : {};
  for (const key of Object.keys(rule))
    if (key !== 'from' && key !== 'to' && key !== 'when') refuse(join(path, key), 'a rule has no such field');
  const from = readAlternatives(refuse, rule.from, join(path, 'from'), 'source');
  const to = readAlternatives(refuse, rule.to, join(path, 'to'), 'operation');
  for (const { path: at, constraints } of from) {
    const attributes = new Set(constraints.map(({ attribute }) => attribute));
    if (
      attributes.has('source.serviceAccount') &&
      (attributes.has('source.principal') || attributes.has('source.namespace'))
    )
      refuse(at, 'serviceAccounts cannot stand beside principals or namespaces');
  }
  return { path, from, to, when: readConditions(refuse, rule.when, join(path, 'when')) };
}

const actions = new Set<unknown>(['ALLOW', 'DENY', 'AUDIT', 'CUSTOM']);
const known = new Set(['selector', 'targetRef', 'targetRefs', 'action', 'provider', 'rules']);

/** Refuses the keys of a map that are none of those known: the API server does, or drops them. */
function refuseOthers(refuse: Refuse, value: Json | undefined, path: string, keys: ReadonlySet<string>): void {
  for (const key of isMap(value) ? Object.keys(value) : [])
    if (!keys.has(key)) refuse(join(path, key), 'there is no such field');
}

/**
 * Reads an AuthorizationPolicy with all that Istio's validation refuses in it
 * (istio/pkg/config/validation/validation.go and istio/pkg/config/security/security.go, 1.32).
 */
export function readAuthorizationPolicy(resource: Resource, rootNamespace: string): AuthorizationPolicy {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const problems: Problem[] = [];
  const refuse: Refuse = (path, reason) => void problems.push({ path, reason });
  refuseOthers(refuse, spec, 'spec', known);
  refuseOthers(refuse, spec.selector, 'spec.selector', new Set(['matchLabels']));
  refuseOthers(refuse, spec.provider, 'spec.provider', new Set(['name']));
  const action = actions.has(spec.action) ? (spec.action as Action) : 'ALLOW';
  if (spec.action !== undefined && spec.action !== null && !actions.has(spec.action))
    refuse('spec.action', `${JSON.stringify(String(spec.action))} is no action`);
  const rules = (isList(spec.rules) ? spec.rules : []).map((rule, index) =>
    readRule(refuse, rule, join('spec.rules', index)),
  );
  if (spec.rules !== undefined && spec.rules !== null && !isList(spec.rules))
    refuse('spec.rules', 'a list was expected');
  if (action !== 'ALLOW' && rules.length === 0) refuse('spec', `a policy with action ${action} needs rules`);
  const provider = isMap(spec.provider) ? spec.provider.name : undefined;
  if (action === 'CUSTOM' && (typeof provider !== 'string' || provider === ''))
    refuse('spec', 'a CUSTOM policy needs a provider');
  if (action !== 'CUSTOM' && spec.provider !== undefined)
    refuse('spec.provider', 'only a CUSTOM policy has a provider');
  if (action === 'CUSTOM')
    for (const { attribute, path, name } of rules.flatMap(allConstraints))
      if (identityOrToken(attribute)) refuse(path, `a CUSTOM policy cannot use ${name}`);
  const refs = isList(spec.targetRefs) ? spec.targetRefs.length > 0 : false;
  const attached = refs || isMap(spec.targetRef);
  if (attached && isMap(spec.selector)) refuse('spec.selector', 'a policy has either a selector or targetRefs');
  const dryRun = resource.annotations['istio.io/dry-run'] === 'true';
  if (dryRun && action === 'AUDIT')
    refuse('metadata.annotations["istio.io/dry-run"]', 'an AUDIT policy has no dry run');
  return {
    resource,
    namespace: effectiveNamespace(resource),
    action,
    scope: scopeOf(resource, rootNamespace),
    attached,
    dryRun,
    rules,
    problems,
  };
}
