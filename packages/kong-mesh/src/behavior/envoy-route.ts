import {
  compileExpression,
  type Decision,
  type HeaderChanges,
  type HeaderMatch,
  type Predicate,
  type QueryMatch,
  RegularExpressionError,
  type TextMatch,
} from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { UnfollowedPatch } from './json-patch.ts';
import { filledOf, listOf, mapOf, numberOf, textOf } from './value.ts';

/** A route of Envoy that answers by itself. */
export interface AnsweringRoute {
  readonly predicate: Predicate;
  readonly decision: Decision;
}

/** Fails for fields that the model has not: what they do is not known. */
function only(object: JsonObject, where: string, ...keys: readonly string[]): JsonObject {
  const other = Object.keys(object).find((key) => !keys.includes(key));
  if (other !== undefined) throw new UnfollowedPatch(`${where}.${other} is not modelled`);
  return object;
}

function expression(safeRegex: Json | undefined): TextMatch {
  const pattern = filledOf(only(mapOf(safeRegex), 'safeRegex', 'regex', 'googleRe2').regex) ?? '';
  try {
    compileExpression(pattern);
  } catch (error) {
    if (error instanceof RegularExpressionError) throw new UnfollowedPatch(`RE2 refuses ${JSON.stringify(pattern)}`);
    throw error;
  }
  return { kind: 'regex', pattern };
}

function stringMatch(json: Json | undefined): TextMatch {
  const { exact, prefix, safeRegex, ignoreCase } = only(
    mapOf(json),
    'stringMatch',
    'exact',
    'prefix',
    'safeRegex',
    'ignoreCase',
  );
  const inAnyCase = ignoreCase === true ? { ignoreCase: true as const } : {};
  if (typeof exact === 'string') return { kind: 'exact', value: exact, ...inAnyCase };
  if (typeof prefix === 'string') return { kind: 'prefix', value: prefix, ...inAnyCase };
  if (safeRegex !== undefined) return expression(safeRegex);
  throw new UnfollowedPatch('a match of a text is not modelled');
}

function headerMatch(json: Json): HeaderMatch {
  const {
    name,
    stringMatch: text,
    presentMatch,
    invertMatch,
    treatMissingHeaderAsEmpty,
  } = only(mapOf(json), 'headers', 'name', 'stringMatch', 'presentMatch', 'invertMatch', 'treatMissingHeaderAsEmpty');
  if (presentMatch === false) throw new UnfollowedPatch('presentMatch: false is not modelled');
  return {
    name: (filledOf(name) ?? '').toLowerCase(),
    match: text === undefined ? { kind: 'present' } : stringMatch(text),
    ...(invertMatch === true ? { invert: true as const } : {}),
    ...(treatMissingHeaderAsEmpty === true ? { missingIsEmpty: true as const } : {}),
  };
}

function queryMatch(json: Json): QueryMatch {
  const { name, stringMatch: text } = only(mapOf(json), 'queryParameters', 'name', 'stringMatch', 'presentMatch');
  return { name: filledOf(name) ?? '', match: text === undefined ? { kind: 'present' } : stringMatch(text) };
}

function pathMatch({ path, prefix, safeRegex, caseSensitive }: JsonObject): TextMatch {
  const inAnyCase = caseSensitive === false ? { ignoreCase: true as const } : {};
  if (typeof path === 'string') return { kind: 'exact', value: path, ...inAnyCase };
  if (typeof prefix === 'string') return { kind: 'prefix', value: prefix, ...inAnyCase };
  if (safeRegex !== undefined) return expression(safeRegex);
  throw new UnfollowedPatch('the match of the path is not modelled');
}

const pseudoHeaders = { ':method': 'method', ':authority': 'authority', ':scheme': 'scheme' } as const;

/** Conditions on headers, with those on what Envoy keeps under names of headers in their own places. */
function conditionsOn(headers: readonly HeaderMatch[]): Pick<Predicate, 'headers' | 'method' | 'authority' | 'scheme'> {
  const result: { headers: HeaderMatch[]; method?: TextMatch; authority?: TextMatch; scheme?: TextMatch } = {
    headers: [],
  };
  for (const one of headers) {
    const place = pseudoHeaders[one.name as keyof typeof pseudoHeaders] as
      | 'method'
      | 'authority'
      | 'scheme'
      | undefined;
    if (place === undefined) result.headers.push(one);
    else if (one.invert || result[place] !== undefined)
      throw new UnfollowedPatch(`a match of ${one.name} is not modelled`);
    else result[place] = one.match;
  }
  return result;
}

function responseHeaders(written: Json | undefined, removed: Json | undefined): HeaderChanges | undefined {
  const changes: Record<'set' | 'add', (readonly [string, string])[]> = { set: [], add: [] };
  for (const item of listOf(written)) {
    const { header, appendAction } = only(mapOf(item), 'responseHeadersToAdd', 'header', 'appendAction');
    const { key, value } = mapOf(header);
    const pair = [filledOf(key) ?? '', textOf(value) ?? ''] as const;
    if (appendAction === 'OVERWRITE_IF_EXISTS_OR_ADD') changes.set.push(pair);
    else if (appendAction === undefined || appendAction === 'APPEND_IF_EXISTS_OR_ADD') changes.add.push(pair);
    else throw new UnfollowedPatch(`appendAction ${String(appendAction)} is not modelled`);
  }
  const remove = listOf(removed).filter((name) => typeof name === 'string');
  if (remove.length + changes.set.length + changes.add.length === 0) return undefined;
  return { remove, ...changes };
}

/**
 * Reads a route in proto JSON (envoy, config/route/v3/route_components.proto, 1.40) that answers directly; any other has an
 * UnfollowedPatch, as what policies say would have to be said again in it.
 */
export function readAnsweringRoute(json: Json): AnsweringRoute {
  const { match, directResponse, responseHeadersToAdd, responseHeadersToRemove } = only(
    mapOf(json),
    'route',
    'name',
    'match',
    'directResponse',
    'responseHeadersToAdd',
    'responseHeadersToRemove',
  );
  const condition = only(
    mapOf(match),
    'match',
    'path',
    'prefix',
    'safeRegex',
    'caseSensitive',
    'headers',
    'queryParameters',
  );
  const { status, body } = only(mapOf(directResponse), 'directResponse', 'status', 'body');
  const code = numberOf(status);
  if (code === undefined) throw new UnfollowedPatch('a route that does not answer is not modelled');
  const text = textOf(only(mapOf(body), 'body', 'inlineString').inlineString);
  const changes = responseHeaders(responseHeadersToAdd, responseHeadersToRemove);
  return {
    predicate: {
      path: pathMatch(condition),
      ...conditionsOn(listOf(condition.headers).map(headerMatch)),
      queryParameters: listOf(condition.queryParameters).map(queryMatch),
    },
    decision: {
      kind: 'respond',
      status: code,
      ...(text === undefined ? {} : { body: text }),
      ...(changes === undefined ? {} : { responseHeaders: changes }),
    },
  };
}
