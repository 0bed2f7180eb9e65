import type { Problem } from '@isthmus/contract';

/** An answer other than 2xx as an error; `problem.code` says which one it is. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export const isProblem = (error: unknown, code?: string): error is ProblemError =>
  error instanceof ProblemError && (code === undefined || error.problem.code === code);

/** The problem document of an answer, or one made from its status where it carries none (a proxy's page, say). */
export function problemFrom(status: number, text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed && 'detail' in parsed)
      return parsed as Problem;
  } catch {
    // Not JSON: described below.
  }
  return {
    type: 'about:blank',
    title: `HTTP ${status}`,
    status,
    detail: `The server answered ${status} without saying why. A proxy between may have answered in its place.`,
    code: `http-${status}`,
  };
}

/** Of a request that brought no answer at all. */
export const unreachable: Problem = {
  type: 'about:blank',
  title: 'No answer',
  status: 0,
  detail: 'The server does not answer. What was saved before is safe; start the server again and retry.',
  code: 'unreachable',
};
