import type { ClusterSettings, HttpConfig } from '@isthmus/behavior';
import { child, type Field, number, text } from '@isthmus/kubernetes';
import { given } from '../effective/fields.ts';
import type { MeshSettings } from '../effective/mesh-settings.ts';
import type { ServicePort } from '../services.ts';
import { nanoseconds, protoDuration } from './duration.ts';
import { isDeclaredHttp } from './protocol.ts';

type Http = NonNullable<ClusterSettings['http']>;

/** Istio's limits where none is set. */
const unlimited = 4_294_967_295;

const positive = (field: Field | undefined): number | undefined => {
  const value = number(field)?.value;
  return value !== undefined && value > 0 ? value : undefined;
};

/** The keepalive of the mesh, one by one overridden by the rule's; `{}` where it is on with the system's values. */
function keepalive(pool: Field | undefined, mesh: MeshSettings): Pick<ClusterSettings, 'tcpKeepalive'> {
  const ofMesh = given(mesh.config, 'tcpKeepalive');
  const ofRule = given(child(pool, 'tcp'), 'tcpKeepalive');
  if (ofMesh === undefined && ofRule === undefined) return {};
  const settings = [ofMesh, ofRule].filter((field) => field !== undefined);
  const seconds = (key: string): number | undefined =>
    settings
      .flatMap((field) => nanoseconds(child(field, key)) ?? [])
      .map((found) => Number(found / 1_000_000_000n))
      .at(-1);
  const probes = settings.flatMap((field) => positive(child(field, 'probes')) ?? []).at(-1);
  const [time, interval] = [seconds('time'), seconds('interval')];
  return {
    tcpKeepalive: {
      ...(probes === undefined ? {} : { keepaliveProbes: probes }),
      ...(time === undefined ? {} : { keepaliveTime: time }),
      ...(interval === undefined ? {} : { keepaliveInterval: interval }),
    },
  };
}

/** Limits, timeouts of connections and keepalive (istio/pilot/pkg/networking/core/cluster_traffic_policy.go applyConnectionPool, 1.32). */
export function connectionSettings(
  pool: Field | undefined,
  retryBudget: Field | undefined,
  mesh: MeshSettings,
): Pick<ClusterSettings, 'connectTimeout' | 'circuitBreakers' | 'tcpKeepalive'> {
  const http = child(pool, 'http');
  const tcp = child(pool, 'tcp');
  const interval = protoDuration(given(retryBudget, 'budgetInterval'));
  return {
    connectTimeout:
      protoDuration(child(tcp, 'connectTimeout')) ?? protoDuration(child(mesh.config, 'connectTimeout')) ?? '10s',
    circuitBreakers: {
      maxConnections: positive(child(tcp, 'maxConnections')) ?? unlimited,
      maxPendingRequests: positive(child(http, 'http1MaxPendingRequests')) ?? unlimited,
      maxRequests: positive(child(http, 'http2MaxRequests')) ?? unlimited,
      maxRetries: positive(child(http, 'maxRetries')) ?? unlimited,
      ...(retryBudget === undefined
        ? {}
        : {
            retryBudget: {
              budgetPercent: { value: number(given(retryBudget, 'percent'))?.value ?? 20 },
              ...(interval === undefined ? {} : { budgetInterval: interval }),
              minRetryConcurrency: positive(child(retryBudget, 'minRetryConcurrency')) ?? 3,
            },
          }),
    },
    ...keepalive(pool, mesh),
  };
}

/** Whether the proxy speaks HTTP/2 although the port does not say so (cluster_traffic_policy.go shouldH2Upgrade). */
function isUpgraded(pool: Field | undefined, port: ServicePort, mesh: MeshSettings): boolean {
  const http = child(pool, 'http');
  if (child(http, 'useClientProtocol')?.value === true) return false;
  const policy = text(child(http, 'h2UpgradePolicy'))?.value;
  if (policy === 'UPGRADE') return true;
  if (policy === 'DO_NOT_UPGRADE') return false;
  return isDeclaredHttp(port) && text(child(mesh.config, 'h2UpgradePolicy'))?.value === 'UPGRADE';
}

const http2Protocols: ReadonlySet<string> = new Set(['http2', 'grpc', 'grpc-web']);

/** Which versions of HTTP the proxy speaks; undefined for plain HTTP/1.1 without options. */
function protocolOf(pool: Field | undefined, port: ServicePort, mesh: MeshSettings): Partial<Http> | undefined {
  const http = child(pool, 'http');
  if (port.protocol === undefined || child(http, 'useClientProtocol')?.value === true)
    return { useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} } };
  if (!http2Protocols.has(port.protocol) && !isUpgraded(pool, port, mesh)) return undefined;
  const streams = positive(child(http, 'maxConcurrentStreams'));
  const ping = given(http, 'http2KeepAlive');
  const [interval, timeout] = [protoDuration(child(ping, 'interval')), protoDuration(child(ping, 'timeout'))];
  const options: NonNullable<HttpConfig['http2ProtocolOptions']> = {
    ...(streams === undefined ? {} : { maxConcurrentStreams: streams }),
    ...(ping === undefined
      ? {}
      : {
          connectionKeepalive: {
            ...(interval === undefined ? {} : { interval }),
            ...(timeout === undefined ? {} : { timeout }),
          },
        }),
  };
  return { explicitHttpConfig: { http2ProtocolOptions: options } };
}

/**
 * HTTP on the way to the service. Undefined where nothing differs from what Envoy does by itself; as soon as anything is set,
 * Istio writes the version of HTTP too (istio/pilot/pkg/networking/core/cluster_builder.go build, 1.32).
 * @param others options that do not come from the connection pool
 */
export function httpSettings(
  pool: Field | undefined,
  port: ServicePort,
  mesh: MeshSettings,
  others: Partial<Http>,
): Pick<ClusterSettings, 'http'> {
  const http = child(pool, 'http');
  const tcp = child(pool, 'tcp');
  const idleTimeout = protoDuration(given(http, 'idleTimeout')) ?? protoDuration(child(tcp, 'idleTimeout'));
  const maxConnectionDuration = protoDuration(child(tcp, 'maxConnectionDuration'));
  const maxRequestsPerConnection = positive(child(http, 'maxRequestsPerConnection'));
  const isPresent =
    idleTimeout !== undefined ||
    maxConnectionDuration !== undefined ||
    maxRequestsPerConnection !== undefined ||
    given(http, 'http2KeepAlive') !== undefined ||
    positive(child(http, 'maxConcurrentStreams')) !== undefined;
  const protocol = protocolOf(pool, port, mesh);
  if (!isPresent && protocol === undefined && Object.keys(others).length === 0) return {};
  const common: Partial<Http> = isPresent
    ? {
        commonHttpProtocolOptions: {
          ...(idleTimeout === undefined ? {} : { idleTimeout }),
          ...(maxConnectionDuration === undefined ? {} : { maxConnectionDuration }),
          ...(maxRequestsPerConnection === undefined ? {} : { maxRequestsPerConnection }),
        },
      }
    : {};
  return { http: { ...common, ...others, ...(protocol ?? { explicitHttpConfig: { httpProtocolOptions: {} } }) } };
}
