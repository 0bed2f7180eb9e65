import type { BodyOf, Operation, ParametersOf, QueryOf, ResponseOf } from '@isthmus/contract';
import { ProblemError, problemFrom, unreachable } from './problem.ts';

type Field<Name extends string, Value> = [Value] extends [undefined]
  ? Readonly<Partial<Record<Name, undefined>>>
  : Readonly<Record<Name, Value>>;

/** What a call of an operation takes: the names in its path, its query and its body, as the contract says. */
export type Request<Key extends Operation> = ([ParametersOf<Key>] extends [never]
  ? { readonly params?: undefined }
  : { readonly params: Readonly<Record<ParametersOf<Key>, string>> }) & {
  readonly query?: QueryOf<Key>;
} & Field<'body', BodyOf<Key>>;

type Arguments<Key extends Operation> =
  Record<never, never> extends Request<Key>
    ? [request?: Request<Key>, signal?: AbortSignal]
    : [request: Request<Key>, signal?: AbortSignal];

/** The address of an operation; names in its path are encoded. */
export function addressOf<Key extends Operation>(
  operation: Key,
  params: Readonly<Record<string, string>> = {},
  query: object = {},
): string {
  const template = operation.slice(operation.indexOf(' ') + 1);
  const path = template.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new TypeError(`${operation} needs ${name}`);
    // Browsers resolve these, encoded or not: the call would reach another operation.
    if (value === '.' || value === '..') throw new TypeError(`${value} cannot be a part of an address`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return `/api/v1${path}${search.size === 0 ? '' : `?${search}`}`;
}

/** Calls an operation of the contract. Rejects with a ProblemError, also where no answer came, and with an AbortError. */
export async function call<Key extends Operation>(
  operation: Key,
  ...[request, signal]: Arguments<Key>
): Promise<ResponseOf<Key>> {
  const { params, query, body } = (request ?? {}) as {
    params?: Record<string, string>;
    query?: object;
    body?: unknown;
  };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(addressOf(operation, params, query), {
      method: operation.slice(0, operation.indexOf(' ')),
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError(unreachable);
  }
  if (!answer.ok) throw new ProblemError(problemFrom(answer.status, text));
  return (text === '' ? undefined : JSON.parse(text)) as ResponseOf<Key>;
}
