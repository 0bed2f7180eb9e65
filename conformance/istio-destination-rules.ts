import { compileClusterSettings, compileService } from '@isthmus/istio';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { canonical, routeSettings } from './envoy-settings.ts';
import { configOf, type RecordedCluster } from './istio-record.ts';
import type { Comparison, Suite } from './suite.ts';

type Recorded = RecordedCluster & {
  /** By `port|subset|host`. */
  readonly clusters: Readonly<Record<string, JsonObject>>;
  /** Hash policies of routes that have any, by virtual host. */
  readonly hashPolicies?: Readonly<Record<string, Json>>;
};

/** The hash policies of the routes of every service that has a route table, by virtual host. */
function hashPolicies(recorded: Recorded, hosts: readonly string[]): Record<string, Json> {
  const config = configOf(recorded);
  const found: Record<string, Json> = {};
  for (const host of hosts)
    for (const { port } of config.registry.withHost(host).flatMap(({ ports }) => ports)) {
      const service = compileService(config, recorded.client, host, port);
      for (const { name, routes } of service?.kind === 'connections' ? [] : (service?.table.virtualHosts ?? [])) {
        const policies = routes.flatMap(({ decision }) =>
          decision.kind === 'forward' ? ((routeSettings(decision).hashPolicy ?? []) as Json[]) : [],
        );
        if (policies.length > 0) found[name] = policies;
      }
    }
  return found;
}

function* compare(record: Json): Iterable<Comparison> {
  const recorded = record as unknown as Recorded;
  const config = configOf(recorded);
  const hosts = [...new Set(Object.keys(recorded.clusters).map((name) => name.split('|')[2] ?? ''))];
  const settings = new Map(hosts.flatMap((host) => [...compileClusterSettings(config, recorded.client, host)]));
  for (const name of new Set([...Object.keys(recorded.clusters), ...settings.keys()])) {
    const expected = canonical(recorded.clusters[name] ?? null);
    const actual = canonical(settings.get(name) ?? null);
    yield { case: `${recorded.id} cluster ${name}`, agrees: expected === actual, expected, actual };
  }
  const expected = canonical(recorded.hashPolicies ?? {});
  const actual = canonical(hashPolicies(recorded, hosts));
  yield { case: `${recorded.id} hash policies`, agrees: expected === actual, expected, actual };
}

export const istioDestinationRules: Suite = { file: 'istio-destination-rules', compare };

/** More kinds of services, clients and settings, recorded in the same way. */
export const istioDestinationRulesWider: Suite = { file: 'istio-destination-rules-wider', compare };
