import { compileExpression } from '@isthmus/behavior';
import type { Field } from '../../field.ts';

/**
 * The paths of a match. `prefix` is one of the text, as Istio has it: `/v1` takes `/v10` too; `segment` one of whole path
 * segments, as Kong Mesh has it (routing.md T13). The prefix `/` takes every path.
 */
export type Path =
  | { readonly kind: 'exact' | 'prefix' | 'segment'; readonly value: string }
  | {
      readonly kind: 'regex';
      readonly pattern: string;
      /** The prefix that it stands for, without regard to case. */
      readonly prefix?: string;
    };

/** A condition on a header, as a MeshHTTPRoute has it; `from`: where it was written. */
export interface HeaderCondition {
  readonly name: string;
  readonly type: 'Exact' | 'Prefix' | 'RegularExpression' | 'Present' | 'Absent';
  readonly value?: string;
  readonly from?: Field;
}

/** A condition on the first value of a query parameter. */
export interface QueryCondition {
  readonly name: string;
  readonly type: 'Exact' | 'RegularExpression';
  readonly value: string;
  readonly from?: Field;
}

/** What a request has to be, all of it: one entry of `matches` of a MeshHTTPRoute, but for the form of the path. */
export interface Match {
  readonly path: Path;
  readonly pathFrom?: readonly Field[];
  readonly method?: string;
  readonly methodFrom?: Field;
  readonly headers: readonly HeaderCondition[];
  readonly queryParams: readonly QueryCondition[];
}

export const everyPath: Path = { kind: 'prefix', value: '/' };
export const everyRequest: Match = { path: everyPath, headers: [], queryParams: [] };

export const isEveryPath = (path: Path): boolean => path.kind === 'prefix' && path.value === '/';

/** A text as a regular expression of RE2 that matches just it. */
export const quote = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/**
 * A text in any case as Istio has it, where only letters of ASCII have two. RE2 folds more (the long s and the sign of Kelvin are
 * an s and a k to it), so that these letters are written out.
 */
export const quoteAnyCase = (text: string): string =>
  `(?i:${quote(text).replace(/[ksKS]|[^\0-\x7f]/gu, (letter) => (letter > '\x7f' ? `(?-i:${letter})` : `(?-i:[${letter.toLowerCase()}${letter.toUpperCase()}])`))})`;

