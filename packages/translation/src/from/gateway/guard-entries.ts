import { type Constraint, type Rule, readAuthorizationPolicy } from '@isthmus/istio';
import { join, type Resource } from '@isthmus/kubernetes';
import { child, descend, type Field, items, rootField, text } from '../../field.ts';
import { fieldAt } from '../../security/view.ts';
import { type PathForm, quote } from './path-form.ts';
import type { Condition, EdgeMatch } from './read-match.ts';

/** Requests that are answered before any route: refused as in Istio (403), or closed since Kong cannot check them (503). */
export interface GuardEntry {
  readonly field: Field;
  readonly status: 403 | 503;
  /** Undefined: every host; else names and `*.` with suffixes. */
  readonly hosts: readonly string[] | undefined;
  /** Matches of the routes; made anew for each, since each gets paths of its own. */
  readonly matches: () => EdgeMatch[];
}

interface MatchParts {
  readonly field: Field;
  readonly uri?: Field;
  readonly form?: PathForm;
  readonly methods?: { readonly field: Field; readonly names: readonly string[] };
  readonly headers?: readonly Condition[];
  readonly queryParams?: readonly Condition[];
}

const matchOf = ({ field, uri, form, methods, headers, queryParams }: MatchParts): EdgeMatch => ({
  field,
  uri,
  form: form ?? { kind: 'all' },
  methodField: methods?.field,
  methods: methods?.names,
  headers: headers ?? [],
  queryParams: queryParams ?? [],
  gateways: undefined,
  port: undefined,
  scheme: undefined,
  deciding: [],
});

/** A value of `paths` (istio/pilot/pkg/security/authz/matcher/string.go, 1.32); undefined for templates. */
function pathForm(value: string): PathForm | undefined {
  if (value === '*') return { kind: 'all' };
  if (value.includes('{')) return undefined;
  const inner = value.replace(/^\*|\*$/g, '');
  if (inner.includes('*') || /[%\\]|\/\//.test(inner)) return undefined;
  if (value.startsWith('*')) return { kind: 'regex', value: `.*${quote(inner)}` };
  if (!value.startsWith('/')) return undefined;
  return { kind: value.endsWith('*') ? 'prefix' : 'exact', value: inner, ignoreCase: false };
}

const verbs = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);
const host = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;

// Envoy reads a backslash as a slash before it looks at rules, Kong does not: no path with one gets past a rule on paths.
const backslashes: PathForm = { kind: 'regex', value: '/.*\\\\.*' };

/** The entries of one operation of a DENY rule; undefined where one of its conditions is not Kong's. */
function entryOf(resource: Resource, constraints: readonly Constraint[], at: string): GuardEntry | undefined {
  const of = (attribute: Constraint['attribute']): Constraint | undefined =>
    constraints.find((one) => one.attribute === attribute);
  // Ports narrow what is refused: without them Kong refuses the same on all of its ports.
  const known = new Set<Constraint['attribute']>([
    'request.path',
    'request.method',
    'request.host',
    'destination.port',
  ]);
  if (constraints.some(({ attribute, negated }) => negated || !known.has(attribute))) return undefined;
  if (of('request.path') === undefined && of('request.method') === undefined && of('request.host') === undefined)
    return undefined;
  const field = fieldAt(resource, at);
  const hosts = of('request.host')?.values.map(({ text: value }) => value.toLowerCase().replace(/:\d+$/, ''));
  if (hosts?.some((one) => !host.test(one)) === true) return undefined;
  const methods = of('request.method');
  if (methods?.values.some(({ text: value }) => !verbs.has(value)) === true) return undefined;
  const byMethod =
    methods === undefined
      ? {}
      : { methods: { field: fieldAt(resource, methods.path), names: methods.values.map(({ text: value }) => value) } };
  const paths = of('request.path')?.values.map(({ text: value, path }) => ({ path, form: pathForm(value) }));
  if (paths?.some(({ form }) => form === undefined) === true) return undefined;
  const matches = (): EdgeMatch[] =>
    paths === undefined
      ? [matchOf({ field, ...byMethod })]
      : [
          ...paths.map(({ path, form }) =>
            matchOf({ field, uri: fieldAt(resource, path), ...(form === undefined ? {} : { form }), ...byMethod }),
          ),
          matchOf({ field, form: backslashes, ...byMethod }),
        ];
  return { field, status: 403, hosts, matches };
}

const entriesOfRule = (resource: Resource, { from, to, when, path }: Rule): (GuardEntry | undefined)[] =>
  from.length > 0 || when.length > 0 || to.length === 0
    ? [undefined]
    : to.map(({ constraints, path: at }) => entryOf(resource, constraints, at ?? join(path, 'to')));

const all = (list: readonly (GuardEntry | undefined)[]): readonly GuardEntry[] | undefined =>
  list.every((one) => one !== undefined) ? list : undefined;

/** What stands for an AuthorizationPolicy that denies by paths, methods and hosts alone; undefined for any other one. */
export function denials(resource: Resource, rootNamespace: string): readonly GuardEntry[] | undefined {
  const { action, rules, problems } = readAuthorizationPolicy(resource, rootNamespace);
  if (action !== 'DENY' || problems.length > 0) return undefined;
  return all(rules.flatMap((rule) => entriesOfRule(resource, rule)));
}

const present = (field: Field, name: string): Condition => ({ field, name, type: 'RegularExpression', value: '.*' });

/**
 * Requests with a token, where tokens are looked for in the usual places (istio/pilot/pkg/security/authn/policy_applier.go,
 * 1.32): Kong cannot check them, so that they are closed; without one a request is as free as in Istio. Undefined where
 * tokens are looked for elsewhere.
 */
export function tokens(resource: Resource): readonly GuardEntry[] | undefined {
  const rules = items(descend(rootField(resource), 'spec', 'jwtRules'));
  return all(
    rules.map((rule): GuardEntry | undefined => {
      const elsewhere = ['fromHeaders', 'fromParams', 'fromCookies'].some((key) => items(child(rule, key)).length > 0);
      if (elsewhere || text(child(rule, 'issuer')) === undefined) return undefined;
      return {
        field: rule,
        status: 503,
        hosts: undefined,
        matches: () => [
          matchOf({ field: rule, headers: [present(rule, 'authorization')] }),
          matchOf({ field: rule, queryParams: [present(rule, 'access_token')] }),
        ],
      };
    }),
  );
}
