import type { Field } from '@isthmus/kubernetes';
import { distinctionsOf } from './client-distinctions.ts';
import type { EffectiveConfig } from './config.ts';
import type { EffectiveConnectionRule } from './connection-rule.ts';
import { everyMatchOf, type HostMap } from './host.ts';
import type { EffectiveHttpRule } from './http-rule.ts';
import { domainsOf } from './service-domains.ts';
import type { EffectiveVirtualService } from './virtual-service.ts';
import type { VirtualServiceList } from './virtual-service-list.ts';
import { labelsOf } from './workloads.ts';

type Labels = Readonly<Record<string, string>>;

/** What is asked about clients that call a host, or any host. */
export interface ClientQuestions {
  /** Undefined: any. */
  readonly host: string | undefined;
  /** The host, and those that its VirtualServices have beside it or send to. */
  readonly hosts: readonly string[];
  /** Namespaces that may be treated in a way of their own. */
  readonly namespaces: ReadonlySet<string>;
  /** Of these the ones that a `sourceNamespace` names. */
  readonly sources: ReadonlySet<string>;
  readonly sourceLabels: readonly Labels[];
  selectorsIn(namespace: string): readonly Labels[];
  /** The VirtualServices in a list that have one of the host's names. */
  matchingIn(list: VirtualServiceList): readonly EffectiveVirtualService[];
}

/** The names of a service, of which another VirtualService than its own may take some. */
function namesOf({ registry, mesh }: EffectiveConfig, host: string): Set<string> {
  const names = new Set([host]);
  for (const service of registry.withHost(host)) {
    const client = { namespace: service.namespace, labels: {} };
    for (const domain of domainsOf(service, client, registry, mesh.clusterDomain).all) names.add(domain);
  }
  return names;
}

const everyValue = <V>({ exact, wildcard }: HostMap<V>): V[] => [...exact.values(), ...wildcard.values()];

function addAll(names: Set<string>, sets: readonly Iterable<string>[]): void {
  for (const set of sets) for (const name of set) names.add(name);
}

type Label = string | Field;

const written = (labels: Readonly<Record<string, Label>>): Labels =>
  labelsOf(
    Object.fromEntries(
      Object.entries(labels).map(([key, label]) => [key, typeof label === 'string' ? label : label.value]),
    ),
  );

/** What a rule sends to and tells clients apart by. */
function readRule(
  { route, matches }: EffectiveHttpRule | EffectiveConnectionRule,
  hosts: Set<string>,
  sources: Set<string>,
  sourceLabels: Labels[],
): void {
  for (const { destination } of route) hosts.add(destination.host.host);
  for (const match of matches) {
    if (match.sourceNamespace?.value) sources.add(match.sourceNamespace.value);
    if (Object.keys(match.sourceLabels).length > 0) sourceLabels.push(written(match.sourceLabels));
  }
}

/** What Istio's routing asks about the clients that call a host. */
export function questionsAbout(config: EffectiveConfig, host: string | undefined): ClientQuestions {
  const found = distinctionsOf(config);
  const named = <V>(map: HostMap<V>, hosts: Iterable<string>): readonly V[] =>
    host === undefined ? everyValue(map) : everyMatchOf(map, hosts);
  const own = host === undefined ? new Set<string>() : namesOf(config, host);
  const lists = named(found.virtualServices, own);
  const virtualServices = lists.length === 1 ? (lists[0] ?? []) : new Set(lists.flat());
  const hosts = new Set(host === undefined ? [] : [host]);
  const sources = new Set<string>();
  const sourceLabels: Labels[] = [];
  for (const { http } of virtualServices)
    for (const rule of http) {
      readRule(rule, hosts, sources, sourceLabels);
      for (const { destination } of rule.mirrors) hosts.add(destination.host.host);
    }
  for (const { tcp, tls } of virtualServices) {
    for (const rule of tcp) readRule(rule, hosts, sources, sourceLabels);
    for (const rule of tls) readRule(rule, hosts, sources, sourceLabels);
  }
  // Whether a host that no service has counts may depend on the others of its VirtualService.
  for (const one of virtualServices) for (const neighbour of one.hosts) hosts.add(neighbour.host);
  const namespaces = new Set(sources);
  // Most hosts are the same for all: no namespace needs a look there.
  const isEven =
    found.isWithoutLimits &&
    sources.size === 0 &&
    named(found.uneven, own).length === 0 &&
    named(found.uneven, hosts).length === 0;
  if (host === undefined || !isEven) {
    addAll(namespaces, named(found.namespaces, hosts));
    addAll(namespaces, named(found.importers, own));
    addAll(namespaces, [found.mixed]);
  }
  const selectors = named(found.selectors, hosts);
  // Most namespaces share one list.
  const matching = new Map<VirtualServiceList, readonly EffectiveVirtualService[]>();
  return {
    host,
    hosts: [...hosts],
    namespaces,
    sources,
    sourceLabels,
    selectorsIn(namespace) {
      const ofSidecars = config.sidecars.selectorsIn(namespace);
      if (selectors.length === 0) return ofSidecars;
      return [...ofSidecars, ...selectors.flatMap((byNamespace) => byNamespace.get(namespace) ?? [])];
    },
    matchingIn(list) {
      const those = matching.get(list) ?? [...own].flatMap((one) => list.matching(one));
      matching.set(list, those);
      return those;
    },
  };
}