/** The text that every match of an expression begins with, as far as it can be told at a glance. */
function literalStart(pattern: string): { readonly text: string; readonly rest: string } {
  const body = pattern.startsWith('^') ? pattern.slice(1) : pattern;
  let text = '';
  let at = 0;
  while (at < body.length) {
    const escaped = /^\\([^A-Za-z0-9])/.exec(body.slice(at, at + 2));
    const one = escaped?.[1] ?? (/^[^\\.+*?()|[\]{}^$]/u.exec(body.slice(at))?.[0] as string | undefined);
    if (one === undefined) break;
    const next = at + (escaped === null ? one.length : 2);
    // A quantifier belongs to the character in front of it.
    if (/^[*?+{]/.test(body.slice(next))) break;
    text += one;
    at = next;
  }
  // With an alternative nothing is common.
  return body.includes('|') ? { text: '', rest: body } : { text, rest: body.slice(at) };
}

/** An expression in a simpler form where it has one: the whole text, a prefix of the text, every path. */
export function pathOfExpression(pattern: string): Path {
  const { text, rest } = literalStart(pattern);
  if ((rest === '' || rest === '$') && text.startsWith('/')) return { kind: 'exact', value: text };
  if (rest === '.*' || rest === '.*$') {
    if (text === '') return everyPath;
    if (text.startsWith('/')) return { kind: 'prefix', value: text };
  }
  if (text === '/' && /^\.\*\$?$/.test(rest)) return everyPath;
  return { kind: 'regex', pattern };
}

const regexMatches = (pattern: string, text: string): boolean => compileExpression(pattern).matches(text);

/** Whether a path takes one text. */
export function pathTakes(path: Path, text: string): boolean {
  switch (path.kind) {
    case 'exact':
      return path.value === text;
    case 'prefix':
      return text.startsWith(path.value);
    case 'segment':
      return text === path.value || text.startsWith(`${path.value}/`);
    case 'regex':
      return regexMatches(path.pattern, text);
  }
}

const samePath = (a: Path, b: Path): boolean =>
  a.kind === b.kind && (a.kind === 'regex' ? a.pattern === (b as typeof a).pattern : a.value === (b as typeof a).value);

/** Whether a path takes all that another takes; false where that cannot be told. */
function pathCovers(a: Path, b: Path): boolean {
  if (isEveryPath(a) || samePath(a, b)) return true;
  if (b.kind === 'exact') return pathTakes(a, b.value);
  if (b.kind === 'regex') return a.kind === 'prefix' && literalStart(b.pattern).text.startsWith(a.value);
  if (a.kind === 'prefix') return b.value.startsWith(a.value);
  if (a.kind === 'segment') return b.value.startsWith(`${a.value}/`) || (b.kind === 'segment' && b.value === a.value);
  return false;
}

/** The paths that both take: `empty` where there are none, undefined where that cannot be told or written down. */
export function pathIntersection(a: Path, b: Path): Path | 'empty' | undefined {
  if (pathCovers(a, b)) return b;
  if (pathCovers(b, a)) return a;
  if (a.kind === 'exact' || b.kind === 'exact') return 'empty';
  // Prefixes that do not contain one another share nothing.
  if (a.kind !== 'regex' && b.kind !== 'regex') return 'empty';
  const [first, second] = [startOf(a), startOf(b)];
  const isFolded = first.anyCase || second.anyCase;
  // An expression that somebody wrote folds more letters than these, such as the long s.
  if (isFolded && /[^\0-\x7f]/.test(first.text + second.text)) return undefined;
  const fold = (text: string): string => (isFolded ? text.toLowerCase() : text);
  const [one, other] = [fold(first.text), fold(second.text)];
  return one.startsWith(other) || other.startsWith(one) ? undefined : 'empty';
}

// What `ignoreUriCase` becomes (`quoteAnyCase`), with `.*` behind it for a prefix, and padding.
const spelledOut = /\(\?-i:\[?(.)[^)]?\]?\)/gu;
const inAnyCase =
  /^\(\?i:((?:[^\\.+*?()|[\]{}^$]|\\[^A-Za-z0-9]|\(\?-i:(?:\[[kKsS]{2}\]|[^\0-\x7f])\))*)\)(?:\.\*)?(?:\(\?:\))*$/u;

/** What all paths begin with, as far as it can be told at a glance. */
function startOf(path: Path): { readonly text: string; readonly anyCase: boolean } {
  if (path.kind !== 'regex') return { text: path.value, anyCase: false };
  const quoted = inAnyCase.exec(path.pattern)?.[1];
  if (quoted !== undefined) return { text: quoted.replace(spelledOut, '$1').replace(/\\(.)/g, '$1'), anyCase: true };
  return { text: literalStart(path.pattern).text, anyCase: false };
}

/** Whether the first condition on a header or parameter holds wherever the second does; false where that cannot be told. */
function implies(
  stronger: { readonly type: string; readonly value?: string },
  weaker: { readonly type: string; readonly value?: string },
): boolean {
  const [a, b] = [stronger, weaker];
  if (a.type === b.type && a.value === b.value) return true;
  if (a.type === 'Absent' || b.type === 'Absent') return false;
  if (b.type === 'Present' || (b.type === 'RegularExpression' && b.value === '.*')) return true;
  if (b.type === 'Prefix')
    return (a.type === 'Exact' || a.type === 'Prefix') && (a.value ?? '').startsWith(b.value ?? '');
  return b.type === 'RegularExpression' && a.type === 'Exact' && regexMatches(b.value ?? '', a.value ?? '');
}

type Named = { readonly name: string; readonly type: string; readonly value?: string };

