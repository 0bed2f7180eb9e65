import { compileExpression, type Predicate, type TextMatch, textMatches } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import type { CompiledRoute, EffectiveMatch } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import { loseRoutes } from './account.ts';
import {
  everyPath,
  everyRequest,
  type HeaderCondition,
  type Match,
  type Path,
  pathOfExpression,
  type QueryCondition,
  quote,
  quoteAnyCase,
} from './match.ts';

/** What a route of Istio asks of a request, in the terms of a MeshHTTPRoute. */
export interface Conditions {
  /** Any of these; none: no request meets it. */
  readonly matches: readonly Match[];
  /** But none of these (`withoutHeaders`). */
  readonly except: readonly Match[];
  /** A condition that Kong Mesh cannot express is missing: the matches take more than Istio does. */
  readonly isWider: boolean;
}

const methods = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'] as const;
const isMethod = (text: string): boolean => (methods as readonly string[]).includes(text);
// The pattern of header names in Kong Mesh's schema, which has neither capitals nor pseudo headers.
const headerName = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/;

const never: Conditions = { matches: [], except: [], isWider: false };
const always: Conditions = { matches: [everyRequest], except: [], isWider: false };

function pathOf(match: TextMatch | undefined): Path | undefined {
  if (match === undefined || match.kind === 'present') return everyPath;
  if (match.kind === 'regex') return pathOfExpression(match.pattern);
  const { kind, value, ignoreCase } = match;
  if (kind === 'prefix' && (value === '' || value === '/')) return everyPath;
  // A path begins with a slash (routing.md T15, T88).
  if (!value.startsWith('/')) return undefined;
  if (ignoreCase && value.toLowerCase() !== value.toUpperCase())
    return kind === 'prefix'
      ? { kind: 'regex', pattern: `${quoteAnyCase(value)}.*`, prefix: value }
      : { kind: 'regex', pattern: quoteAnyCase(value) };
  return { kind, value };
}

/** The methods that meet a condition; undefined: any. */
function methodsOf(
  context: Context,
  match: TextMatch | undefined,
  field: Field | undefined,
): readonly string[] | undefined {
  if (match === undefined || match.kind === 'present' || (match.kind === 'regex' && match.pattern === '.*'))
    return undefined;
  const found = methods.filter((method) => textMatches(match, method));
  const alternatives = match.kind === 'regex' ? match.pattern.replace(/^\^?\(?|\)?\$?$/g, '').split('|') : [];
  const isListed =
    match.kind === 'exact' ? isMethod(match.value) : alternatives.length > 0 && alternatives.every(isMethod);
  if (!isListed && field !== undefined)
    context.approximate(field, undefined, codes.virtualService.methods, {
      condition: match.kind === 'regex' ? match.pattern : match.value,
      methods: found.join(', ') || 'none',
    });
  return found;
}

/** Whether a condition on a text that has one of several values holds for all of them, for none, or for some. */
function holds(match: TextMatch, values: readonly string[]): 'always' | 'never' | 'sometimes' {
  const found = values.filter((value) => textMatches(match, value)).length;
  return found === 0 ? 'never' : found === values.length ? 'always' : 'sometimes';
}

function headerCondition(name: string, match: TextMatch, from: Field | undefined): HeaderCondition {
  const origin = from === undefined ? {} : { from };
  switch (match.kind) {
    case 'present':
      return { name, type: 'Present', ...origin };
    case 'exact':
      return { name, type: 'Exact', value: match.value, ...origin };
    case 'prefix':
      return match.value === ''
        ? { name, type: 'Present', ...origin }
        : { name, type: 'Prefix', value: match.value, ...origin };
    case 'regex':
      return match.pattern === '.*'
        ? { name, type: 'Present', ...origin }
        : { name, type: 'RegularExpression', value: match.pattern, ...origin };
  }
}

function queryCondition(name: string, match: TextMatch, from: Field | undefined): QueryCondition {
  const origin = from === undefined ? {} : { from };
  switch (match.kind) {
    case 'present':
      return { name, type: 'RegularExpression', value: '.*', ...origin };
    case 'exact':
      return { name, type: 'Exact', value: match.value, ...origin };
    case 'prefix':
      return { name, type: 'RegularExpression', value: `${quote(match.value)}.*`, ...origin };
    case 'regex':
      return { name, type: 'RegularExpression', value: match.pattern, ...origin };
  }
}

function fieldOf(fields: Readonly<Record<string, Field>>, name: string): Field | undefined {
  for (const written in fields) if (written.toLowerCase() === name) return fields[written];
  return undefined;
}

/** Where a condition on a part of the request was written: as such, or as one on a header that stands for it. */
const partField = (
  { text, named }: EffectiveMatch,
  part: 'method' | 'authority' | 'scheme',
  ...headers: readonly string[]
): Field | undefined =>
  text[part] ?? headers.map((name) => fieldOf(named.headers, name)).find((one) => one !== undefined);

/** How clients call a service: few rules ask for it. */
export interface Authorities {
  /** Its names: what decides about a condition on the authority. */
  readonly names: () => readonly string[];
  /** Its addresses and other spellings, which are seldom sent. */
  readonly others: () => readonly string[];
}

interface Pseudo {
  readonly authorities: Authorities;
}

