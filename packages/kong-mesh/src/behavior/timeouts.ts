import type { ListenerSettings, Milliseconds } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { envoyDuration, millisecondsOf } from './duration.ts';
import { mapOf } from './value.ts';

/**
 * What holds where no MeshTimeout says otherwise, even where there is none at all (kuma,
 * pkg/plugins/policies/core/defaults/consts.go).
 */
const defaults = { request: 15_000, streamIdle: 1_800_000, idle: '3600s', connect: '5s' } as const;

/** Limits of one route. */
export interface RouteTimeouts {
  readonly timeout: Milliseconds;
  readonly idleTimeout: Milliseconds;
}

/**
 * The limits of a route, from the configuration for the destination and that for the route's MeshHTTPRoute. The one for the
 * route replaces the request timeout even where it sets none; the stream's idle timeout of the destination stays where it
 * sets none (kuma, meshtimeout/plugin/xds/configurer.go `ConfigureRouteAction`, which runs for both in turn).
 */
export function routeTimeouts(forDestination: JsonObject, forRoute: JsonObject): RouteTimeouts {
  const idle = millisecondsOf(mapOf(forRoute.http).streamIdleTimeout);
  return {
    timeout: millisecondsOf(mapOf(forRoute.http).requestTimeout) ?? defaults.request,
    idleTimeout: idle ?? millisecondsOf(mapOf(forDestination.http).streamIdleTimeout) ?? defaults.streamIdle,
  };
}

/** Limits on the connections of the client's application. */
export function httpListenerTimeouts(conf: JsonObject): ListenerSettings & { readonly kind: 'http' } {
  return {
    kind: 'http',
    commonHttpProtocolOptions: { idleTimeout: '0s' },
    requestHeadersTimeout: envoyDuration(mapOf(conf.http).requestHeadersTimeout, '0s'),
  };
}

/** The idle timeout of a TCP connection. */
export const tcpIdleTimeout = (conf: JsonObject): string => envoyDuration(conf.idleTimeout, defaults.idle);

/** How long a connection to the destination may take to come about. */
export const connectTimeout = (conf: JsonObject): string => envoyDuration(conf.connectionTimeout, defaults.connect);

/** Limits on the connections to a destination that speaks HTTP. */
export const upstreamTimeouts = (conf: JsonObject) => ({
  idleTimeout: envoyDuration(conf.idleTimeout, defaults.idle),
  maxConnectionDuration: envoyDuration(mapOf(conf.http).maxConnectionDuration, '0s'),
  maxStreamDuration: envoyDuration(mapOf(conf.http).maxStreamDuration, '0s'),
});
