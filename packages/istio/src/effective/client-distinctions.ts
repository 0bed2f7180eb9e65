import { effectiveNamespace } from '@isthmus/kubernetes';
import { ofKind } from '../estate.ts';
import type { ClientScope } from './client-scope.ts';
import type { EffectiveConfig } from './config.ts';
import { isDerived } from './derived.ts';
import type { EffectiveDestinationRule } from './destination-rule.ts';
import { createHostMap, type HostMap, isWildcard, partFor } from './host.ts';
import type { EffectiveVirtualService } from './virtual-service.ts';
import { type Workload, workloadsOf } from './workloads.ts';

type Labels = Readonly<Record<string, string>>;

/** What tells clients apart, by the host that they call; read once for an estate. */
export interface ClientDistinctions {
  readonly virtualServices: HostMap<EffectiveVirtualService[]>;
  /** Namespaces for which a VirtualService, DestinationRule or service of the host is there that others do not have. */
  readonly namespaces: HostMap<Set<string>>;
  /** Hosts for which one of these may see something else than others; for the rest all see the same, unless a Sidecar limits them. */
  readonly uneven: HostMap<true>;
  /** Whether no Sidecar limits or selects clients. */
  readonly isWithoutLimits: boolean;
  /** Namespaces of which a Sidecar imports the host. */
  readonly importers: HostMap<Set<string>>;
  /** DestinationRules' selectors, by namespace. */
  readonly selectors: HostMap<Map<string, Labels[]>>;
  /** Every namespace that the estate names. */
  readonly isKnown: ReadonlySet<string>;
  /** Of these the ones whose clients have a Sidecar that does not import everything, sorted; and all others. */
  readonly limited: { readonly all: readonly string[]; readonly isOne: ReadonlySet<string> };
  readonly free: readonly string[];
  /** Of the limited ones those that have clients without a limit too. */
  readonly mixed: readonly string[];
  readonly workloads: ReadonlyMap<string, readonly Workload[]>;
  /** By `key=value` of a label. */
  readonly byLabel: ReadonlyMap<string, readonly Workload[]>;
}

/** The value of a host's own entry, which is made where there is none. */
function entryOf<V>(map: HostMap<V>, host: string, create: () => V): V {
  const part = partFor(map, host);
  const value = part.get(host) ?? create();
  part.set(host, value);
  return value;
}

const limited = (names: Iterable<string>, owner: string): string[] =>
  [...names].flatMap((name) => (name === '*' || name === '~' ? [] : [name === '.' ? owner : name]));

/** Whether a client knows all that its namespace may see, as without a Sidecar. */
function seesEverything(config: EffectiveConfig, scope: ClientScope): boolean {
  const [listener, ...others] = scope.listeners;
  return (
    others.length === 0 &&
    listener?.port === undefined &&
    listener?.importsEverything === true &&
    scope.outboundTrafficPolicy === config.mesh.outboundTrafficPolicy
  );
}

/**
 * Whether every namespace finds a DestinationRule for the services of its host: only their own namespace has it, and it is
 * exported to all, so that clients there find it among their own and others among those of the service's namespace.
 */
function isForEverybody(rule: EffectiveDestinationRule, { mesh, registry }: EffectiveConfig): boolean {
  const { host, exportTo, namespace, workloadSelector } = rule;
  const isPublic = exportTo.size === 0 ? !mesh.destinationRuleExportTo.has('.') : exportTo.has('*');
  if (!isPublic || workloadSelector !== undefined || isWildcard(host.host)) return false;
  return registry.withHost(host.host).every((service) => service.namespace === namespace);
}

function readImports(
  config: EffectiveConfig,
  known: readonly string[],
): Pick<ClientDistinctions, 'importers' | 'limited' | 'free' | 'mixed' | 'isWithoutLimits'> {
  const importers = createHostMap<Set<string>>();
  const isOne = new Set<string>();
  const mixed: string[] = [];
  for (const namespace of known) {
    const clients = [{}, ...config.sidecars.selectorsIn(namespace)].map((labels) => ({ namespace, labels }));
    const scopes = [...new Set(clients.map(config.scopeOf))];
    const limits = scopes.filter((scope) => scope.sidecar !== undefined && !seesEverything(config, scope));
    if (limits.length === 0) continue;
    isOne.add(namespace);
    if (limits.length < scopes.length) mixed.push(namespace);
    for (const { services, virtualServices } of limits.flatMap(({ listeners }) => listeners)) {
      for (const { host } of services.all) entryOf(importers, host, () => new Set<string>()).add(namespace);
      for (const { hosts } of virtualServices.all)
        for (const { host } of hosts) entryOf(importers, host, () => new Set<string>()).add(namespace);
    }
  }
  return {
    importers,
    limited: { all: known.filter((namespace) => isOne.has(namespace)), isOne },
    free: known.filter((namespace) => !isOne.has(namespace)),
    mixed,
    isWithoutLimits:
      isOne.size === 0 && known.every((namespace) => config.sidecars.selectorsIn(namespace).length === 0),
  };
}

