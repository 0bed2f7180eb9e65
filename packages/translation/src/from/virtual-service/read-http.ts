import type { JsonObject } from '@isthmus/kubernetes';
import { child, descend, entries, type Field, items, number, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { only, Unhandled } from '../../unhandled.ts';
import { type PathMatch, quote, type Rank } from './order.ts';

/** One condition on a header or a query parameter. */
export interface Condition {
  readonly field: Field;
  readonly type: 'Exact' | 'Prefix' | 'RegularExpression' | 'Present';
  readonly name: string;
  readonly value?: string;
}

/** One entry of `match`, or the absence of any. */
export interface Match {
  readonly field: Field;
  readonly uri?: Field;
  readonly path: PathMatch;
  readonly method?: Field<string>;
  readonly headers: readonly Condition[];
  readonly queryParams: readonly Condition[];
}

/** One destination of a rule. */
export interface Destination {
  readonly field: Field;
  readonly host: Field<string>;
  readonly port?: Field<number>;
  readonly weight?: Field<number>;
}

/** One rule of `http`. */
export interface Rule {
  readonly field: Field;
  readonly matches: readonly Match[];
  readonly destinations: readonly Destination[];
  readonly timeout?: Field<string>;
}

// The enum of MeshHTTPRoute's `method`.
const methods = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);
// The pattern of header names in Kong Mesh's schema, which has neither capitals nor pseudo headers.
const headerName = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/;

/** The one of `exact`, `prefix`, `regex` that a StringMatch has; none means present. */
function readString(field: Field): { type: 'exact' | 'prefix' | 'regex'; value: string } | undefined {
  only(field, 'exact', 'prefix', 'regex');
  const found = entries(field);
  if (found.length > 1) throw new Unhandled(field);
  const [entry] = found;
  if (entry === undefined) {
    if (typeof field.value !== 'object' || field.value === null || Array.isArray(field.value))
      throw new Unhandled(field);
    return undefined;
  }
  const value = text(entry[1]);
  if (value === undefined) throw new Unhandled(entry[1]);
  return { type: entry[0] as 'exact' | 'prefix' | 'regex', value: value.value };
}

// Istio's prefix is one of the text, `/v1` takes `/v10` too; Kong Mesh's is one of path segments (routing.md 3.2).
function readUri(field: Field): PathMatch {
  const found = readString(field);
  if (found === undefined) throw new Unhandled(field);
  const { type, value } = found;
  if (type === 'regex') return { type: 'RegularExpression', value };
  if (type === 'prefix' && (value === '' || value === '/')) return { type: 'PathPrefix', value: '/' };
  if (!value.startsWith('/')) throw new Unhandled(field);
  if (type === 'exact') return { type: 'Exact', value };
  return { type: 'RegularExpression', value: `${quote(value)}.*` };
}

function readHeader(name: string, field: Field): Condition {
  const found = readString(field);
  const lower = name.toLowerCase();
  if (!headerName.test(lower) || lower === 'host') throw new Unhandled(field);
  if (found === undefined) return { field, type: 'Present', name: lower };
  const types = { exact: 'Exact', prefix: 'Prefix', regex: 'RegularExpression' } as const;
  // Kong Mesh takes an empty prefix for presence; Istio refuses it.
  if (found.type === 'prefix' && found.value === '') throw new Unhandled(field);
  return { field, type: types[found.type], name: lower, value: found.value };
}

function readQueryParam(name: string, field: Field): Condition {
  const found = readString(field);
  if (found === undefined) return { field, type: 'RegularExpression', name, value: '.*' };
  if (found.type === 'exact') return { field, type: 'Exact', name, value: found.value };
  const value = found.type === 'prefix' ? `${quote(found.value)}.*` : found.value;
  return { field, type: 'RegularExpression', name, value };
}

function readMatch(field: Field): Match {
  only(field, 'name', 'statPrefix', 'uri', 'method', 'headers', 'queryParams');
  const uri = child(field, 'uri');
  const methodField = child(field, 'method');
  if (methodField !== undefined) only(methodField, 'exact');
  const method = text(child(methodField, 'exact'));
  if (methodField !== undefined && (method === undefined || !methods.has(method.value)))
    throw new Unhandled(methodField);
  return {
    field,
    ...(uri === undefined ? {} : { uri }),
    path: uri === undefined ? { type: 'PathPrefix', value: '/' } : readUri(uri),
    ...(method === undefined ? {} : { method }),
    headers: entries(child(field, 'headers')).map(([name, header]) => readHeader(name, header)),
    queryParams: entries(child(field, 'queryParams')).map(([name, param]) => readQueryParam(name, param)),
  };
}

function readDestination(field: Field): Destination {
  only(field, 'destination', 'weight');
  const destination = child(field, 'destination');
  if (destination === undefined) throw new Unhandled(field);
  only(destination, 'host', 'port');
  const portField = child(destination, 'port');
  if (portField !== undefined) only(portField, 'number');
  const host = text(child(destination, 'host'));
  const port = number(child(portField, 'number'));
  const weightField = child(field, 'weight');
  const weight = number(weightField);
  if (host === undefined || (portField !== undefined && port === undefined)) throw new Unhandled(destination);
  if (weightField !== undefined && weight === undefined) throw new Unhandled(weightField);
  return { field, host, ...(port ? { port } : {}), ...(weight ? { weight } : {}) };
}

// Istio's admission refuses 0s and less than a millisecond; Kong Mesh takes 0s for no timeout.
function readTimeout(field: Field | undefined): Field<string> | undefined {
  if (field === undefined) return undefined;
  const timeout = text(field);
  if (timeout === undefined || !isDuration(timeout.value)) throw new Unhandled(field);
  return timeout;
}

const catchesAll = ({ path, method, headers, queryParams }: Match): boolean =>
  ((path.type === 'PathPrefix' && path.value === '/') || (path.type === 'RegularExpression' && path.value === '.*')) &&
  method === undefined &&
  headers.length + queryParams.length === 0;

/** What is understood of `spec.http`, up to the first rule that takes every request (routing.md T11); the rest is dead in Istio. */
export interface Http {
  readonly rules: readonly Rule[];
  readonly dead: readonly Field[];
  readonly complete: boolean;
}

/** Reads the rules of a VirtualService; throws `Unhandled` at the first field that it does not understand. */
export function readHttp(spec: Field): Http {
  const rules: Rule[] = [];
  const list = items(child(spec, 'http'));
  for (const [index, field] of list.entries()) {
    only(field, 'name', 'match', 'route', 'timeout');
    const matchField = child(field, 'match');
    const matches = items(matchField).map(readMatch);
    if (matches.length === 0)
      matches.push({ field, path: { type: 'PathPrefix', value: '/' }, headers: [], queryParams: [] });
    const destinations = items(child(field, 'route')).map(readDestination);
    if (destinations.length === 0) throw new Unhandled(field);
    const timeout = readTimeout(child(field, 'timeout'));
    rules.push({ field, matches, destinations, ...(timeout ? { timeout } : {}) });
    if (matches.some(catchesAll)) return { rules, dead: list.slice(index + 1), complete: true };
  }
  return { rules, dead: [], complete: false };
}

/** What decides the order of a match in Kong Mesh. */
export const rankOf = ({ path, method, headers, queryParams }: Match): Rank => ({
  path,
  method: method !== undefined,
  headers: headers.length,
  queryParams: queryParams.length,
});

/** The spec as a field; undefined where the resource has none. */
export const specOf = (root: Field<JsonObject>): Field | undefined => descend(root, 'spec');
