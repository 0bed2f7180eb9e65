import { compileExpression } from '@isthmus/behavior';
import { type HeaderCondition, type Match, type Path, pathTakes, type QueryCondition } from './match.ts';
import { sampleTexts } from './sample-text.ts';

/** A request that shows a difference. Headers may be sent several times. */
export interface Witness {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly query: readonly (readonly [name: string, value: string])[];
}

const samplesOf = (path: Path): string[] => {
  switch (path.kind) {
    case 'exact':
      return [path.value];
    case 'segment':
      return [path.value, `${path.value}/x`];
    case 'prefix':
      return [path.value, `${path.value}x`];
    case 'regex':
      return sampleTexts(path.pattern);
  }
};

/** Paths that may meet both, the shortest first: each one's own, and one put behind the other. */
function pathsOf(a: Path, b: Path): string[] {
  const [first, second] = [samplesOf(a), samplesOf(b)];
  const both = first.flatMap((one) => second.flatMap((other) => [one + other, other + one, `${one}/${other}`]));
  return [...new Set([...first, ...second, ...both])]
    .map((path) => path.replaceAll(/\/{2,}/g, '/'))
    .filter((path) => path.startsWith('/') && !/[?#\s]/.test(path) && pathTakes(a, path) && pathTakes(b, path))
    .sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
}

function holds({ type, value = '' }: Pick<HeaderCondition, 'type' | 'value'>, sent: readonly string[]): boolean {
  switch (type) {
    case 'Absent':
      return sent.length === 0;
    case 'Present':
      return sent.length > 0;
    case 'Exact':
      return sent.includes(value);
    case 'Prefix':
      return sent.some((one) => one.startsWith(value));
    case 'RegularExpression':
      return sent.some((one) => compileExpression(value).matches(one));
  }
}

const valuesOf = (list: Witness['headers'], name: string): string[] =>
  list.filter(([key]) => key === name).map(([, value]) => value);

/** Whether a match takes a request. */
export const takes = ({ path, method, headers, queryParams }: Match, request: Witness): boolean =>
  (method === undefined || method === request.method) &&
  pathTakes(path, request.path) &&
  headers.every((one) => holds(one, valuesOf(request.headers, one.name))) &&
  queryParams.every((one) => holds(one, valuesOf(request.query, one.name).slice(0, 1)));

/** Values under which all of the conditions on a name hold that ask for one; a condition that holds already asks for none. */
function pairsOf(conditions: readonly (HeaderCondition | QueryCondition)[]): [string, string][] {
  const pairs: [string, string][] = [];
  const bySharpness = conditions.toSorted((a, b) => Number(b.type === 'Exact') - Number(a.type === 'Exact'));
  for (const one of bySharpness) {
    const { name, type, value = '' } = one;
    if (type === 'Absent' || holds(one, valuesOf(pairs, name))) continue;
    const samples = type === 'RegularExpression' ? sampleTexts(value) : [type === 'Present' ? '1' : value];
    pairs.push([name, samples.find((text) => holds(one, [text])) ?? '']);
  }
  return pairs;
}

/** Requests that meet both matches and satisfy `shows`; the shortest of those that were found. */
export function findWitness(a: Match, b: Match, shows: (request: Witness) => boolean): Witness | undefined {
  const headers = pairsOf([...a.headers, ...b.headers]);
  const query = pairsOf([...a.queryParams, ...b.queryParams]);
  const method = a.method ?? b.method ?? 'GET';
  for (const path of pathsOf(a.path, b.path)) {
    const request: Witness = { method, path, headers, query };
    if (takes(a, request) && takes(b, request) && shows(request)) return request;
  }
  return undefined;
}

/** A request in one line: `GET /v1/a?x=1 with x-user: tim`. */
export function witnessInWords({ method, path, headers, query }: Witness): string {
  const search = query.map(([name, value]) => `${name}=${value}`).join('&');
  const sent = headers.map(([name, value]) => `${name}: ${value}`).join(', ');
  return `${method} ${path}${search === '' ? '' : `?${search}`}${sent === '' ? '' : ` with ${sent}`}`;
}
