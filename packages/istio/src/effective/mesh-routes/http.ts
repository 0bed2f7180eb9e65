import { child, effectiveNamespace, type Field, items, type JsonObject, number, text } from '@isthmus/kubernetes';
import { carry, type Derivable } from '../derived.ts';
import { given, objectField, objectItems } from '../fields.ts';
import type { MeshSettings } from '../mesh-settings.ts';
import { destinationsOf, hasBackends } from './backends.ts';
import { type DerivedRule, type Rank, RouteRefused } from './conversion.ts';
import { filtersOf, headersOf, type PathPart } from './filters.ts';

type Settings = Readonly<Record<string, Derivable | undefined>>;

const httpFilters: ReadonlySet<string> = new Set([
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'RequestMirror',
  'URLRewrite',
  'CORS',
]);
const grpcFilters: ReadonlySet<string> = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestMirror']);
const backendFilters: ReadonlySet<string> = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier']);

/** Conditions on named texts; of several for one name the last counts (conversion.go createHeadersMatch, 1.32). */
function named(list: Field | undefined): Derivable | undefined {
  const found: Record<string, Derivable> = {};
  for (const condition of objectItems(list)) {
    const name = text(child(condition, 'name'))?.value;
    if (name === undefined) continue;
    const type = text(given(condition, 'type'));
    if (type !== undefined && type.value !== 'Exact' && type.value !== 'RegularExpression')
      throw new RouteRefused(type, `it knows no match of type ${type.value}`);
    const value = text(child(condition, 'value'))?.value ?? '';
    found[name] = carry(condition, type?.value === 'RegularExpression' ? { regex: value } : { exact: value });
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

interface PathCondition {
  readonly rank: Pick<Rank, 'path' | 'length'>;
  readonly parts: readonly { readonly part: PathPart; readonly uri: Derivable | undefined }[];
}

/** A prefix of path segments in two halves, as a VirtualService's prefix is one of letters (edge.md T14). */
function pathOf(match: Field | undefined): PathCondition {
  const path = child(match, 'path');
  const type = text(given(path, 'type'))?.value ?? 'PathPrefix';
  const written = text(given(path, 'value'))?.value ?? '/';
  const from = (uri: Derivable): Derivable => (path === undefined ? uri : carry(path, uri));
  switch (type) {
    case 'Exact':
      return {
        rank: { path: 'exact', length: written.length },
        parts: [{ part: 'whole', uri: from({ exact: written }) }],
      };
    case 'RegularExpression':
      return {
        rank: { path: 'regex', length: written.length },
        parts: [{ part: 'whole', uri: from({ regex: written }) }],
      };
    case 'PathPrefix': {
      const prefix = written === '/' ? written : written.replace(/\/$/, '');
      return {
        rank: { path: 'prefix', length: prefix.length },
        parts:
          prefix === '/'
            ? [{ part: 'whole', uri: from({ prefix }) }]
            : [
                { part: 'segment', uri: from({ exact: prefix }) },
                { part: 'below', uri: from({ prefix: `${prefix}/` }) },
              ],
      };
    }
    default:
      throw new RouteRefused(child(path, 'type') ?? (path as Field), `it knows no path of type ${type}`);
  }
}

/** How a gRPC method is asked for: `/<service>/<method>` (conversion.go createGRPCURIMatch). */
function methodOf(match: Field | undefined): PathCondition {
  const condition = objectField(child(match, 'method'));
  const whole = (path: Rank['path'], value: string): PathCondition => ({
    rank: { path, length: value.length },
    parts: [{ part: 'whole', uri: carry(condition as Field, { [path]: value }) }],
  });
  if (condition === undefined) return { rank: { path: 'none', length: 0 }, parts: [{ part: 'whole', uri: undefined }] };
  const type = text(given(condition, 'type'))?.value ?? 'Exact';
  const service = text(given(condition, 'service'))?.value;
  const method = text(given(condition, 'method'))?.value;
  if (service === undefined && method === undefined)
    throw new RouteRefused(condition, 'a match on the method names a service or a method');
  if (type !== 'Exact' && type !== 'RegularExpression')
    throw new RouteRefused(child(condition, 'type') ?? condition, `it knows no method of type ${type}`);
  const isExact = type === 'Exact';
  if (method === undefined) return isExact ? whole('prefix', `/${service}/`) : whole('regex', `/${service}/.+`);
  if (service === undefined) return whole('regex', `/[^/]+/${method}`);
  return whole(isExact ? 'exact' : 'regex', `/${service}/${method}`);
}

function retriesOf(rule: Field, perTry: Field<string> | undefined): Derivable | undefined {
  const retry = given(rule, 'retry');
  if (retry === undefined) return undefined;
  const attemptsField = number(given(retry, 'attempts'));
  const attempts = attemptsField?.value ?? 2;
  const codes = items(child(retry, 'codes')).map(({ value }) => String(value));
  const backoff = text(given(retry, 'backoff'));
  return carry(retry, {
    attempts,
    ...(attempts === 0
      ? {}
      : { retryOn: ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', ...codes].join(',') }),
    ...(backoff === undefined ? {} : { backoff: backoff.value }),
    ...(perTry === undefined ? {} : { perTryTimeout: carry(perTry, perTry.value) }),
  });
}

const isLasting = (duration: Field<string> | undefined): duration is Field<string> =>
  duration !== undefined && /[1-9]/.test(duration.value);

/** A time for each try is one for the whole where nothing is tried again (conversion.go convertHTTPRoute). */
function timesOf(rule: Field): Settings {
  const timeouts = child(rule, 'timeouts');
  const request = text(given(timeouts, 'request'));
  const backend = text(given(timeouts, 'backendRequest'));
  const perTry = isLasting(backend) ? backend : undefined;
  const whole = given(rule, 'retry') === undefined && perTry !== undefined ? perTry : request;
  return {
    timeout: isLasting(whole) ? carry(whole, whole.value) : undefined,
    retries: retriesOf(rule, perTry),
  };
}

function backendHeaders(backend: Field<JsonObject>): Settings {
  const filters = objectItems(child(backend, 'filters'));
  for (const filter of filters) {
    const type = text(child(filter, 'type'))?.value ?? '';
    if (!backendFilters.has(type)) throw new RouteRefused(filter, `it knows no filter ${type} at a backend`);
  }
  return { headers: headersOf(filters) };
}

function settingsOf(
  rule: Field<JsonObject>,
  position: number,
  filters: ReadonlySet<string>,
  mesh: MeshSettings,
  part: PathPart,
): Settings {
  const written = text(given(rule, 'name'));
  const { resource } = rule;
  const refs = child(rule, 'backendRefs');
  const found = filtersOf(objectItems(child(rule, 'filters')), filters, mesh, part);
  const base: Settings = {
    name:
      written === undefined
        ? `${effectiveNamespace(resource)}.${resource.name}.${position}`
        : carry(written, written.value),
    ...found,
    ...timesOf(rule),
  };
  if (found.redirect !== undefined) return base;
  // Gateway API asks for 500 where no backend has a weight.
  if (!hasBackends(refs)) return { ...base, directResponse: carry(refs ?? rule, { status: 500 }) };
  return { ...base, route: destinationsOf(refs, mesh, backendHeaders) };
}

/**
 * The rules of an HTTPRoute or GRPCRoute, each with one match
 * (istio/pilot/pkg/config/kube/gateway/conversion.go convertHTTPRoute, convertGRPCRoute, 1.32).
 * @throws RouteRefused where Istio makes nothing of the route
 */
export function httpRulesOf(
  spec: Field | undefined,
  kind: 'HTTPRoute' | 'GRPCRoute',
  mesh: MeshSettings,
): DerivedRule[] {
  const isHttp = kind === 'HTTPRoute';
  return objectItems(child(spec, 'rules')).flatMap((rule, position) => {
    const written = objectItems(child(rule, 'matches'));
    // The API server gives a rule of an HTTPRoute without matches one on the prefix `/`.
    const matches: readonly (Field<JsonObject> | undefined)[] = written.length === 0 ? [undefined] : written;
    return matches.map((match): DerivedRule => {
      const { rank, parts } = isHttp ? pathOf(match) : methodOf(match);
      const headers = child(match, 'headers');
      const queryParams = isHttp ? child(match, 'queryParams') : undefined;
      const method = isHttp ? text(given(match, 'method')) : undefined;
      const conditions = {
        headers: named(headers),
        queryParams: named(queryParams),
        method: method && carry(method, { exact: method.value }),
      };
      const isLast = !isHttp && match === undefined;
      const first = settingsOf(rule, position, isHttp ? httpFilters : grpcFilters, mesh, parts[0]?.part ?? 'whole');
      return {
        matches: isLast ? [] : parts.map(({ uri }) => ({ uri, ...conditions })),
        settings: (index) => {
          const part = parts[index]?.part ?? 'whole';
          return index === 0 ? first : settingsOf(rule, position, isHttp ? httpFilters : grpcFilters, mesh, part);
        },
        rank: {
          ...rank,
          method: method !== undefined,
          headers: new Set(items(headers).map((one) => child(one, 'name')?.value)).size,
          queryParameters: new Set(items(queryParams).map((one) => child(one, 'name')?.value)).size,
          isLast,
        },
        rule,
        match,
      };
    });
  });
}
