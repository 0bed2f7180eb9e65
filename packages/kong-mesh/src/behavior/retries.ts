import type { RateLimitedBackOff, Retries } from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { millisecondsOf } from './duration.ts';
import { headerMatch } from './predicate.ts';
import type { Refuse } from './refusal.ts';
import { canonicalMatch } from './route-rule.ts';
import { filledOf, listOf, mapOf, numberOf, textsOf } from './value.ts';

/** Conditions that hold where a policy names none (kuma, meshretry/plugin/xds/configurer.go). */
const httpDefault = ['gateway-error', 'connect-failure', 'refused-stream'];
const grpcDefault = [
  'cancelled',
  'connect-failure',
  'gateway-error',
  'refused-stream',
  'reset',
  'resource-exhausted',
  'unavailable',
];

/** Envoy's names of the conditions (meshretry/api/v1alpha1/meshretry.go). */
const httpConditions: Readonly<Record<string, string>> = {
  '5xx': '5xx',
  GatewayError: 'gateway-error',
  Reset: 'reset',
  Retriable4xx: 'retriable-4xx',
  ConnectFailure: 'connect-failure',
  EnvoyRatelimited: 'envoy-ratelimited',
  RefusedStream: 'refused-stream',
  Http3PostConnectFailure: 'http3-post-connect-failure',
};
const grpcConditions: Readonly<Record<string, string>> = {
  // With one l, which Envoy does not know (routing.md 3.4).
  Canceled: 'canceled',
  DeadlineExceeded: 'deadline-exceeded',
  Internal: 'internal',
  ResourceExhausted: 'resource-exhausted',
  Unavailable: 'unavailable',
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function backOffOf(conf: JsonObject, protocol: 'http' | 'grpc', refuse: Refuse): Retries['backOff'] {
  if (conf.backOff == null) return undefined;
  const { baseInterval, maxInterval } = mapOf(conf.backOff);
  const base = millisecondsOf(baseInterval) ?? (protocol === 'grpc' ? 25 : 0);
  if (base <= 0) refuse('a back-off of retries needs a base interval');
  // Envoy's own default is ten times the base.
  const max = millisecondsOf(maxInterval) ?? base * 10;
  if (max < base) refuse('the longest back-off of retries is shorter than the base interval');
  return { base, max };
}

function rateLimitedBackOffOf(value: Json | undefined): RateLimitedBackOff | undefined {
  if (value == null) return undefined;
  const { resetHeaders, maxInterval } = mapOf(value);
  const max = millisecondsOf(maxInterval);
  return {
    headers: listOf(resetHeaders).map((item) => {
      const { name, format } = mapOf(item);
      return { name: filledOf(name) ?? '', format: format === 'UnixTimestamp' ? 'unix-timestamp' : 'seconds' };
    }),
    ...(max === undefined ? {} : { max }),
  };
}

/** Sorts the items of `retryOn` into conditions, status codes and methods (`splitRetryOn`). */
function splitRetryOn(items: readonly Json[]): { on: string[]; codes: number[]; methods: string[] } {
  const texts = items.filter((item): item is string => typeof item === 'string');
  const codes = texts.filter((item) => /^\d+$/.test(item)).map(Number);
  const methods = texts.filter((item) => item.startsWith('HttpMethod')).map((item) => item.slice(10).toUpperCase());
  const on = texts.flatMap((item) => httpConditions[item] ?? []);
  return { on, codes, methods };
}

function hostSelectionOf(conf: JsonObject): Partial<Retries> {
  const result: Mutable<Partial<Retries>> = {};
  const omitLabels: Readonly<Record<string, string>>[] = [];
  for (const item of listOf(conf.hostSelection)) {
    const { predicate, tags, updateFrequency } = mapOf(item);
    if (predicate === 'OmitPreviousHosts') result.previousHosts = 'omit';
    if (predicate === 'OmitHostsWithTags') omitLabels.push(textsOf(tags) ?? {});
    if (predicate === 'OmitPreviousPriorities') result.previousPriorities = numberOf(updateFrequency) ?? 2;
  }
  if (omitLabels.length > 0) result.omitLabels = omitLabels;
  const attempts = numberOf(conf.hostSelectionMaxAttempts);
  if (attempts !== undefined && attempts > 0) result.hostSelectionAttempts = attempts;
  return result;
}

const headerMatches = (value: Json | undefined) =>
  (canonicalMatch({ headers: value ?? null }).headers ?? []).map(headerMatch);

function httpExtras(conf: JsonObject): Partial<Retries> {
  const { methods } = splitRetryOn(listOf(conf.retryOn));
  const requestHeaders = headerMatches(conf.retriableRequestHeaders);
  const responseHeaders = headerMatches(conf.retriableResponseHeaders);
  return {
    ...(methods.length === 0 ? {} : { methods }),
    ...(requestHeaders.length === 0 ? {} : { requestHeaders }),
    ...(responseHeaders.length === 0 ? {} : { responseHeaders }),
    ...hostSelectionOf(conf),
  };
}

function conditionsOf(conf: JsonObject, protocol: 'http' | 'grpc'): Pick<Retries, 'on' | 'statusCodes'> {
  const items = listOf(conf.retryOn);
  if (protocol === 'grpc') {
    const on = items.map((item) => grpcConditions[String(item)] ?? '');
    return { on: on.length > 0 ? on : grpcDefault, statusCodes: [] };
  }
  const { on, codes } = splitRetryOn(items);
  // Codes and methods alone leave the default conditions in place.
  const conditions = on.length > 0 ? on : httpDefault;
  return { on: codes.length > 0 ? [...conditions, 'retriable-status-codes'] : conditions, statusCodes: codes };
}

/**
 * The retries that a MeshRetry configuration means for a port (`GetRouteRetryConfig`): only ports of exactly `http` and
 * `grpc` have any. Undefined: it says nothing, which leaves in place what a weaker rule said.
 */
export function retriesOf(conf: JsonObject, protocol: string, refuse: Refuse): Retries | undefined {
  if (protocol !== 'http' && protocol !== 'grpc') return undefined;
  const section = conf[protocol];
  if (section == null) return undefined;
  const settings = mapOf(section);
  const attempts = numberOf(settings.numRetries);
  if (attempts === 0) return undefined;
  const perTryTimeout = millisecondsOf(settings.perTryTimeout);
  if (perTryTimeout !== undefined && perTryTimeout < 0) refuse('the timeout of a try is negative');
  const backOff = backOffOf(settings, protocol, refuse);
  const rateLimitedBackOff = rateLimitedBackOffOf(settings.rateLimitedBackOff);
  return {
    // Envoy's default is one retry.
    attempts: attempts ?? 1,
    ...conditionsOf(settings, protocol),
    ...(perTryTimeout === undefined ? {} : { perTryTimeout }),
    ...(backOff === undefined ? {} : { backOff }),
    ...(rateLimitedBackOff === undefined ? {} : { rateLimitedBackOff }),
    ...(protocol === 'http' ? httpExtras(settings) : {}),
  };
}

/** How often a TCP connection is tried; undefined where no policy says so. */
export const maxConnectAttempts = (conf: JsonObject): number | undefined => numberOf(mapOf(conf.tcp).maxConnectAttempt);
