import { codes } from '@isthmus/diagnostics';
import { parseDuration } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, entries, type Field, flag, items, text } from '../../field.ts';
import { type Traced, trace } from '../../trace.ts';
import { below } from './parts.ts';
import { capturesGroups, quote } from './path-form.ts';
import { emitPlugin } from './plugins.ts';
import type { Backend } from './read-action.ts';
import type { EdgeRule } from './rules.ts';

/** Where the plugins of a rule go. */
export interface Place {
  readonly namespace: string;
  /** Name of the route, with the number of the rule. */
  readonly name: string;
  readonly role: EmittedRole;
  readonly services: readonly string[];
}

interface HeaderChange {
  readonly name: string;
  readonly value: Traced<string>;
}

interface HeaderOps {
  readonly set: readonly HeaderChange[];
  readonly add: readonly HeaderChange[];
  readonly remove: readonly unknown[];
  readonly host: Field<string> | undefined;
}

const headerName = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

// Kong's plugins evaluate `$(...)` in values, Envoy its `%...%` (edge.md 2.3).
const isLiteral = (value: string): boolean => !value.includes('$(') && !/%[A-Z_]+(?:\(|%)/.test(value) && value !== '';

function readHeaderOps(context: Context, sources: readonly (Field | undefined)[], request: boolean): HeaderOps {
  const ops: { set: HeaderChange[]; add: HeaderChange[]; remove: Field<string>[] } = { set: [], add: [], remove: [] };
  let host: Field<string> | undefined;
  for (const source of sources) {
    for (const kind of ['set', 'add'] as const) {
      for (const [name, field] of entries(child(source, kind))) {
        const value = text(field);
        if (request && (name.toLowerCase() === 'host' || name === ':authority') && value !== undefined) {
          // The last one holds.
          context.settled(host);
          host = value;
          continue;
        }
        if (value === undefined || !headerName.test(name) || !isLiteral(value.value))
          context.unsupported(field, codes.gateway.headerValue, { header: name });
        else ops[kind].push({ name, value: context.exact(value, value.value.replaceAll('%%', '%')) });
      }
    }
    for (const item of items(child(source, 'remove'))) {
      const name = text(item);
      if (name === undefined || !headerName.test(name.value))
        context.unsupported(item, codes.gateway.headerValue, { header: String(item.value) });
      else ops.remove.push(name);
    }
  }
  return { set: lastOfEach(ops.set), add: joined(ops.add), remove: removals(context, ops.remove), host };
}

/** Each header once. */
function removals(context: Context, names: readonly Field<string>[]): unknown[] {
  const same = [...Map.groupBy(names, ({ value }) => value.toLowerCase()).values()];
  return same.map((fields) => {
    for (const field of fields) context.settled(field);
    return context.derived(fields, fields[0]?.value);
  });
}

/** Of several settings of one header the last holds: that of the destination, behind that of the rule (istio/pilot/pkg/networking/core/route/route.go, 1.32, read). */
function lastOfEach(list: readonly HeaderChange[]): HeaderChange[] {
  return [...new Map(list.map((change) => [change.name.toLowerCase(), change])).values()];
}

/** Gateway API names a header once in a list; several values of one header are one with commas (RFC 9110, 5.3). */
function joined(list: readonly HeaderChange[]): HeaderChange[] {
  return [...Map.groupBy(list, ({ name }) => name.toLowerCase()).values()].map((same) => {
    const [first] = same as [HeaderChange, ...HeaderChange[]];
    if (same.length === 1) return first;
    const origins = same.flatMap(({ value }) => value.origins);
    return { name: first.name, value: trace(origins, same.map(({ value }) => value.value).join(',')) };
  });
}

const some = (list: readonly unknown[]): readonly unknown[] | undefined => (list.length === 0 ? undefined : list);

const isEmpty = ({ set, add, remove }: HeaderOps): boolean => set.length + add.length + remove.length === 0;

const modifier = ({ set, add, remove }: HeaderOps): Record<string, unknown> => ({
  set: some(set),
  add: some(add),
  remove: some(remove),
});

/** Whether the paths of a rule must capture what follows the match, for the plugin that rewrites them. */
export function capturesPath({ parts, matches, action }: EdgeRule): boolean {
  const uri = below(parts, 'rewrite', 'uri');
  return (
    uri !== undefined &&
    action.kind === 'forward' &&
    matches.some(({ form }) => form.kind === 'all' || form.kind === 'prefix')
  );
}

/** Why the path of a rule cannot be rewritten; undefined where it can, or need not. */
export function rewriteObjection(rule: EdgeRule): Field | undefined {
  const uri = below(rule.parts, 'rewrite', 'uri');
  if (uri === undefined) return undefined;
  const value = text(uri)?.value;
  const counts = rule.matches.some(({ form }) => form.kind === 'regex' && capturesGroups(form.value));
  return value === undefined || value.includes('$(') || (capturesPath(rule) && counts) ? uri : undefined;
}

/** Kong's request-transformer in the place of filters: one rule can have one of it only, and the rewrite needs it. */
function transformer(context: Context, rule: EdgeRule, request: HeaderOps, host: Field<string> | undefined): unknown {
  const uri = text(below(rule.parts, 'rewrite', 'uri')) as Field<string>;
  const pairs = (list: readonly HeaderChange[]) =>
    list.map(({ name, value }) => context.derived(value.origins, `${name}:${value.value}`));
  const set = [...pairs(request.set), ...(host === undefined ? [] : [context.exact(host, `host:${host.value}`)])];
  return {
    replace: {
      uri: context.approximate(uri, `${uri.value}$(uri_captures[1])`, codes.gateway.rewritePlugin, {}),
      headers: some(set),
    },
    add: request.set.length === 0 ? undefined : { headers: pairs(request.set) },
    append: request.add.length === 0 ? undefined : { headers: pairs(request.add) },
    remove: request.remove.length === 0 ? undefined : { headers: request.remove },
  };
}

function corsConfig(context: Context, policy: Field): Record<string, unknown> {
  context.report(codes.gateway.cors, {}, policy);
  const origins = [
    ...items(child(policy, 'allowOrigins')).map((origin) => {
      const [[kind, field] = ['', origin] as const] = entries(origin);
      const value = text(field)?.value ?? '';
      const expression = kind === 'prefix' ? `^${quote(value)}.*$` : kind === 'regex' ? `^(?:${value})$` : value;
      context.claim(field, 'approximate', codes.gateway.cors);
      return context.derived(field, expression);
    }),
    // The older spelling: exact origins.
    ...items(child(policy, 'allowOrigin')).map((field) => {
      context.claim(field, 'approximate', codes.gateway.cors);
      return context.derived(field, String(field.value));
    }),
  ];
  const list = (name: string): readonly unknown[] | undefined =>
    some(items(child(policy, name)).map((field) => context.exact(field, String(field.value))));
  const age = text(child(policy, 'maxAge'));
  const seconds = age === undefined ? undefined : parseDuration(age.value);
  const credentials = flag(child(policy, 'allowCredentials'));
  const unmatched = child(policy, 'unmatchedPreflights');
  if (unmatched !== undefined)
    context.unsupported(unmatched, codes.gateway.corsPreflight, { value: String(unmatched.value) });
  return {
    origins: some(origins),
    methods: list('allowMethods'),
    headers: list('allowHeaders'),
    exposed_headers: list('exposeHeaders'),
    max_age:
      age === undefined || seconds === undefined ? undefined : context.exact(age, Number(seconds / 1_000_000_000n)),
    credentials: credentials === undefined ? undefined : context.exact(credentials, credentials.value),
  };
}

/** The filters of a rule that forwards, with the plugins that they name. Every field is accounted for. */
export function filtersOf(
  context: Context,
  rule: EdgeRule,
  backends: readonly Backend[],
  place: Place,
): readonly unknown[] | undefined {
  const { parts } = rule;
  const filters: unknown[] = [];
  const [single, ...others] = backends;
  const own = backends.map((backend) => child(backend.field, 'headers'));
  const shared = single !== undefined && others.length === 0 ? own : [];
  if (others.length > 0)
    for (const headers of own)
      if (headers !== undefined) context.unsupported(headers, codes.gateway.destinationHeaders, {});
  const sources = [parts('headers'), ...shared];
  const request = readHeaderOps(
    context,
    sources.map((one) => child(one, 'request')),
    true,
  );
  const response = readHeaderOps(
    context,
    sources.map((one) => child(one, 'response')),
    false,
  );
  const uri = text(below(parts, 'rewrite', 'uri'));
  const authority = text(below(parts, 'rewrite', 'authority')) ?? request.host;
  context.settled(request.host);
  if (capturesPath(rule)) {
    const name = `${place.name}-rewrite`;
    filters.push(
      emitPlugin(context, { ...place, name }, 'request-transformer', transformer(context, rule, request, authority)),
    );
  } else {
    if (!isEmpty(request)) filters.push({ type: 'RequestHeaderModifier', requestHeaderModifier: modifier(request) });
    if (uri !== undefined || authority !== undefined)
      filters.push({
        type: 'URLRewrite',
        urlRewrite: {
          hostname: authority === undefined ? undefined : context.exact(authority, authority.value),
          path:
            uri === undefined ? undefined : { type: 'ReplaceFullPath', replaceFullPath: context.exact(uri, uri.value) },
        },
      });
  }
  if (!isEmpty(response)) filters.push({ type: 'ResponseHeaderModifier', responseHeaderModifier: modifier(response) });
  const cors = parts('corsPolicy');
  if (cors !== undefined)
    filters.push(emitPlugin(context, { ...place, name: `${place.name}-cors` }, 'cors', corsConfig(context, cors)));
  return some(filters);
}
