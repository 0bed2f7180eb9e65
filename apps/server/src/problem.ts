import { STATUS_CODES } from 'node:http';
import type { Problem } from '@isthmus/contract';

/** A refusal that the client is told of, as an RFC 9457 problem document. */
export class Refusal extends Error {
  readonly problem: Problem;
  /** @param more both values of a conflict, or the gate that is shut */
  constructor(
    status: number,
    code: string,
    detail: string,
    more?: { current: unknown; attempted: unknown } | { gate: unknown },
  ) {
    super(detail);
    this.problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, ...more };
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, 'not-found', `${what} does not exist.`);

const codes: Readonly<Record<number, string>> = {
  400: 'invalid-request',
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
};

/** The problem document of any error; what is not meant for the client says nothing about itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Refusal(statusCode, codes[statusCode] ?? 'refused', String(message)).problem;
  return new Refusal(500, 'internal', 'Something went wrong in the server; its log says more.').problem;
}
