import type { Retries } from '@isthmus/behavior';
import { child, type Field, number, text } from '@isthmus/kubernetes';
import { given } from '../effective/fields.ts';
import { milliseconds } from './duration.ts';

const defaultOn = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'];

// The codes that Go's http.StatusText knows (net/http/status.go, 1.24).
const knownStatus: ReadonlySet<number> = new Set([
  ...[100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226],
  ...[300, 301, 302, 303, 304, 305, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418],
  ...[421, 422, 423, 424, 425, 426, 428, 429, 431, 451],
  ...[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511],
]);

/** Tokens and status codes of `retryOn`; codes alone bring the token that makes them count. */
function parseRetryOn(retryOn: string): Pick<Retries, 'on' | 'statusCodes'> {
  const on: string[] = [];
  const statusCodes: number[] = [];
  for (const token of retryOn.split(',')) {
    const part = token.trim();
    if (part === '') continue;
    if (/^[+-]?\d+$/.test(part) && knownStatus.has(Number(part))) statusCodes.push(Number(part));
    else on.push(part);
  }
  // As a substring: retry.go looks for it in the joined text.
  const implied = statusCodes.length > 0 && !on.join(',').includes('retriable-status-codes');
  return { on: implied ? [...on, 'retriable-status-codes'] : on, statusCodes };
}

const usual = (previousHosts: 'use' | 'omit'): Retries => ({
  attempts: 2,
  on: defaultOn,
  statusCodes: [],
  // Envoy's back-off where none is set: 25 ms, at most ten times that.
  backOff: { base: 25, max: 250 },
  previousHosts,
  hostSelectionAttempts: 5,
});
const usualHashed = usual('use');
const usualUnhashed = usual('omit');

/**
 * The retries of a policy, or Istio's own where there is none; undefined where they are off
 * (istio/pilot/pkg/networking/core/route/retry/retry.go ConvertPolicy, 1.32).
 * @param hashed whether a hash decides about the endpoint, so that a retry may go to the same one again
 */
export function retriesOf(policy: Field | undefined, hashed: boolean): Retries | undefined {
  const own = hashed ? usualHashed : usualUnhashed;
  if (policy === undefined) return own;
  const attempts = number(given(policy, 'attempts'))?.value ?? 0;
  if (attempts <= 0) return undefined;
  const retryOn = text(child(policy, 'retryOn'))?.value;
  const perTryTimeout = milliseconds(child(policy, 'perTryTimeout'));
  const base = milliseconds(child(policy, 'backoff'));
  const ignorePrevious = given<boolean>(policy, 'retryIgnorePreviousHosts');
  const retries: { -readonly [Key in keyof Retries]: Retries[Key] } = { ...own, attempts };
  if (retryOn) {
    const { on, statusCodes } = parseRetryOn(retryOn);
    retries.on = on;
    retries.statusCodes = statusCodes;
  }
  if (perTryTimeout !== undefined) retries.perTryTimeout = perTryTimeout;
  if (base !== undefined) retries.backOff = { base, max: base * 10 };
  if (ignorePrevious !== undefined) retries.previousHosts = ignorePrevious.value ? 'omit' : 'use';
  if (child(policy, 'retryRemoteLocalities')?.value === true) retries.previousPriorities = 2;
  return retries;
}
