import { checkPositiveDuration, type Integer } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import type { Sections } from '../common/sections.ts';
import { checkTargetRef, checkTopTargetRef } from '../common/target-ref.ts';

interface BackOff {
  readonly baseInterval?: string;
  readonly maxInterval?: string;
}

interface RateLimitedBackOff {
  readonly resetHeaders?: readonly { readonly name: string }[];
  readonly maxInterval?: string;
}

interface Predicate {
  readonly predicate: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly updateFrequency: Integer;
}

interface Grpc {
  readonly numRetries?: Integer;
  readonly perTryTimeout?: string;
  readonly backOff?: BackOff;
  readonly rateLimitedBackOff?: RateLimitedBackOff;
  readonly retryOn?: readonly string[];
}

interface Http extends Grpc {
  readonly retriableRequestHeaders?: readonly unknown[];
  readonly retriableResponseHeaders?: readonly unknown[];
  readonly hostSelection?: readonly Predicate[];
}

interface Conf {
  readonly tcp?: { readonly maxConnectAttempt?: Integer };
  readonly http?: Http;
  readonly grpc?: Grpc;
}

const httpConditions = new Set([
  '5xx',
  'GatewayError',
  'Reset',
  'Retriable4xx',
  'ConnectFailure',
  'EnvoyRatelimited',
  'RefusedStream',
  'Http3PostConnectFailure',
  ...['Connect', 'Delete', 'Get', 'Head', 'Options', 'Patch', 'Post', 'Put', 'Trace'].map(
    (name) => `HttpMethod${name}`,
  ),
]);
const grpcConditions = new Set(['Canceled', 'DeadlineExceeded', 'Internal', 'ResourceExhausted', 'Unavailable']);

/** Status codes that Go's `net/http` has a text for. */
const isStatusCode = (code: number): boolean =>
  (code >= 100 && code <= 103) ||
  (code >= 200 && code <= 208) ||
  code === 226 ||
  (code >= 300 && code <= 308 && code !== 306) ||
  (code >= 400 && code <= 418) ||
  (code >= 421 && code <= 429 && code !== 427) ||
  code === 431 ||
  code === 451 ||
  (code >= 500 && code <= 511 && code !== 509);

// Go's strconv.Atoi: a sign and leading zeros are taken.
const isHttpCondition = (text: string): boolean =>
  httpConditions.has(text) || (/^[+-]?\d{1,18}$/.test(text) && isStatusCode(Number(text)));

/** Where Kuma says a field of `default` is, and where it is. */
interface Spot {
  readonly path: string;
  readonly at: string;
}

const under = ({ path, at }: Spot, field: string): Spot => ({ path: `${path}${field}`, at: `${at}${field}` });

function checkBackOffs(
  { backOff, rateLimitedBackOff }: Grpc,
  spot: Spot,
  refuse: (spot: Spot, message: string) => void,
  report: Report,
): void {
  if (backOff !== undefined && backOff.baseInterval === undefined && backOff.maxInterval === undefined)
    refuse(under(spot, '.backOff'), 'it must have a baseInterval or a maxInterval');
  if (rateLimitedBackOff === undefined) return;
  const { maxInterval, resetHeaders } = rateLimitedBackOff;
  const limited = under(spot, '.rateLimitedBackOff');
  checkPositiveDuration(maxInterval, `${limited.path}.maxInterval`, report, `${limited.at}.maxInterval`);
  if (resetHeaders === undefined) refuse(under(limited, '.resetHeaders'), 'it must be set');
  for (const [index, { name }] of (resetHeaders ?? []).entries())
    if (name === '') refuse(under(limited, `.resetHeaders[${index}].name`), 'it must not be empty');
}

function checkHostSelection(
  predicates: readonly Predicate[],
  spot: Spot,
  refuse: (spot: Spot, message: string) => void,
): void {
  let priorities = false;
  for (const [index, { predicate, tags, updateFrequency }] of predicates.entries()) {
    const item = under(spot, `[${index}]`);
    if (predicate === 'OmitHostsWithTags' && tags === undefined) refuse(under(item, '.tags'), 'it must be set');
    if (predicate !== 'OmitPreviousPriorities') continue;
    if (priorities) refuse(under(item, '.predicate'), 'OmitPreviousPriorities must stand only once');
    if (updateFrequency <= 0) refuse(under(item, '.updateFrequency'), 'it must be above 0');
    priorities = true;
  }
}

// Kuma places what it finds under `default.conf`, which no MeshRetry has.
function checkConf({ tcp, http, grpc }: Conf, default_: string, { report }: Validation): void {
  const refuse = ({ path, at }: Spot, message: string): void => report(path, message, at);
  const conf: Spot = { path: `${default_}.conf`, at: default_ };
  if (tcp === undefined && http === undefined && grpc === undefined) refuse(conf, 'it must have tcp, http or grpc');
  if (tcp !== undefined) {
    if (tcp.maxConnectAttempt === undefined) refuse(under(conf, '.tcp'), 'it must have maxConnectAttempt');
    else if (tcp.maxConnectAttempt <= 0) refuse(under(conf, '.tcp.maxConnectAttempt'), 'it must be above 0');
  }
  if (http !== undefined) {
    const spot = under(conf, '.http');
    const { hostSelectionMaxAttempts: _, ...relevant } = http as Http & { readonly hostSelectionMaxAttempts?: Integer };
    if (Object.keys(relevant).length === 0) refuse(spot, 'it must have a field besides hostSelectionMaxAttempts');
    checkBackOffs(http, spot, refuse, report);
    for (const [index, item] of (http.retryOn ?? []).entries())
      if (!isHttpCondition(item))
        refuse(under(spot, `.retryOn[${index}]`), `${item} is neither a condition nor a status code`);
    checkHostSelection(http.hostSelection ?? [], under(spot, '.hostSelection'), refuse);
  }
  if (grpc !== undefined) {
    const spot = under(conf, '.grpc');
    if (Object.keys(grpc).length === 0) refuse(spot, 'it must not be empty');
    checkBackOffs(grpc, spot, refuse, report);
    for (const [index, item] of (grpc.retryOn ?? []).entries())
      if (!grpcConditions.has(item)) refuse(under(spot, `.retryOn[${index}]`), `${item} is no condition`);
  }
}

/** kuma, pkg/plugins/policies/meshretry/api/v1alpha1/validator.go; routing.md 2.8. */
function validate({ targetRef, to = [] }: Sections<Conf>, validation: Validation): void {
  const system = ['MeshGateway', 'MeshHTTPRoute'];
  checkTopTargetRef(targetRef, { system, listenerTags: true }, validation);
  if (validation.version === '2.13' && to.length === 0) validation.report('spec.to', 'it must have an item');
  const kinds = system.includes(targetRef?.kind ?? 'Mesh')
    ? ['Mesh', 'MeshExternalService']
    : ['Mesh', 'MeshService', 'MeshExternalService', 'MeshMultiZoneService', 'MeshHTTPRoute'];
  for (const [index, item] of to.entries()) {
    checkTargetRef(item.targetRef, `spec.to[${index}].targetRef`, { kinds }, validation);
    checkConf(item.default ?? {}, `spec.to[${index}].default`, validation);
  }
}

export const meshRetry = defineRules({
  kind: 'MeshRetry',
  policy: true,
  go: {
    durations: ['perTryTimeout', 'baseInterval', 'maxInterval'],
    integers: { hostSelectionMaxAttempts: 'int64', updateFrequency: 'int32' },
    pointers: ['retriableRequestHeaders.type', 'retriableResponseHeaders.type'],
  },
  validate,
});