/** Whether two conditions on one text never hold together, as far as can be told. */
function excludes(a: Named, b: Named): boolean {
  if (a.type === 'Absent' || b.type === 'Absent') return a.type !== b.type;
  const [exact, other] = a.type === 'Exact' ? [a, b] : [b, a];
  if (exact.type === 'Exact') return !implies(exact, other);
  return (
    a.type === 'Prefix' &&
    b.type === 'Prefix' &&
    !(a.value ?? '').startsWith(b.value ?? '') &&
    !(b.value ?? '').startsWith(a.value ?? '')
  );
}

function joined<T extends Named>(
  first: readonly T[],
  second: readonly T[],
  excluded: (a: T, b: T) => void,
): T[] | 'empty' | undefined {
  const result = new Map(first.map((one) => [one.name, one]));
  for (const one of second) {
    const known = result.get(one.name);
    if (known === undefined || implies(one, known)) result.set(one.name, one);
    else if (excludes(known, one)) {
      excluded(known, one);
      return 'empty';
    } else if (!implies(known, one)) return undefined;
  }
  return [...result.values()];
}

/**
 * Requests that meet both matches: `empty` where there are none, undefined where they cannot be written as one match.
 * @param repeated called where only a header that is sent several times, with different values, could meet both
 */
export function intersection(
  a: Match,
  b: Match,
  repeated: (a: HeaderCondition, b: HeaderCondition) => void = () => undefined,
): Match | 'empty' | undefined {
  if (a.method !== undefined && b.method !== undefined && a.method !== b.method) return 'empty';
  const path = pathIntersection(a.path, b.path);
  const headers = joined(a.headers, b.headers, (one, other) => {
    if (one.type !== 'Absent' && other.type !== 'Absent') repeated(one, other);
  });
  const queryParams = joined(a.queryParams, b.queryParams, () => undefined);
  if (path === 'empty' || headers === 'empty' || queryParams === 'empty') return 'empty';
  if (path === undefined || headers === undefined || queryParams === undefined) return undefined;
  const withMethod = a.method === undefined ? b : a;
  const pathFrom = [...new Set([...(a.pathFrom ?? []), ...(b.pathFrom ?? [])])];
  return {
    path,
    headers,
    queryParams,
    ...(pathFrom.length === 0 ? {} : { pathFrom }),
    ...(withMethod.method === undefined ? {} : { method: withMethod.method }),
    ...(withMethod.methodFrom === undefined ? {} : { methodFrom: withMethod.methodFrom }),
  };
}

/** Whether each of some conditions is one that others imply. */
const allImplied = (list: readonly Named[], others: readonly Named[]): boolean =>
  list.length === 0 || list.every((one) => others.some((other) => other.name === one.name && implies(other, one)));

/** Whether a match takes every request that another takes; false where that cannot be told. */
export const covers = (a: Match, b: Match): boolean =>
  (a.method === undefined || a.method === b.method) &&
  pathCovers(a.path, b.path) &&
  allImplied(a.headers, b.headers) &&
  allImplied(a.queryParams, b.queryParams);

/** Whether conditions can hold together with others, where a text may be repeated with several values. */
const meet = (list: readonly Named[], others: readonly Named[], repeated: boolean): boolean =>
  list.length === 0 ||
  list.every((one) =>
    others.every(
      (other) =>
        other.name !== one.name ||
        !excludes(one, other) ||
        (repeated && one.type !== 'Absent' && other.type !== 'Absent'),
    ),
  );

/**
 * Whether a request can meet both matches; true where that cannot be told. A header may be repeated with several values, each
 * of which is compared by itself, so that two values of one header do not exclude each other.
 */
export function overlap(a: Match, b: Match): boolean {
  if (a.method !== undefined && b.method !== undefined && a.method !== b.method) return false;
  if (pathIntersection(a.path, b.path) === 'empty') return false;
  return meet(a.headers, b.headers, true) && meet(a.queryParams, b.queryParams, false);
}
