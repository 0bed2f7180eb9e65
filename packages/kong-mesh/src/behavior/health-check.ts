import type { JsonObject } from '@isthmus/kubernetes';
import { type ClientView, writeTags } from './client-view.ts';
import { envoyDuration } from './duration.ts';
import { decimalOf, filledOf, listOf, mapOf, numberOf, textOf } from './value.ts';

const isOn = (section: JsonObject): boolean => section.disabled !== true;
const hex = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Which kind of check a port gets (kuma, meshhealthcheck/plugin/xds/configurer.go `selectHealthCheckType`). */
function typeOf(conf: JsonObject, protocol: string): 'http' | 'grpc' | 'tcp' | undefined {
  const has = (name: string): boolean => conf[name] != null;
  const works = (name: string): boolean => has(name) && isOn(mapOf(conf[name]));
  if (protocol === 'tcp') return works('tcp') ? 'tcp' : undefined;
  const own = protocol === 'http' || protocol === 'http2' ? 'http' : protocol === 'grpc' ? 'grpc' : undefined;
  if (own === undefined || !has(own)) return undefined;
  return works(own) ? own : works('tcp') ? 'tcp' : undefined;
}

/** Headers of the checks: the client's tags first, then what the policy adds and sets, value by value. */
function headersOf(modifier: JsonObject, client: ClientView): JsonObject[] {
  const tags = writeTags(client);
  const own = tags === '' ? [] : [{ header: { key: 'x-kuma-tags', value: tags } }];
  const write = (list: 'add' | 'set', appendAction?: string): JsonObject[] =>
    listOf(modifier[list]).flatMap((item) => {
      const { name, value } = mapOf(item);
      return (textOf(value) ?? '').split(',').map((one) => ({
        header: { key: textOf(name) ?? '', value: one },
        ...(appendAction === undefined ? {} : { appendAction }),
      }));
    });
  return [...own, ...write('add'), ...write('set', 'OVERWRITE_IF_EXISTS_OR_ADD')];
}

function httpCheck(settings: JsonObject, protocol: string, client: ClientView): JsonObject {
  const headers = headersOf(mapOf(settings.requestHeadersToAdd), client);
  const statuses = listOf(settings.expectedStatuses).flatMap((item) => {
    const status = numberOf(item);
    return status === undefined ? [] : [{ start: String(status), end: String(status + 1) }];
  });
  return {
    path: textOf(settings.path) ?? '/',
    ...(headers.length === 0 ? {} : { requestHeadersToAdd: headers }),
    ...(statuses.length === 0 ? {} : { expectedStatuses: statuses }),
    ...(protocol === 'http2' ? { codecClientType: 'HTTP2' } : {}),
  };
}

function tcpCheck({ send, receive }: JsonObject): JsonObject {
  const text = textOf(send);
  const received = listOf(receive).filter((item): item is string => typeof item === 'string');
  return {
    ...(text === undefined ? {} : { send: { text: hex(text) } }),
    ...(received.length === 0 ? {} : { receive: received.map((one) => ({ text: hex(one) })) }),
  };
}

function grpcCheck({ serviceName, authority }: JsonObject): JsonObject {
  return {
    ...(filledOf(serviceName) === undefined ? {} : { serviceName: filledOf(serviceName) as string }),
    ...(filledOf(authority) === undefined ? {} : { authority: filledOf(authority) as string }),
  };
}

function checker(conf: JsonObject, type: 'http' | 'grpc' | 'tcp', protocol: string, client: ClientView): JsonObject {
  if (type === 'http') return { httpHealthCheck: httpCheck(mapOf(conf.http), protocol, client) };
  return type === 'grpc'
    ? { grpcHealthCheck: grpcCheck(mapOf(conf.grpc)) }
    : { tcpHealthCheck: tcpCheck(mapOf(conf.tcp)) };
}

/** The active check of a MeshHealthCheck configuration for a port, in Envoy's spelling; undefined where there is none. */
export function healthCheckOf(conf: JsonObject, protocol: string, client: ClientView): JsonObject | undefined {
  const type = typeOf(conf, protocol);
  if (type === undefined) return undefined;
  const jitterPercent = numberOf(conf.intervalJitterPercent) ?? 0;
  const log = filledOf(conf.eventLogPath);
  return {
    timeout: envoyDuration(conf.timeout, '15s'),
    interval: envoyDuration(conf.interval, '60s'),
    ...(conf.initialJitter == null ? {} : { initialJitter: envoyDuration(conf.initialJitter, '') }),
    ...(conf.intervalJitter == null ? {} : { intervalJitter: envoyDuration(conf.intervalJitter, '') }),
    ...(jitterPercent === 0 ? {} : { intervalJitterPercent: jitterPercent }),
    unhealthyThreshold: numberOf(conf.unhealthyThreshold) ?? 5,
    healthyThreshold: numberOf(conf.healthyThreshold) ?? 1,
    ...(conf.reuseConnection == null ? {} : { reuseConnection: conf.reuseConnection }),
    ...checker(conf, type, protocol, client),
    ...(conf.noTrafficInterval == null ? {} : { noTrafficInterval: envoyDuration(conf.noTrafficInterval, '') }),
    ...(log === undefined ? {} : { eventLogger: log }),
    ...(conf.alwaysLogHealthCheckFailures === true ? { alwaysLogHealthCheckFailures: true } : {}),
  };
}

/** The panic threshold that a MeshHealthCheck of 2.x may set, in percent; a MeshCircuitBreaker's comes after it. */
export const healthCheckPanicThreshold = (conf: JsonObject): number | undefined =>
  decimalOf(conf.healthyPanicThreshold);

/** Whether requests fail instead of going to unhealthy endpoints in panic; undefined where nothing says so. */
export const failsTrafficOnPanic = (conf: JsonObject): boolean | undefined =>
  typeof conf.failTrafficOnPanic === 'boolean' ? conf.failTrafficOnPanic : undefined;