function readKnown(config: EffectiveConfig, workloads: readonly Workload[]): string[] {
  const { estate, registry } = config;
  const known = new Set([
    ...workloads.map(({ namespace }) => namespace),
    ...config.meshRoutes.routes.map(({ resource }) => effectiveNamespace(resource)),
  ]);
  for (const { namespace } of registry.all) known.add(namespace);
  for (const resource of estate.istio) if (resource.group.endsWith('istio.io')) known.add(effectiveNamespace(resource));
  for (const { group, name } of ofKind(estate.context, 'Namespace')) if (group === '') known.add(name);
  known.delete('');
  return [...known].sort();
}

function readDistinctions(config: EffectiveConfig): ClientDistinctions {
  const virtualServices = createHostMap<EffectiveVirtualService[]>();
  const namespaces = createHostMap<Set<string>>();
  const selectors = createHostMap<Map<string, Labels[]>>();
  const uneven = createHostMap<true>();
  const markUneven = (host: string): void => void partFor(uneven, host).set(host, true);
  const differs = (host: string, names: readonly string[]): void => {
    const set = entryOf(namespaces, host, () => new Set<string>());
    for (const name of names) set.add(name);
  };
  for (const virtualService of config.virtualServices.all) {
    const { inMesh, hosts, exportTo, namespace } = virtualService;
    if (!inMesh) continue;
    for (const { host } of hosts) {
      const ofHost = entryOf(virtualServices, host, (): EffectiveVirtualService[] => []);
      if (ofHost.at(-1) !== virtualService) ofHost.push(virtualService);
      if (!exportTo.has('*') || isDerived(virtualService.resource)) markUneven(host.toLowerCase());
      if (!exportTo.has('*')) differs(host, limited(exportTo, namespace));
      // Routes of the Gateway API go before what others export, for clients of their own namespace.
      else if (isDerived(virtualService.resource) && config.virtualServices.withHost(host.toLowerCase()).length > 1)
        differs(host, [namespace]);
    }
  }
  for (const rule of config.destinationRules.all) {
    const { host, exportTo, namespace, workloadSelector } = rule;
    differs(host.host, [namespace, config.mesh.rootNamespace, ...limited(exportTo, namespace)]);
    if (!isForEverybody(rule, config)) markUneven(host.host);
    if (workloadSelector === undefined) continue;
    const byNamespace = entryOf(selectors, host.host, () => new Map<string, Labels[]>());
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), workloadSelector]);
  }
  for (const { host, exportTo, namespace } of config.registry.all) {
    // Its own namespace gets to know a service that it is sent to, whatever that exports.
    if (!exportTo.has('*')) differs(host, [namespace, ...limited(exportTo, namespace)]);
    if (config.registry.withHost(host).length > 1) differs(host, [namespace]);
    if (!exportTo.has('*') || config.registry.withHost(host).length > 1) markUneven(host);
  }
  const all = workloadsOf(config.estate);
  const known = readKnown(config, all);
  const byLabel = new Map<string, Workload[]>();
  for (const workload of all)
    for (const [key, value] of Object.entries(workload.labels)) {
      const pair = `${key}=${value}`;
      const list = byLabel.get(pair);
      if (list === undefined) byLabel.set(pair, [workload]);
      else list.push(workload);
    }
  return {
    virtualServices,
    namespaces,
    uneven,
    selectors,
    ...readImports(config, known),
    isKnown: new Set(known),
    workloads: Map.groupBy(all, ({ namespace }) => namespace),
    byLabel,
  };
}

const distinctions = new WeakMap<EffectiveConfig, ClientDistinctions>();

/** What tells the clients of an estate apart. */
export function distinctionsOf(config: EffectiveConfig): ClientDistinctions {
  const before = distinctions.get(config);
  if (before !== undefined) return before;
  const found = readDistinctions(config);
  distinctions.set(config, found);
  return found;
}