/** What a header that stands for a part of the request says; undefined for a header of its own. */
function pseudoHeader(
  name: string,
  match: TextMatch,
  { authorities }: Pseudo,
): 'always' | 'never' | 'sometimes' | undefined {
  if (name === ':authority' || name === 'host') return holds(match, authorities.names());
  if (name === ':scheme') return holds(match, ['http']);
  if (name === ':path' || name === ':method') return 'sometimes';
  // Sidecars do not set the metadata that conditions on token claims look at (routing.md 3.2).
  return name.startsWith('@request.auth.claims') ? 'never' : undefined;
}

/**
 * Reads what a route of Istio asks of a request. Each condition that Kong Mesh cannot express is reported as a blocker.
 * @param authorities how the clients call the service: for a sidecar's Host this is known
 */
export function readConditions(context: Context, compiled: CompiledRoute, authorities: Authorities): Conditions {
  const { match } = compiled;
  const { predicate } = compiled.route;
  if (match === undefined) return always;
  const path = pathOf(predicate.path);
  if (path === undefined) return never;
  let isWider = false;
  const forwarded: HeaderCondition[] = [];
  const lose = (field: Field | undefined, condition: string): void => {
    isWider = true;
    context.unsupported(field ?? (match.fields[0] as Field), codes.virtualService.condition, { condition });
  };
  if (predicate.authority !== undefined) {
    const field = partField(match, 'authority', ':authority', 'host');
    const answer = holds(predicate.authority, authorities.names());
    const others = authorities.others();
    if (field !== undefined && answer !== 'sometimes' && holds(predicate.authority, others) !== answer)
      context.approximate(field, undefined, codes.virtualService.authority, {
        effect: answer,
        others: others.join(', '),
      });
    if (answer === 'never') return never;
    if (answer === 'sometimes') lose(field, 'authority');
  }
  if (predicate.scheme !== undefined) {
    const field = partField(match, 'scheme', ':scheme');
    const isNever = holds(predicate.scheme, ['http']) === 'never';
    // What a client says in x-forwarded-proto counts as the scheme, which Kong Mesh cannot look at as such.
    if (field !== undefined)
      context.approximate(field, undefined, codes.virtualService.scheme, {
        effect: isNever ? 'only with that header' : 'always',
      });
    if (isNever && !textMatches(predicate.scheme, 'https')) return never;
    if (isNever)
      forwarded.push({ name: 'x-forwarded-proto', type: 'Exact', value: 'https', ...(field && { from: field }) });
  }
  const read = readHeaders(predicate, match, { authorities }, lose);
  if (read === undefined) return never;
  const queryParams = predicate.queryParameters.map(({ name, match: condition }) =>
    queryCondition(name, condition, match.named.queryParams[name]),
  );
  const { uri } = match.text;
  const base: Match = {
    path,
    headers: forwarded.length === 0 ? read.headers : [...forwarded, ...read.headers],
    queryParams,
    ...(uri && { pathFrom: match.ignoreUriCase === undefined ? [uri] : [uri, match.ignoreUriCase] }),
  };
  const methodFrom = predicate.method === undefined ? undefined : partField(match, 'method', ':method');
  const found = methodsOf(context, predicate.method, methodFrom);
  // Kong Mesh knows no such method, so that later rules get its requests.
  if (found?.length === 0 && methodFrom !== undefined)
    loseRoutes(
      context,
      new Map([[compiled, codes.virtualService.methods]]),
      compiled.rule.matches.length > 1 ? [compiled] : [],
    );
  const matches: Match[] =
    found === undefined
      ? [base]
      : found.map((method) => ({
          ...base,
          method,
          ...(methodFrom === undefined ? {} : { methodFrom }),
        }));
  return { matches, except: read.except, isWider };
}

/** The conditions on headers; undefined where they never hold. */
function readHeaders(
  predicate: Predicate,
  match: EffectiveMatch,
  pseudo: Pseudo,
  lose: (field: Field | undefined, condition: string) => void,
): { headers: HeaderCondition[]; except: Match[] } | undefined {
  const headers: HeaderCondition[] = [];
  const except: Match[] = [];
  const without = (condition: HeaderCondition): void => void except.push({ ...everyRequest, headers: [condition] });
  for (const { name, match: condition, invert, missingIsEmpty } of predicate.headers) {
    const field = fieldOf(invert ? match.named.withoutHeaders : match.named.headers, name);
    const known = pseudoHeader(name, condition, pseudo);
    if (known === 'sometimes') {
      lose(field, name);
      continue;
    }
    if (known !== undefined) {
      if ((known === 'always') === (invert === true)) return undefined;
      continue;
    }
    if (!headerName.test(name)) {
      lose(field, name);
      continue;
    }
    const own = headerCondition(name, condition, field);
    if (!invert) {
      const same = headers.find((one) => one.name === name);
      if (same === undefined) headers.push(own);
      else lose(field, name);
    } else if (own.type === 'Present') {
      // What any text meets an absent header meets too, as it counts as empty: nothing is left (routing.md 5.1 E).
      if (condition.kind !== 'present' && missingIsEmpty) return undefined;
      // One condition on a header is read, a second one ignored (routing.md T36): both together never hold.
      if (headers.some((one) => one.name === name)) return undefined;
      headers.push({ name, type: 'Absent', ...(field === undefined ? {} : { from: field }) });
    } else {
      without(own);
      // A missing header counts as an empty one (routing.md T37).
      if (
        missingIsEmpty &&
        (own.type === 'RegularExpression' ? compileExpression(own.value ?? '').matches('') : own.value === '')
      )
        without({ name, type: 'Absent', ...(field === undefined ? {} : { from: field }) });
    }
  }
  return { headers, except };
}
