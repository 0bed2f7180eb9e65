import type { Client } from '@isthmus/behavior';
import { type ClientGroup, clientGroups, type EffectiveConfig, type RegistryService } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { oncePerContext } from '../../once.ts';

/** Clients that a policy of Kong Mesh can select together. */
export interface ClientUnit {
  /** One of them. */
  readonly client: Client;
  /** Labels of their Dataplanes; none: all clients. */
  readonly labels: Readonly<Record<string, string>>;
  /** Places of the units in the list that select these clients too. */
  readonly within: readonly number[];
}

/** Whether a unit is not told apart from the other clients by anything. */
export const isEverybody = ({ labels }: Pick<ClientUnit, 'labels'>): boolean => Object.keys(labels).length === 0;

const namespaceLabel = 'k8s.kuma.io/namespace';

const includes = (outer: Readonly<Record<string, string>>, inner: Readonly<Record<string, string>>): boolean =>
  Object.entries(inner).every(([key, value]) => outer[key] === value);

/**
 * The group that stands for all clients that nothing is said about: that of the most namespaces, without special labels; of
 * several the service's own, as new namespaces see mostly what that one sees.
 */
function ordinaryOf(groups: readonly ClientGroup[], own: string): ClientGroup | undefined {
  const plain = groups.filter(({ meets }) => meets.length === 0);
  const rank = ({ namespaces }: ClientGroup): number => 2 * namespaces.length + Number(namespaces.includes(own));
  return (plain.length === 0 ? groups : plain).reduce<ClientGroup | undefined>(
    (best, one) => (best === undefined || rank(one) > rank(best) ? one : best),
    undefined,
  );
}

function unitsOf(config: EffectiveConfig, service: RegistryService): ClientUnit[] {
  const { host, resource } = service;
  const groups = clientGroups(config, host).filter(
    ({ client }) => config.scopeOf(client).service(host)?.resource === resource,
  );
  const ordinary = ordinaryOf(groups, service.namespace);
  if (ordinary === undefined) return [];
  if (groups.length === 1) return [{ client: ordinary.client, labels: {}, within: [] }];
  const found = new Map<string, Omit<ClientUnit, 'within'>>();
  const add = (client: Client, labels: Record<string, string>): void => {
    const key = JSON.stringify(Object.entries(labels).sort());
    if (!found.has(key)) found.set(key, { client, labels });
  };
  add(ordinary.client, {});
  for (const group of groups) {
    if (group === ordinary) continue;
    const labels = Object.assign({}, ...group.meets) as Record<string, string>;
    const isOrdinary =
      group.namespaces === ordinary.namespaces || group.namespaces.join() === ordinary.namespaces.join();
    if (isOrdinary) add(group.client, labels);
    else
      for (const namespace of group.namespaces)
        add({ namespace, labels: group.client.labels }, { ...labels, [namespaceLabel]: namespace });
  }
  const units = [...found.values()].sort((a, b) => Object.keys(a.labels).length - Object.keys(b.labels).length);
  return units.map((unit, index) => ({
    ...unit,
    within: units.flatMap(({ labels }, other) => (other < index && includes(unit.labels, labels) ? [other] : [])),
  }));
}

const known = new WeakMap<RegistryService, ClientUnit[]>();

/**
 * The clients of a service as policies can select them: all of them, and those whose namespace or labels Istio looks at, by the
 * labels of their Dataplanes (pod labels and the namespace's name; routing.md 3.2). A selector of Kong Mesh has no negation:
 * who is selected by a unit may be selected by others as well, of which the one with more labels is meant. Those with fewer
 * labels come first, `all` in front; none where nobody can call the service.
 */
export function clientUnits(config: EffectiveConfig, service: RegistryService): ClientUnit[] {
  const before = known.get(service);
  if (before !== undefined) return before;
  const units = unitsOf(config, service);
  known.set(service, units);
  return units;
}

/** What units meet, where some may be left out: with the places of the units in this shorter list. */
export function amongThose<T extends { readonly unit: ClientUnit }>(
  units: readonly ClientUnit[],
  found: readonly T[],
): readonly T[] {
  if (found.length === units.length) return found;
  const places = new Map(found.map(({ unit }, place) => [units.indexOf(unit), place]));
  return found.map((one) => ({
    ...one,
    unit: { ...one.unit, within: one.unit.within.flatMap((other) => places.get(other) ?? []) },
  }));
}

/** Whether there are gateways, in whose place Kong Gateway calls the mesh. */
const hasGateways = oncePerContext((context) => context.ofKind('Gateway').length > 0);

/**
 * All sidecars. Istio's gateways do not read the routes of the mesh (edge.md 3.2): where there are any, Kong Gateway is left
 * out too, as far as the version has a word for it; 3.0 has none (edge.md 0).
 */
export const everySidecar = (context: Context): Readonly<Record<string, unknown>> =>
  context.settings.target !== '3.0' && hasGateways(context)
    ? { kind: 'Mesh', proxyTypes: ['Sidecar'] }
    : { kind: 'Mesh' };

/** How policies select the clients of a unit. */
export const clientsRef = (unit: Pick<ClientUnit, 'labels'>): Readonly<Record<string, unknown>> =>
  isEverybody(unit) ? { kind: 'Mesh' } : { kind: 'Dataplane', labels: unit.labels };

/** How routes select the clients of a unit: gateways have routes of their own. */
export const routedClientsRef = (context: Context, unit: ClientUnit): Readonly<Record<string, unknown>> =>
  isEverybody(unit) ? everySidecar(context) : clientsRef(unit);
