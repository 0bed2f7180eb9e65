import { child, descend, type Field, items, type JsonObject, number, text } from '@isthmus/kubernetes';
import { carry, type Derivable } from '../derived.ts';
import { given, objectItems } from '../fields.ts';
import type { MeshSettings } from '../mesh-settings.ts';
import { destinationOf } from './backends.ts';
import { RouteRefused } from './conversion.ts';

/** How a match has its path: whole, or a prefix that ends where a segment does, of which these are the two halves. */
export type PathPart = 'whole' | 'segment' | 'below';

type Settings = Record<string, Derivable | undefined>;

/** Names in lower case; of several entries for one name the first counts (conversion.go headerListToMap, 1.32). */
function valuesOf(list: Field | undefined): Derivable | undefined {
  const values: Record<string, Derivable> = {};
  for (const entry of objectItems(list)) {
    const name = text(child(entry, 'name'))?.value.toLowerCase();
    if (name === undefined || Object.hasOwn(values, name)) continue;
    values[name] = carry(entry, text(child(entry, 'value'))?.value ?? '');
  }
  return Object.keys(values).length === 0 ? undefined : values;
}

function headerChanges(filter: Field | undefined): Derivable | undefined {
  if (filter === undefined) return undefined;
  const remove = items(child(filter, 'remove'));
  return {
    set: valuesOf(child(filter, 'set')),
    add: valuesOf(child(filter, 'add')),
    ...(remove.length === 0 ? {} : { remove: remove.map((name) => carry(name, String(name.value))) }),
  };
}

/** Changes of headers by the filters of a rule or of a backend; a later filter of a kind takes the place of an earlier one. */
export function headersOf(filters: readonly Field<JsonObject>[]): Derivable | undefined {
  const changes: Settings = {};
  for (const filter of filters) {
    const type = child(filter, 'type')?.value;
    if (type === 'RequestHeaderModifier') changes.request = headerChanges(child(filter, 'requestHeaderModifier'));
    if (type === 'ResponseHeaderModifier') changes.response = headerChanges(child(filter, 'responseHeaderModifier'));
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** The text that takes the place of what was matched; a prefix of segments leaves the slash behind it. */
const behind = (replacement: string, part: PathPart): string =>
  part === 'below' ? `${replacement.replace(/\/$/, '')}/` : replacement;

function rewriteOf(filter: Field | undefined, part: PathPart): Derivable | undefined {
  if (filter === undefined) return undefined;
  const path = child(filter, 'path');
  const prefix = text(given(path, 'replacePrefixMatch'));
  const full = text(given(path, 'replaceFullPath'));
  const host = text(given(filter, 'hostname'));
  const rewrite: Settings = {};
  if (prefix !== undefined) rewrite.uri = carry(path as Field, behind(prefix.value.replace(/\/$/, '') || '/', part));
  else if (full !== undefined) rewrite.uriRegexRewrite = carry(path as Field, { match: '/.*', rewrite: full.value });
  if (host !== undefined) rewrite.authority = carry(host, host.value);
  return Object.keys(rewrite).length === 0 ? undefined : carry(filter, rewrite);
}

function redirectOf(filter: Field, part: PathPart): Derivable {
  const redirect: Settings = {};
  const take = (from: string, to: string): void => {
    const field = given(filter, from);
    if (field !== undefined) redirect[to] = carry(field, field.value as string | number);
  };
  take('statusCode', 'redirectCode');
  // Without one Gateway API means 302 (its default), Istio 301: the API server writes the default down.
  redirect.redirectCode ??= 302;
  take('hostname', 'authority');
  take('scheme', 'scheme');
  take('port', 'port');
  if (redirect.port === undefined && redirect.scheme === undefined) redirect.derivePort = 'FROM_REQUEST_PORT';
  const path = child(filter, 'path');
  const full = text(given(path, 'replaceFullPath'));
  const prefix = text(given(path, 'replacePrefixMatch'));
  if (full !== undefined) redirect.uri = carry(path as Field, full.value);
  // Unlike a rewrite's, this text is taken as it is written (conversion.go createRedirectFilter).
  if (prefix !== undefined)
    redirect.prefixRewrite = carry(path as Field, part === 'below' ? `${prefix.value}/` : prefix.value);
  return carry(filter, redirect);
}

function mirrorOf(filter: Field, mesh: MeshSettings): Derivable {
  const backend = child(filter, 'backendRef') ?? filter;
  const fraction = given(filter, 'fraction');
  const percent = number(given(filter, 'percent'));
  const numerator = number(child(fraction, 'numerator'))?.value ?? 0;
  const denominator = number(child(fraction, 'denominator'))?.value ?? 100;
  return {
    destination: carry(backend, destinationOf(backend, mesh)),
    ...(fraction !== undefined
      ? { percentage: carry(fraction, { value: (100 * numerator) / denominator }) }
      : percent !== undefined
        ? { percentage: carry(percent, { value: percent.value }) }
        : {}),
  };
}

/** An origin with wildcards as a StringMatch (conversion.go createCorsFilter). */
function originOf(origin: string): Derivable {
  if (origin === '*') return { regex: '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+$' };
  if (!origin.includes('*')) return { exact: origin };
  if (origin.indexOf('*') === origin.length - 1) return { prefix: origin.slice(0, -1) };
  return { regex: `^${origin.replace(/[.+?()|[\]{}^$\\]/g, '\\$&').replaceAll('*', '.*')}$` };
}

function corsOf(filter: Field): Derivable {
  const list = (key: string): string[] => items(child(filter, key)).map(({ value }) => String(value));
  const seconds = number(given(filter, 'maxAge'))?.value ?? 0;
  return carry(filter, {
    allowOrigins: list('allowOrigins')
      .filter((origin) => origin !== '')
      .map(originOf),
    ...(given(filter, 'allowCredentials')?.value === true ? { allowCredentials: true } : {}),
    allowMethods: list('allowMethods'),
    allowHeaders: list('allowHeaders'),
    exposeHeaders: list('exposeHeaders'),
    ...(seconds > 0 ? { maxAge: `${seconds}s` } : {}),
    unmatchedPreflights: 'IGNORE',
  });
}

/**
 * What the filters of a rule become (conversion.go convertHTTPRoute, 1.32).
 * @throws RouteRefused for a filter that Istio does not know: the whole route then has no effect
 */
export function filtersOf(
  filters: readonly Field<JsonObject>[],
  known: ReadonlySet<string>,
  mesh: MeshSettings,
  part: PathPart,
): Settings {
  const settings: Settings = { headers: headersOf(filters) };
  const mirrors: Derivable[] = [];
  for (const filter of filters) {
    const type = text(child(filter, 'type'))?.value ?? '';
    if (!known.has(type)) throw new RouteRefused(filter, `it knows no filter ${type} here`);
    if (type === 'RequestRedirect') settings.redirect = redirectOf(child(filter, 'requestRedirect') ?? filter, part);
    else if (type === 'URLRewrite') settings.rewrite = rewriteOf(child(filter, 'urlRewrite'), part);
    else if (type === 'RequestMirror') mirrors.push(mirrorOf(descend(filter, 'requestMirror') ?? filter, mesh));
    else if (type === 'CORS') settings.corsPolicy = corsOf(child(filter, 'cors') ?? filter);
  }
  if (mirrors.length > 0) settings.mirrors = mirrors;
  return settings;
}
