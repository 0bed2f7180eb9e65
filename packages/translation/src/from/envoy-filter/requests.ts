import { descend, type Field, number, text } from '../../field.ts';
import { grpcConditions, httpConditions } from '../virtual-service/retries.ts';
import type { Counterpart } from './counterpart.ts';
import { duration } from './durations.ts';
import { type Patch, part, partNames } from './patch.ts';

/** A share of Envoy's in percent; undefined where it is none that a policy can say. */
function percentOf(share: Field | undefined): string | number | undefined {
  const numerator = number(part(share, 'numerator'))?.value;
  const denominator = text(part(share, 'denominator'))?.value ?? 'HUNDRED';
  const parts = { HUNDRED: 1, TEN_THOUSAND: 100, MILLION: 10_000 }[denominator];
  if (numerator === undefined || parts === undefined) return undefined;
  const percent = numerator / parts;
  return Number.isInteger(percent) ? percent : String(percent);
}

/** A filter that injects faults into what comes in (edge.md 3.9); undefined where a MeshFaultInjection cannot say it. */
export function faultsOf({ applyTo, operation, name, config, sides }: Patch): Counterpart | undefined {
  if (applyTo !== 'HTTP_FILTER' || !operation.startsWith('INSERT') || name !== 'envoy.filters.http.fault')
    return undefined;
  if (sides.join() !== 'inbound' || config === undefined) return undefined;
  const conf: Record<string, unknown> = {};
  for (const fault of partNames(config)) {
    const at = part(config, fault) as Field;
    const known = { abort: 'http_status', delay: 'fixed_delay' }[fault];
    const percentage = percentOf(part(at, 'percentage'));
    if (known === undefined || percentage === undefined) return undefined;
    if (partNames(at).some((one) => one !== known && one !== 'percentage')) return undefined;
    const status = number(part(at, 'http_status'))?.value;
    const value = duration(part(at, 'fixed_delay'));
    if (fault === 'abort' && status !== undefined) conf.abort = { httpStatus: status, percentage };
    else if (fault === 'delay' && value !== undefined) conf.delay = { value, percentage };
    else return undefined;
  }
  return Object.keys(conf).length === 0
    ? undefined
    : {
        kind: 'MeshFaultInjection',
        side: 'inbound',
        conf: { http: [conf] },
        from: config,
        difference: 'the same faults',
      };
}

/** A patch of routes that changes when requests are tried again, and nothing else; undefined where a MeshRetry cannot say it. */
export function retriesOf({ applyTo, operation, value, match, sides }: Patch): Counterpart | undefined {
  if (applyTo !== 'HTTP_ROUTE' || operation !== 'MERGE' || sides.join() !== 'outbound') return undefined;
  if (descend(match, 'routeConfiguration') !== undefined) return undefined;
  const route = part(value, 'route');
  const policy = part(route, 'retry_policy');
  if (policy === undefined || partNames(value).join() !== 'route' || partNames(route).join() !== 'retry_policy')
    return undefined;
  const http: Record<string, unknown> = {};
  const grpc: Record<string, unknown> = {};
  for (const name of partNames(policy)) {
    const at = part(policy, name) as Field;
    if (name === 'num_retries' || name === 'per_try_timeout') {
      const [key, value] =
        name === 'num_retries'
          ? (['numRetries', number(at)?.value] as const)
          : (['perTryTimeout', duration(at)] as const);
      if (value === undefined) return undefined;
      http[key] = value;
      grpc[key] = value;
    } else if (name === 'retry_on') {
      const tokens =
        text(at)
          ?.value.split(',')
          .map((one) => one.trim()) ?? [];
      const known = tokens.every((one) => httpConditions[one] !== undefined || grpcConditions[one] !== undefined);
      if (tokens.length === 0 || !known) return undefined;
      const [ofHttp, ofGrpc] = [httpConditions, grpcConditions].map((names) =>
        tokens.flatMap((one) => names[one] ?? []),
      );
      // Without any the default conditions would stand; this one is never true.
      http.retryOn = ofHttp?.length === 0 ? ['Http3PostConnectFailure'] : ofHttp;
      if (ofGrpc?.length !== 0) grpc.retryOn = ofGrpc;
    } else return undefined;
  }
  return Object.keys(http).length === 0
    ? undefined
    : {
        kind: 'MeshRetry',
        side: 'outbound',
        conf: { http, ...(Object.keys(grpc).length === 0 ? {} : { grpc }) },
        from: policy,
        difference:
          'it counts before policies of single services, as the patch does in Istio; services of gRPC are tried again by their own conditions',
      };
}
