import type { Json } from '@isthmus/kubernetes';
import { at, list, number, text } from '../json.ts';
import type { HeaderChange, RoutePlugins } from './kong-entities.ts';

type Pair = readonly [string, string];

/** Why a filter has no plugin; the rules that share its backends are then not translated. */
export class UnsupportedFilter extends Error {}

const noChange: HeaderChange = { set: [], add: [], remove: [] };
const pairs = (value: Json | undefined): Pair[] =>
  list(value).map((one): Pair => [text(at(one, 'name'), ''), text(at(one, 'value'), '')]);

const changeOf = (modifier: Json | undefined): HeaderChange => ({
  set: pairs(at(modifier, 'set')),
  add: pairs(at(modifier, 'add')),
  remove: list(at(modifier, 'remove')).flatMap((name) => text(name) ?? []),
});

const join = (a: HeaderChange = noChange, b: HeaderChange = noChange): HeaderChange => ({
  set: [...a.set, ...b.set],
  add: [...a.add, ...b.add],
  remove: [...a.remove, ...b.remove],
});

/** A path without its trailing slash (subtranslator/httproute.go normalizePath). */
export const withoutSlash = (path: string): string => (path === '/' || path === '' ? '/' : path.replace(/\/$/, ''));

/** The template that request-transformer gets for a replaced prefix (generateRequestTransformerReplaceURIForURLRewritePrefixMatch). */
function prefixTemplate(replacement: string, path: string): string {
  const trimmed = replacement.replace(/\/$/, '');
  const root = withoutSlash(path) === '/';
  if (trimmed === '')
    return root
      ? '$(uri_captures[1] == nil and "/" or "/" .. uri_captures[1])'
      : '$(uri_captures[1] == nil and "/" or uri_captures[1])';
  return root ? `${trimmed}$(uri_captures[1] == nil and "" or "/" .. uri_captures[1])` : `${trimmed}$(uri_captures[1])`;
}

/** Go's `path.Join` of two parts: slashes merged, dot segments resolved, no slash at the end. */
function joinPath(a: string, b: string): string {
  const kept: string[] = [];
  for (const segment of `${a}/${b}`.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  return kept.join('/');
}

/** The `redirect` plugin of Kong 3.9 and later (generateRequestRedirectUsingRedirectKongPlugin). */
function redirectOf(filter: Json | undefined): NonNullable<RoutePlugins['redirect']> {
  const path = at(filter, 'path');
  const full = text(at(path, 'type')) === 'ReplaceFullPath' ? text(at(path, 'replaceFullPath')) : undefined;
  const hostname = text(at(filter, 'hostname'));
  const port = number(at(filter, 'port'));
  const location =
    hostname === undefined
      ? (full ?? '/')
      : `${text(at(filter, 'scheme'), 'http')}://${joinPath(`${hostname}${port === undefined ? '' : `:${port}`}`, full ?? '/')}`;
  return { status: number(at(filter, 'statusCode')) ?? 302, location, keepPath: full === undefined };
}

/** Whether a rule replaces the prefix that its match takes. */
export const replacesPrefix = (rule: Json): boolean =>
  list(at(rule, 'filters')).some((filter) => at(filter, 'urlRewrite', 'path', 'type') === 'ReplacePrefixMatch');

/** Whether a rule redirects: each of its matches then becomes a Kong route of its own. */
export const redirects = (rule: Json): boolean =>
  list(at(rule, 'filters')).some((filter) => at(filter, 'type') === 'RequestRedirect');

/** The plugins of a rule's filters, for a match with this path; throws an UnsupportedFilter (generatePluginsFromHTTPRouteFilters). */
export function pluginsOf(filters: readonly Json[], path: string): RoutePlugins {
  let request: HeaderChange | undefined;
  let response: HeaderChange | undefined;
  let redirect: RoutePlugins['redirect'];
  let uri: string | undefined;
  const named: string[] = [];
  for (const filter of filters) {
    const type = text(at(filter, 'type'), '');
    switch (type) {
      case 'RequestHeaderModifier':
        request = join(request, changeOf(at(filter, 'requestHeaderModifier')));
        break;
      case 'ResponseHeaderModifier':
        response = join(response, changeOf(at(filter, 'responseHeaderModifier')));
        break;
      case 'RequestRedirect':
        redirect = redirectOf(at(filter, 'requestRedirect'));
        break;
      case 'ExtensionRef': {
        const ref = at(filter, 'extensionRef');
        if (at(ref, 'group') !== 'configuration.konghq.com' || at(ref, 'kind') !== 'KongPlugin')
          throw new UnsupportedFilter(`plugin ${text(at(ref, 'group'), '')}/${text(at(ref, 'kind'), '')} unsupported`);
        named.push(text(at(ref, 'name'), ''));
        break;
      }
      case 'URLRewrite': {
        const rewrite = at(filter, 'urlRewrite');
        const hostname = text(at(rewrite, 'hostname'));
        const replaced = at(rewrite, 'path');
        if (replaced === undefined && hostname === undefined)
          throw new UnsupportedFilter('URLRewrite missing Path and Hostname');
        if (replaced !== undefined) {
          const full = text(at(replaced, 'type')) === 'ReplaceFullPath';
          uri ??= full
            ? text(at(replaced, 'replaceFullPath'), '/')
            : prefixTemplate(text(at(replaced, 'replacePrefixMatch'), ''), path);
        }
        request = join(request, hostname === undefined ? noChange : { ...noChange, set: [['host', hostname]] });
        break;
      }
      default:
        throw new UnsupportedFilter(`httpFilter ${type} unsupported`);
    }
  }
  return {
    ...(request === undefined ? {} : { request: uri === undefined ? request : { ...request, uri } }),
    ...(response === undefined ? {} : { response }),
    ...(redirect === undefined ? {} : { redirect }),
    named,
  };
}
