import {
  type Alternative,
  type AuthorizationPolicy,
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
      values.flatMap(({ text }) =>
        identitiesOf(attribute, text, source, reading)[bound].map((match) => compareIdentity(target, match)),
      ),
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
      return all((text) =>
        compare(`req.headers[${quote(name.slice('request.headers['.length, -1).toLowerCase())}]`, text),
      );
    case 'destination.port':
      return all((text) => `input.attributes.destination.address.socketAddress.portValue == ${Number(text)}`);
    case 'source.ip':
      return all((text) => {
        const block = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
        return `net.cidr_contains(${quote(block)}, input.attributes.source.address.socketAddress.address)`;
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
  const helpers = found.length === 0 ? [`${name} { false }`] : found.map((one) => `${name} { ${one} }`);
  return { conditions: [negated ? `not ${name}` : name], helpers };
}

/** A rule; one whose conditions are all comments holds always. */
const body = (name: string, conditions: readonly string[]): string => {
  const lines = conditions.every((one) => one.startsWith('#')) ? [...conditions, 'true'] : conditions;
  return `${name} {\n${lines.map((one) => `  ${one}`).join('\n')}\n}`;
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

function writeRule(view: SecurityView, policy: AuthorizationPolicy, rule: Rule, index: number): string[] {
  const name = `rule_${index}`;
  const from = writeAlternatives(view, policy, rule.from, `${name}_from`);
  const to = writeAlternatives(view, policy, rule.to, `${name}_to`);
  const when = rule.when.map((one, at) => write(view, policy, one, `${name}_when_${at}_${one.negated ? 'not' : 'is'}`));
  const conditions = [...from.conditions, ...to.conditions, ...when.flatMap((text) => text.conditions)];
  return [
    `# ${rule.path}`,
    body(policy.action === 'ALLOW' ? 'allow' : 'denied', conditions),
    ...from.helpers,
    ...to.helpers,
    ...when.flatMap(({ helpers }) => helpers),
  ];
}

/** A policy as Rego for the Envoy plugin of OPA, in the syntax that MeshOPA takes (security.md 3.2). */
export function regoOf(view: SecurityView, policy: AuthorizationPolicy): string {
  const rules = policy.rules.flatMap((rule, index) => writeRule(view, policy, rule, index));
  return `${[
    'package envoy.authz',
    'import input.attributes.request.http as req',
    'default allow = false',
    'caller := input.attributes.source.principal',
    'path := split(req.path, "?")[0]',
    ...(policy.action === 'ALLOW' ? [] : ['allow { not denied }']),
    ...rules,
  ].join('\n')}\n`;
}
