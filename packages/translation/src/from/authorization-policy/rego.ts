import {
  type Alternative,
  type Attribute,
  type AuthorizationPolicy,
  allConstraints,
  type Constraint,
  identitiesOf,
  isIdentity,
  type PathMatch,
  type Rule,
} from '@isthmus/istio';
import type { SecurityView } from '../../security/view.ts';
import { identityContext } from './project.ts';

const quote = (text: string): string => JSON.stringify(text);

/** A comparison of a term with a value that may have a `*` at its beginning or its end. */
function compare(term: string, value: string): string {
  if (value === '*') return `${term} != ""`;
  if (value.startsWith('*')) return `endswith(${term}, ${quote(value.slice(1))})`;
  if (value.endsWith('*')) return `startswith(${term}, ${quote(value.slice(0, -1))})`;
  return `${term} == ${quote(value)}`;
}

function comparePath(value: string): string {
  if (!value.includes('{*}') && !value.includes('{**}')) return compare('path', value);
  const pattern = value
    .split(/(\{\*\*?\})/)
    .map((part) => (part === '{*}' ? '[^/]+' : part === '{**}' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return `regex.match(${quote(`^${pattern}$`)}, path)`;
}

const compareIdentity = (domain: string, { exact, path }: PathMatch): string =>
  exact
    ? `caller == ${quote(`spiffe://${domain}${path}`)}`
    : `startswith(caller, ${quote(`spiffe://${domain}${path}`)})`;

/** The key of a header in OPA's input: Envoy has no `host`, it has `:authority` (envoy, source/common/http/headers.h). */
function headerKey(name: string): string {
  const header = name.slice('request.headers['.length, -1).toLowerCase();
  return header === 'host' ? ':authority' : header;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The regular expression of what follows the trust domain, for values that sets of prefixes cannot say: a suffix, and a
 * namespace with `*` within. As Istio's, in which a dot of a suffix stands for any character (verified by running 1.32).
 */
function patternOf(attribute: Attribute, value: string): string | undefined {
  if (attribute === 'source.principal' && value.startsWith('*') && value !== '*' && !value.includes('/ns/'))
    return `.*${escaped(value.slice(1)).replaceAll('\\.', '.')}`;
  const star = value.indexOf('*');
  if (attribute !== 'source.namespace' || star < 0 || star === value.length - 1) return undefined;
  return `ns/${value.split('*').map(escaped).join('.*')}/.*`;
}

/** Any of which makes a positive constraint hold; undefined where OPA cannot see what it is about. */
function alternatives(
  view: SecurityView,
  policy: AuthorizationPolicy,
  { attribute, name, negated, values }: Constraint,
): string[] | undefined {
  const all = (write: (text: string) => string): string[] => values.map(({ text }) => write(text));
  if (isIdentity(attribute)) {
    const reading = identityContext(view, policy.namespace);
    // What is not known for certain counts against the caller: an allowing rule takes the callers that surely match, and
    // excepts all that may; a denying one the other way round.
    const bound = (policy.action === 'ALLOW') !== negated ? 'lower' : 'upper';
    const domains = policy.action === 'ALLOW' ? view.domains : [...view.domains, ...view.foreign];
    return domains.flatMap(({ target, source }) =>
      values.flatMap(({ text }) => {
        const pattern = patternOf(attribute, text);
        if (pattern !== undefined) return [`regex.match(${quote(`^spiffe://${escaped(target)}/${pattern}$`)}, caller)`];
        return identitiesOf(attribute, text, source, reading)[bound].map((match) => compareIdentity(target, match));
      }),
    );
  }
  switch (attribute) {
    case 'request.method':
      return all((text) => compare('req.method', text));
    case 'request.path':
      return all(comparePath);
    case 'request.host':
      return all((text) => compare('lower(req.host)', text.toLowerCase()));
    case 'request.headers':
      return all((text) => {
        const header = `req.headers[${quote(headerKey(name))}]`;
        // A header that is there may be empty (security.md 2.2).
        return text === '*' ? `is_string(${header})` : compare(header, text);
      });
    case 'destination.port':
      return all((text) => `input.attributes.destination.address.socketAddress.portValue == ${Number(text)}`);
    case 'source.ip':
      return all((text) => {
        const block = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
        const address = 'input.attributes.source.address.socketAddress.address';
        const within = `net.cidr_contains(${quote(block)}, ${address})`;
        // OPA takes an address of IPv4 for its form in IPv6, Envoy does not.
        return block.includes(':') ? `contains(${address}, ":"); ${within}` : within;
      });
    default:
      return undefined;
  }
}

interface Text {
  /** Conditions that all hold. */
  readonly conditions: string[];
  readonly helpers: string[];
}

/**
 * A constraint as a condition with the rules that it refers to. What OPA does not see makes an allowing rule fail and is
 * left out of a denying one, so that the policy is at most as open as its source.
 */
function write(view: SecurityView, policy: AuthorizationPolicy, constraint: Constraint, name: string): Text {
  const found = alternatives(view, policy, constraint);
  const { negated } = constraint;
  if (found === undefined) {
    const comment = `# ${constraint.name} is to be written by hand`;
    return { conditions: policy.action === 'ALLOW' ? [comment, 'false'] : [comment], helpers: [] };
  }
  if (found.length === 1 && !negated) return { conditions: found, helpers: [] };
  const helpers = found.length === 0 ? [`${name} if { false }`] : found.map((one) => `${name} if { ${one} }`);
  return { conditions: [negated ? `not ${name}` : name], helpers };
}

/** A rule; one whose conditions are all comments holds always. */
const body = (name: string, conditions: readonly string[]): string => {
  const lines = conditions.every((one) => one.startsWith('#')) ? [...conditions, 'true'] : conditions;
  return `${name} if {\n${lines.map((one) => `  ${one}`).join('\n')}\n}`;
};

function writeAlternatives(
  view: SecurityView,
  policy: AuthorizationPolicy,
  parts: readonly Alternative[],
  name: string,
): Text {
  if (parts.length === 0) return { conditions: [], helpers: [] };
  const helpers = parts.flatMap(({ constraints }, index) => {
    const texts = constraints.map((one) => write(view, policy, one, `${name}_${index}_${one.name}`));
    return [
      body(
        name,
        texts.flatMap(({ conditions }) => conditions),
      ),
      ...texts.flatMap((text) => text.helpers),
    ];
  });
  return { conditions: [name], helpers };
}

function writeRule(view: SecurityView, policy: AuthorizationPolicy, rule: Rule, name: string): string[] {
  const from = writeAlternatives(view, policy, rule.from, `${name}_from`);
  const to = writeAlternatives(view, policy, rule.to, `${name}_to`);
  const when = rule.when.map((one, at) => write(view, policy, one, `${name}_when_${at}_${one.negated ? 'not' : 'is'}`));
  const conditions = [...from.conditions, ...to.conditions, ...when.flatMap((text) => text.conditions)];
  return [
    `# ${policy.namespace}/${policy.resource.name} ${rule.path}`,
    body(policy.action === 'ALLOW' ? 'permitted' : 'denied', conditions),
    ...from.helpers,
    ...to.helpers,
    ...when.flatMap(({ helpers }) => helpers),
  ];
}

/**
 * Paths that Istio normalises before it compares them, and that a server of Kong Mesh gets as the client sent them: dot
 * segments, backslashes, needless escapes (security.md 2.2 and 2.4, pathNormalization; verified by running).
 */
const unclearPath = String.raw`(\\|/\.{1,2}(;[^/]*)?(/|$)|;\.|%(2[DdEe]|5[Ff]|7[Ee]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]))`;

/**
 * What Istio writes as an escape before it compares a path (Envoy 1.40, as run). Only values with such a character or with an
 * escape tell the difference.
 */
const encodedCharacter = String.raw`["<>^\x60{|}]|[^\x00-\x7F]`;

const pathValues = ({ rules }: AuthorizationPolicy): string[] =>
  rules
    .flatMap(allConstraints)
    .filter(
      ({ attribute, name }) =>
        attribute === 'request.path' || (attribute === 'request.headers' && headerKey(name) === ':path'),
    )
    .flatMap(({ values }) => values.map(({ text }) => text));

/** The paths to refuse where the given values are compared with paths. */
const refusedPath = (values: readonly string[]): string =>
  values.some((value) => new RegExp(`%|${encodedCharacter}`).test(value.replace(/\{\*\*?\}/g, '')))
    ? `${unclearPath}|${encodedCharacter}`
    : unclearPath;

/**
 * Policies that are for the same workloads as one module of Rego for the Envoy plugin of OPA: nothing is allowed that is
 * denied, and where some policy allows, nothing else is (security.md 2.2). Its syntax is that of Rego 1, which OPA takes from
 * 0.59 on whatever it is set to.
 */
export function regoOf(view: SecurityView, written: readonly AuthorizationPolicy[]): string {
  // Rules that Istio does not understand are not in the proxy, so that an allowing policy allows nothing.
  const policies = written.map((policy) => (policy.problems.length > 0 ? { ...policy, rules: [] } : policy));
  const allowing = policies.some(({ action }) => action === 'ALLOW');
  const paths = policies.flatMap(pathValues);
  const hasPaths = paths.length > 0;
  const denies = hasPaths || policies.some(({ action, rules }) => action === 'DENY' && rules.length > 0);
  const permits = policies.some(({ action, rules }) => action === 'ALLOW' && rules.length > 0);
  const rules = policies.flatMap((policy, at) =>
    policy.rules.flatMap((rule, index) => writeRule(view, policy, rule, `policy_${at}_rule_${index}`)),
  );
  const conditions = [...(denies ? ['not denied'] : []), ...(permits ? ['permitted'] : allowing ? ['false'] : [])];
  return `${[
    'package envoy.authz',
    '',
    'import rego.v1',
    'import input.attributes.request.http as req',
    '',
    'default allow := false',
    body('allow', conditions),
    'caller := input.attributes.source.principal',
    ...(hasPaths
      ? [
          'path := split(req.path, "?")[0]',
          '# Istio would normalise these paths and then compare them; here they are refused.',
          `denied if regex.match(\`${refusedPath(paths)}\`, path)`,
        ]
      : []),
    ...rules,
  ].join('\n')}\n`;
}
