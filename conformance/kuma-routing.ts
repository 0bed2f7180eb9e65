import {
  changeHeaders,
  type Destination,
  evaluate,
  type Forward,
  locationOf,
  type Mirror,
  normalizePath,
  type Request,
  upstreamOf,
} from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { canonical, routeSettings } from './envoy-settings.ts';
import { compileRecorded, type RecordedCluster, serviceOf } from './kuma-cluster.ts';
import type { Comparison, Suite } from './suite.ts';

interface RecordedRequest {
  readonly method: string;
  readonly host: string;
  readonly to: { readonly service: string; readonly port: number };
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly decision: JsonObject;
}

const requestOf = ({ method, host, path, headers }: RecordedRequest): Request => ({
  method,
  authority: host,
  path: normalizePath(path) ?? path,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])),
});

/** No two services of a record have the same name. */
const place = ({ host, port }: Destination): JsonObject => ({ service: host.split('.')[0] ?? '', port });

function fraction(percentage: number): JsonObject {
  const numerator = percentage === 0 ? {} : { numerator: percentage };
  if (Number.isInteger(percentage)) return numerator;
  return { numerator: Math.round(percentage * 100), denominator: 'TEN_THOUSAND' };
}

const mirrored = ({ destination, percentage }: Mirror): JsonObject => ({
  ...place(destination),
  fraction: fraction(percentage),
});

/** Destinations with the smallest whole numbers that have the proportions of their weights. */
function shares(weighted: readonly (JsonObject & { readonly weight: number })[]): JsonObject[] {
  const divide = (a: number, b: number): number => (b === 0 ? a : divide(b, a % b));
  const common = weighted.map(({ weight }) => weight).reduce(divide, 0) || 1;
  return weighted.map((one) => ({ ...one, weight: one.weight / common }));
}

function headerChanges(forward: Forward, request: Request): JsonObject {
  const after = changeHeaders(request.headers, [forward.requestHeaders]);
  const set = Object.entries(after).filter(([name, values]) => values.join(',') !== request.headers[name]?.join(','));
  const removed = Object.keys(request.headers).filter((name) => after[name] === undefined);
  return {
    ...(set.length === 0
      ? {}
      : { headersSet: Object.fromEntries(set.map(([name, values]) => [name, values.join(',')])) }),
    ...(removed.length === 0 ? {} : { headersRemoved: removed.sort() }),
  };
}

function forwarded(forward: Forward, request: Request): JsonObject {
  return {
    kind: 'forward',
    destinations: shares(forward.destinations.map(({ destination, weight }) => ({ ...place(destination), weight }))),
    ...upstreamOf(forward, request),
    ...headerChanges(forward, request),
    ...(forward.mirrors.length === 0 ? {} : { mirrors: forward.mirrors.map(mirrored) }),
    settings: routeSettings(forward),
  };
}

/** What was recorded, with the mirrors' fractions in one spelling and the weights reduced. */
function recordedOf(decision: JsonObject): JsonObject {
  const destinations = decision.destinations as Parameters<typeof shares>[0] | undefined;
  const mirrors = decision.mirrors as readonly { readonly fraction: Json }[] | undefined;
  return {
    ...decision,
    ...(destinations === undefined ? {} : { destinations: shares(destinations) }),
    ...(mirrors === undefined
      ? {}
      : {
          mirrors: mirrors.map(
            (mirror) => ({ ...mirror, fraction: mirror.fraction ?? { numerator: 100 } }) as JsonObject,
          ),
        }),
  };
}

/** What answers without a body did not show: the path, the authority and the headers upstream. */
const unseen = ['path', 'authority', 'headersSet', 'headersRemoved'];

function* compare(record: Json): Iterable<Comparison> {
  const { requests, ...cluster } = record as unknown as RecordedCluster & {
    readonly requests: readonly RecordedRequest[];
  };
  const mesh = compileRecorded(cluster);
  for (const recorded of requests) {
    const { to, decision } = recorded;
    const request = requestOf(recorded);
    const table = mesh.routeTable(cluster.client, serviceOf(to.service, cluster.client), to.port);
    const ours = evaluate(table, request).decision;
    const actual: JsonObject =
      ours.kind === 'forward'
        ? forwarded(ours, request)
        : ours.kind === 'redirect'
          ? { kind: 'redirect', status: ours.status, location: locationOf(ours, request) }
          : (ours as unknown as JsonObject);
    const seen = Object.entries(actual).filter(
      ([key]) => decision.kind !== 'forward' || decision.path !== undefined || !unseen.includes(key),
    );
    const [expected, found] = [canonical(recordedOf(decision)), canonical(Object.fromEntries(seen))];
    yield {
      case: `${cluster.id} ${JSON.stringify({ ...recorded, decision: undefined })}`,
      agrees: expected === found,
      expected,
      actual: found,
    };
  }
}

/** Where a client's proxy in Kuma 2.14 sends each request, and how it reaches its destination. */
export const kumaRouting: Suite = { file: 'kuma-routing', compare };

/**
 * More kinds of selections, roles and references, services in other namespaces than the client's, and limits of what it reaches;
 * the decisions were read off the routes that the same control plane generated, no Envoy ran.
 */
export const kumaRoutingWider: Suite = { file: 'kuma-routing-wider', compare };
