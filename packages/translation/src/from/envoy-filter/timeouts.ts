import type { Counterpart } from './counterpart.ts';
import { duration } from './durations.ts';
import { type Patch, part, partNames } from './patch.ts';

const connectionManager = 'envoy.filters.network.http_connection_manager';

/** The fields of the connection manager that a MeshTimeout writes too, by their places (edge.md 3.9, routing.md 2.7). */
const fields: readonly (readonly [path: readonly string[], name: string, isInbound: boolean])[] = [
  [['stream_idle_timeout'], 'streamIdleTimeout', false],
  [['request_headers_timeout'], 'requestHeadersTimeout', false],
  [['common_http_protocol_options', 'max_stream_duration'], 'maxStreamDuration', false],
  // For outgoing requests Kong Mesh leaves this one off and writes its own to the cluster.
  [['common_http_protocol_options', 'idle_timeout'], 'idleTimeout', true],
];

/**
 * A patch of the connection manager that changes timeouts only; undefined where it is another one. `request_timeout` limits how
 * long a request takes to arrive, where a MeshTimeout's limits how long its answer takes: that one stays a patch.
 */
export function timeoutsOf({ applyTo, operation, name, config, sides, value }: Patch): Counterpart | undefined {
  if (applyTo !== 'NETWORK_FILTER' || operation !== 'MERGE' || config === undefined || value === undefined)
    return undefined;
  const [side, another] = sides;
  if (side === undefined || another !== undefined || (name !== undefined && name !== connectionManager))
    return undefined;
  const options = part(config, 'common_http_protocol_options');
  const named = [
    ...partNames(config).filter((one) => one !== 'common_http_protocol_options'),
    ...partNames(options).map((one) => `common_http_protocol_options.${one}`),
  ];
  const known = fields.filter(([, , isInbound]) => !isInbound || side === 'inbound');
  if (named.length === 0 || named.some((one) => !known.some(([path]) => path.join('.') === one))) return undefined;
  const http: Record<string, string> = {};
  let idle: string | undefined;
  for (const [path, target] of known) {
    const field = part(config, ...path);
    if (field === undefined) continue;
    const found = duration(field);
    if (found === undefined) return undefined;
    if (target === 'idleTimeout') idle = found;
    else http[target] = found;
  }
  return {
    kind: 'MeshTimeout',
    side,
    conf: {
      ...(idle === undefined ? {} : { idleTimeout: idle }),
      ...(Object.keys(http).length === 0 ? {} : { http }),
    },
    from: config,
    difference:
      side === 'inbound'
        ? 'the same limits at the servers'
        : 'it counts before policies of single services, as the patch does in Istio',
  };
}
