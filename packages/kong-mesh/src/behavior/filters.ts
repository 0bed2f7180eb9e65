import {
  compileExpression,
  type HeaderChanges,
  type Mirror,
  noHeaderChanges,
  type PathRewrite,
  type Redirect,
} from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { RouteVariant } from './predicate.ts';
import type { Refuse } from './refusal.ts';
import { decimalOf, filledOf, listOf, mapOf, numberOf, textOf } from './value.ts';

/** What the filters of a rule make of a route. */
export interface FilterOutcome {
  /** The request is answered with it and goes nowhere. */
  readonly redirect?: Redirect;
  /** The new path has no slash in front, which the proxy answers with 400. */
  readonly badPath?: true;
  readonly rewrite?: PathRewrite;
  readonly authority?: string;
  readonly requestHeaders: HeaderChanges;
  readonly responseHeaders: HeaderChanges;
  readonly mirrors: readonly Mirror[];
}

const command = /%[A-Z0-9_]+(?:\([^)]*\))?(?::\d+)?%/g;

function checkHeader(name: string, value: string, refuse: Refuse): void {
  if (name === 'host' || name.startsWith(':')) refuse(`a filter changes the header ${name}`);
  if (value.replaceAll('%%', '').replace(command, '').includes('%'))
    refuse(`the value of the header ${name} has a lone percent sign`);
}

const pairs = (value: Json | undefined, refuse: Refuse): [name: string, value: string][] =>
  listOf(value).map((item) => {
    const { name, value: text } = mapOf(item);
    checkHeader(textOf(name) ?? '', textOf(text) ?? '', refuse);
    return [textOf(name) ?? '', textOf(text) ?? ''];
  });

function withModifier(changes: HeaderChanges, modifier: JsonObject, refuse: Refuse): HeaderChanges {
  const remove = listOf(modifier.remove).filter((name): name is string => typeof name === 'string');
  for (const name of remove) checkHeader(name.toLowerCase(), '', refuse);
  return {
    remove: [...changes.remove, ...remove],
    set: [...changes.set, ...pairs(modifier.set, refuse)],
    add: [...changes.add, ...pairs(modifier.add, refuse)],
  };
}

/**
 * Kuma writes a full replacement as a substitution of `.*`, so that a backslash is special in it. A reference to a group
 * makes RE2 give up and leave the path; `\0` is the whole path.
 */
function fullReplacement(value: string, inRedirect: boolean, refuse: Refuse): PathRewrite | undefined {
  if (value === '') return undefined;
  // Envoy looks for a query in a redirect's plain path only, not in a substitution.
  if (!value.includes('\\') && !(inRedirect && value.includes('?'))) return { kind: 'full', value };
  if (/^(?:[^\\]|\\\\|\\0)*\\[1-9]/.test(value)) return undefined;
  if (!/^(?:[^\\]|\\[\\0])*$/.test(value)) refuse('a new path has a backslash that RE2 does not know');
  return { kind: 'regex', pattern: '.+', substitution: value };
}

function pathRewrite(
  path: JsonObject,
  { prefix }: RouteVariant,
  inRedirect: boolean,
  refuse: Refuse,
): PathRewrite | undefined {
  if (path.type === 'ReplaceFullPath') {
    if (textOf(path.replaceFullPath) === undefined) refuse('a new path is missing');
    return fullReplacement(textOf(path.replaceFullPath) ?? '', inRedirect, refuse);
  }
  if (path.type !== 'ReplacePrefixMatch' || prefix === undefined) return undefined;
  if (textOf(path.replacePrefixMatch) === undefined) refuse('a new prefix is missing');
  const value = textOf(path.replacePrefixMatch) ?? '';
  if (prefix.kind === 'exact') return fullReplacement(value, inRedirect, refuse);
  return value === '' ? undefined : { kind: 'prefix', length: prefix.length, replacement: value };
}

function redirectOf(filter: JsonObject, variant: RouteVariant, refuse: Refuse): Redirect {
  const { scheme, hostname, port, path, statusCode } = filter;
  const rewrite = path == null ? undefined : pathRewrite(mapOf(path), variant, true, refuse);
  const number = numberOf(port);
  return {
    kind: 'redirect',
    status: numberOf(statusCode) || 302,
    ...(filledOf(scheme) === undefined ? {} : { scheme: filledOf(scheme) as string }),
    ...(filledOf(hostname) === undefined ? {} : { host: filledOf(hostname) as string }),
    ...(number === undefined ? {} : { port: number }),
    ...(rewrite === undefined ? {} : { path: rewrite }),
  };
}

