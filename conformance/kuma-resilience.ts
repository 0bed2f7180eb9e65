import { isForward } from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { canonical, routeSettings } from './envoy-settings.ts';
import { compileRecorded, type RecordedCluster, serviceOf } from './kuma-cluster.ts';
import type { Comparison, Suite } from './suite.ts';

type Recorded = RecordedCluster & {
  /** By `service:port`. */
  readonly clusters: Readonly<Record<string, JsonObject>>;
  /** By service, for its port 9080. */
  readonly routes: Readonly<Record<string, readonly JsonObject[]>>;
  readonly listeners: Readonly<Record<string, JsonObject>>;
};

const httpPort = 9080;

function comparison(what: string, expected: unknown, actual: unknown): Comparison {
  const [recorded, ours] = [canonical(expected), canonical(actual)];
  return { case: what, agrees: recorded === ours, expected: recorded, actual: ours };
}

function* compare(record: Json): Iterable<Comparison> {
  const { id, client, clusters, routes: recordedRoutes, listeners, resources } = record as unknown as Recorded;
  const mesh = compileRecorded({ id, client, resources });
  const service = (name: string) => serviceOf(name, client);
  for (const [name, expected] of Object.entries(clusters)) {
    const [host = '', port] = name.split(':');
    const actual = mesh.clusterSettings(client, service(host), Number(port));
    yield comparison(`${id} cluster ${name}`, expected, actual ?? null);
  }
  for (const [name, expected] of Object.entries(recordedRoutes)) {
    // As generated: some have a back-off that Envoy refuses.
    const { routes } = mesh.generatedRoutes(client, service(name), httpPort);
    const settings = routes.map(({ decision }) => (isForward(decision) ? routeSettings(decision) : {}));
    yield comparison(`${id} routes ${name}`, expected, settings);
  }
  for (const [name, expected] of Object.entries(listeners)) {
    const { kind: _, ...actual } = mesh.listenerSettings(client, service(name), httpPort) ?? { kind: 'none' };
    yield comparison(`${id} listener ${name}`, expected, actual);
  }
}

/** The settings that Kuma 2.14 gives a client's proxy: clusters, routes and listeners. */
export const kumaResilience: Suite = { file: 'kuma-resilience', compare };

/** More kinds of selections, roles and references (routes among them), and services in other namespaces; recorded in the same way. */
export const kumaResilienceWider: Suite = { file: 'kuma-resilience-wider', compare };
