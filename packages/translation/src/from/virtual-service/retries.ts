import type { Retries } from '@isthmus/behavior';
import { durationText } from './durations.ts';

/** Envoy's conditions as Kong Mesh names them for HTTP (routing.md 3.4). */
export const httpConditions: Readonly<Record<string, string>> = {
  '5xx': '5xx',
  'gateway-error': 'GatewayError',
  reset: 'Reset',
  'connect-failure': 'ConnectFailure',
  'envoy-ratelimited': 'EnvoyRatelimited',
  'retriable-4xx': 'Retriable4xx',
  'refused-stream': 'RefusedStream',
  'http3-post-connect-failure': 'Http3PostConnectFailure',
};
/** `cancelled` is missing: Kong Mesh writes it in a way that Envoy does not know. */
export const grpcConditions: Readonly<Record<string, string>> = {
  'deadline-exceeded': 'DeadlineExceeded',
  internal: 'Internal',
  'resource-exhausted': 'ResourceExhausted',
  unavailable: 'Unavailable',
};
/** Conditions on the status of gRPC, which plain HTTP does not have, and the one that comes with status codes. */
const silent: ReadonlySet<string> = new Set([
  'cancelled',
  ...Object.keys(grpcConditions),
  'retriable-status-codes',
  'retriable-headers',
]);

/** A section of a MeshRetry, with the conditions that it cannot say. */
export interface RetrySection {
  readonly section: Readonly<Record<string, unknown>>;
  readonly lost: readonly string[];
}

const backOffOf = ({ backOff = { base: 25, max: 250 } }: Retries) => ({
  baseInterval: durationText(backOff.base),
  maxInterval: durationText(backOff.max),
});

// Everything is written out, as what is absent is taken from the policies of the whole mesh (routing.md T66).
function httpSection(retries: Retries): RetrySection {
  const { attempts, on, statusCodes, perTryTimeout = 0, previousHosts, previousPriorities } = retries;
  const conditions: string[] = [];
  const lost: string[] = [];
  for (const one of on) {
    const named = httpConditions[one];
    if (named !== undefined) conditions.push(named);
    else if (!silent.has(one)) lost.push(one);
  }
  // Codes alone leave Kong Mesh's own conditions in place (routing.md 3.4). This one is never true: no sidecar is spoken to in HTTP/3.
  const stated = conditions.length > 0 ? conditions : ['Http3PostConnectFailure'];
  return {
    section: {
      numRetries: attempts,
      perTryTimeout: durationText(perTryTimeout),
      backOff: backOffOf(retries),
      retryOn: [...stated, ...statusCodes.map(String)],
      hostSelection: [
        ...(previousHosts === 'omit' ? [{ predicate: 'OmitPreviousHosts' }] : []),
        ...(previousPriorities === undefined
          ? []
          : [{ predicate: 'OmitPreviousPriorities', updateFrequency: previousPriorities }]),
      ],
      hostSelectionMaxAttempts: retries.hostSelectionAttempts ?? 5,
    },
    lost,
  };
}

function grpcSection(retries: Retries): RetrySection {
  const { attempts, on, perTryTimeout = 0, statusCodes } = retries;
  const conditions: string[] = [];
  const others: string[] = [];
  for (const one of on) {
    const named = grpcConditions[one];
    if (named !== undefined) conditions.push(named);
    else if (one !== 'retriable-status-codes' && one !== 'retriable-headers') others.push(one);
  }
  for (const code of statusCodes) others.push(String(code));
  return {
    section: {
      numRetries: attempts,
      perTryTimeout: durationText(perTryTimeout),
      backOff: backOffOf(retries),
      // With other conditions beside those of gRPC: Kong Mesh's own list, which has more of them than Istio's (routing.md T70).
      ...(others.length === 0 && conditions.length > 0 ? { retryOn: conditions } : {}),
    },
    lost: others,
  };
}

/** The section of a MeshRetry for a port's protocol; undefined where Kong Mesh retries nothing there (routing.md T69). */
export function retrySection(retries: Retries | undefined, protocol: string): RetrySection | undefined {
  if (protocol !== 'http' && protocol !== 'grpc') return undefined;
  if (retries === undefined) return { section: { numRetries: 0 }, lost: [] };
  return protocol === 'http' ? httpSection(retries) : grpcSection(retries);
}