const startsWithoutSlash = (rewrite: PathRewrite | undefined): boolean =>
  (rewrite?.kind === 'full' && !rewrite.value.startsWith('/')) ||
  (rewrite?.kind === 'prefix' && !rewrite.replacement.startsWith('/')) ||
  (rewrite?.kind === 'regex' && !/^(?:\/|\\0)/.test(rewrite.substitution));

/** The share of requests that are mirrored, in percent: all of them unless the filter says otherwise. */
function percentageOf(value: Json | undefined, refuse: Refuse): number {
  if (value == null) return 100;
  const percentage = decimalOf(value) ?? Number.NaN;
  if (Number.isNaN(percentage)) refuse('the percentage of a mirror is no number');
  return percentage;
}

/**
 * Applies the filters of a rule in order to one of its routes (kuma, pkg/plugins/policies/meshhttproute/xds/filters, 2.14).
 * What needs a destination after a redirect stops the generation, for the whole proxy.
 *
 * @param mirrorTo finds the destination of a mirror; undefined where there is nothing to mirror to.
 */
export function applyFilters(
  filters: readonly JsonObject[],
  variant: RouteVariant,
  mirrorTo: (ref: JsonObject) => Mirror['destination'] | undefined,
  refuse: Refuse,
): FilterOutcome {
  let redirect: Redirect | undefined;
  let rewrite: { readonly by: 'regex' | 'prefix'; readonly rewrite: PathRewrite } | undefined;
  let authority: string | undefined;
  let requestHeaders = noHeaderChanges;
  let responseHeaders = noHeaderChanges;
  const mirrors: Mirror[] = [];
  for (const filter of filters) {
    if (redirect !== undefined && (filter.type === 'URLRewrite' || filter.type === 'RequestMirror'))
      refuse(`a ${filter.type} filter comes after a RequestRedirect`);
    if (filter.type === 'RequestHeaderModifier')
      requestHeaders = withModifier(requestHeaders, mapOf(filter.requestHeaderModifier), refuse);
    if (filter.type === 'ResponseHeaderModifier')
      responseHeaders = withModifier(responseHeaders, mapOf(filter.responseHeaderModifier), refuse);
    if (filter.type === 'RequestRedirect') redirect = redirectOf(mapOf(filter.requestRedirect), variant, refuse);
    if (filter.type === 'RequestMirror') {
      const { backendRef, percentage } = mapOf(filter.requestMirror);
      const destination = mirrorTo(mapOf(backendRef));
      if (destination !== undefined)
        // Envoy's default, which Kuma leaves on (routing.md 3.3).
        mirrors.push({ destination, percentage: percentageOf(percentage, refuse), hostSuffix: '-shadow' });
    }
    if (filter.type === 'URLRewrite') {
      const { hostname, path } = mapOf(filter.urlRewrite);
      authority = filledOf(hostname) ?? authority;
      const found = path == null ? undefined : pathRewrite(mapOf(path), variant, false, refuse);
      const by = found?.kind === 'prefix' ? 'prefix' : 'regex';
      if (found !== undefined && rewrite !== undefined && rewrite.by !== by)
        refuse('a route has a new prefix and a new path');
      if (found !== undefined) rewrite = { by, rewrite: found };
    }
  }
  return {
    ...(redirect === undefined ? {} : { redirect }),
    ...(startsWithoutSlash(rewrite?.rewrite) ? { badPath: true as const } : {}),
    ...(rewrite === undefined ? {} : { rewrite: rewrite.rewrite }),
    ...(authority === undefined ? {} : { authority }),
    requestHeaders,
    responseHeaders,
    mirrors,
  };
}

/** Checks the expressions of a route, which Kuma's admission does not read. */
export function checkExpressions({ predicate }: RouteVariant, refuse: Refuse): void {
  const matches = [
    predicate.path,
    ...predicate.headers.map(({ match }) => match),
    ...predicate.queryParameters.map(({ match }) => match),
  ];
  for (const match of matches) {
    if (match?.kind !== 'regex') continue;
    try {
      compileExpression(match.pattern);
    } catch (error) {
      refuse(`a regular expression is invalid: ${(error as Error).message}`);
    }
  }
}
