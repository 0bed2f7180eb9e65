import type { Forward, HashPolicy, HeaderMatch, RateLimitedBackOff, Retries } from '@isthmus/behavior';
import { formatProtoDuration, type Json, type JsonObject, stringifyJson } from '@isthmus/kubernetes';

const duration = (milliseconds: number): string => formatProtoDuration(BigInt(Math.round(milliseconds * 1_000_000)));

function headerAsEnvoy({ name, match, invert }: HeaderMatch): JsonObject {
  const inverted = invert === undefined ? {} : { invertMatch: true };
  if (match.kind === 'present') return { name, presentMatch: true, ...inverted };
  const text = match.kind === 'regex' ? { safeRegex: { regex: match.pattern } } : { [match.kind]: match.value };
  return { name, stringMatch: text, ...inverted };
}

const rateLimitedAsEnvoy = ({ headers, max }: RateLimitedBackOff): JsonObject => ({
  resetHeaders: headers.map(({ name, format }) => ({
    name,
    ...(format === 'seconds' ? {} : { format: 'UNIX_TIMESTAMP' }),
  })),
  ...(max === undefined ? {} : { maxInterval: duration(max) }),
});

function retriesAsEnvoy(retries: Retries): JsonObject {
  const { attempts, on, statusCodes, perTryTimeout, backOff, methods, previousHosts, hostSelectionAttempts } = retries;
  const { rateLimitedBackOff, responseHeaders } = retries;
  return {
    retryOn: on.join(','),
    numRetries: attempts,
    ...(perTryTimeout === undefined ? {} : { perTryTimeout: duration(perTryTimeout) }),
    ...(backOff === undefined
      ? {}
      : { retryBackOff: { baseInterval: duration(backOff.base), maxInterval: duration(backOff.max) } }),
    ...(rateLimitedBackOff === undefined ? {} : { rateLimitedRetryBackOff: rateLimitedAsEnvoy(rateLimitedBackOff) }),
    ...(responseHeaders === undefined ? {} : { retriableHeaders: responseHeaders.map(headerAsEnvoy) }),
    ...(statusCodes.length === 0 ? {} : { retriableStatusCodes: statusCodes }),
    ...(methods === undefined
      ? {}
      : { retriableRequestHeaders: methods.map((exact) => ({ name: ':method', stringMatch: { exact } })) }),
    ...(previousHosts !== 'omit'
      ? {}
      : {
          retryHostPredicate: [
            {
              name: 'envoy.retry_host_predicates.previous_hosts',
              typedConfig: {
                '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
              },
            },
          ],
        }),
    ...(hostSelectionAttempts === undefined ? {} : { hostSelectionRetryMaxAttempts: String(hostSelectionAttempts) }),
  };
}

function hashAsEnvoy(policy: HashPolicy): JsonObject {
  const terminal = policy.terminal ? { terminal: true } : {};
  switch (policy.kind) {
    case 'header':
      return { header: { headerName: policy.name }, ...terminal };
    case 'cookie':
      return {
        cookie: {
          name: policy.name,
          ...(policy.ttl === undefined ? {} : { ttl: duration(policy.ttl) }),
          ...(policy.path === undefined ? {} : { path: policy.path }),
        },
        ...terminal,
      };
    case 'query':
      return { queryParameter: { name: policy.name }, ...terminal };
    case 'sourceIp':
      return { connectionProperties: { sourceIp: true }, ...terminal };
    case 'filterState':
      return { filterState: { key: policy.key }, ...terminal };
  }
}

/** The settings of a route in Envoy's spelling, as they were recorded. */
export const routeSettings = ({ timeout, idleTimeout, retries, hash }: Forward): JsonObject => ({
  timeout: duration(timeout),
  ...(idleTimeout === undefined ? {} : { idleTimeout: duration(idleTimeout) }),
  ...(retries === undefined ? {} : { retries: retriesAsEnvoy(retries) }),
  ...(hash.length === 0 ? {} : { hashPolicy: hash.map(hashAsEnvoy) }),
});

/** A value as a text that does not depend on the order of keys; a number reads like a text, as proto JSON has both. */
export const canonical = (value: unknown): string =>
  stringifyJson(
    JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'number' ? String(item) : item))) as Json,
    {
      sortKeys: true,
    },
  );
