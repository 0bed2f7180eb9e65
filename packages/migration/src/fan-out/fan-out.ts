import { type Emitted, objectsAfter } from '@isthmus/equivalence';
import { discovery, type Estate, effectiveConfig } from '@isthmus/istio';
import { compileKongMesh, type TargetVersion } from '@isthmus/kong-mesh';
import type { ServiceGraph } from '../graph/edge.ts';
import { assumptionsOf } from './assumptions.ts';
import { type Change, changesOf } from './changes.ts';
import { type Formula, formulasFor, istioLoad, kongLoad, type Load } from './formulas.ts';
import { type EndpointsOf, istioViews } from './istio-view.ts';
import { kongViews } from './kong-view.ts';
import { rounded } from './mean.ts';
import { istioSeers, kongSeers, type ProxyGroup, proxyGroups } from './population.ts';
import { type Point, projectIstio, projectKong } from './projection.ts';
import { countPods } from './proxies.ts';
import { type ScopeName, type ScopingInput, scopings } from './scoping.ts';
import { sentenceOfFanOut } from './sentence.ts';

/** What the proxies of a namespace hold. */
export interface NamespaceFanOut {
  readonly namespace: string;
  /** Kubernetes Services and ServiceEntries' hosts in it. */
  readonly services: number;
  readonly proxies: number;
  /** Of the proxy that holds most; absent where there is no proxy. */
  readonly istio?: Load;
  readonly kong?: Load;
  /** Bytes of all of its proxies together. */
  readonly totals: { readonly istio: number; readonly kong: number };
  /** Proxies of the mesh that know a service of the namespace, in the mean; Kong Mesh's only where it has a destination here. */
  readonly touched: { readonly istio: number; readonly kong: number };
}

/** A mesh under one way of scoping: the mean proxy, all of them, and who knows a service. */
export interface ScopedFanOut {
  readonly mesh: 'istio' | 'kong';
  readonly scope: ScopeName;
  readonly load: Load;
  readonly total: number;
  readonly touched: number;
  /** The same for 10 to 10,000 services. */
  readonly projection: readonly Point[];
}

/** How far configuration spreads, in Istio and then in Kong Mesh. */
export interface FanOut {
  readonly sentence: string;
  readonly version: TargetVersion;
  /** Services in Istio's registry, one for each host; destinations of Kong Mesh. */
  readonly services: number;
  readonly destinations: number;
  readonly proxies: number;
  readonly namespaces: readonly NamespaceFanOut[];
  readonly scopings: readonly ScopedFanOut[];
  readonly changes: readonly Change[];
  readonly formulas: readonly Formula[];
  readonly assumptions: readonly string[];
}

export interface FanOutInput {
  readonly estate: Estate;
  readonly emitted: readonly (Emitted & { readonly services?: readonly string[] })[];
  readonly graph: ServiceGraph;
  readonly settings: {
    readonly target: TargetVersion;
    readonly mesh: string;
    readonly systemNamespace: string;
    readonly clusterDomain: string;
    readonly rootNamespace: string;
  };
}

/** Kinds of policies that say how something is done, not what there is: they are most of what is emitted. */
const uncounted: ReadonlySet<string> = new Set([
  'MeshTimeout',
  'MeshRetry',
  'MeshCircuitBreaker',
  'MeshLoadBalancingStrategy',
  'MeshHealthCheck',
  'MeshProxyPatch',
  'MeshTrafficPermission',
  'MeshTLS',
]);

const most = (loads: readonly Load[]): Load | undefined =>
  loads.reduce<Load | undefined>(
    (best, load) => (best === undefined || load.bytes > best.bytes ? load : best),
    undefined,
  );

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
const meanOfNumbers = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : sumOf(numbers) / numbers.length;
const tenths = (number: number): number => Math.round(number * 10) / 10;

/** Names (`<namespace>/<name>`) of the services that each emitted Service is about, as those of subsets are. */
function besidesOf(emitted: FanOutInput['emitted']): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { role, object, services = [] } of emitted) {
    const { kind, metadata } = object as { kind?: string; metadata?: { name?: string; namespace?: string } };
    if (role === 'resource' && kind === 'Service') found.set(`${metadata?.namespace}/${metadata?.name}`, services);
  }
  return found;
}

/**
 * Counts what each proxy of an estate holds and whom a change reaches, in Istio as the estate is written and in Kong Mesh once
 * everything that was emitted is applied; under other ways of scoping; and for estates of other sizes. By the formulas of
 * `formulas.ts`, with what they assume. The same estate gives the same numbers, whatever its order.
 */
export function fanOut({ estate, emitted, graph, settings }: FanOutInput): FanOut {
  const { target: version, mesh, systemNamespace, clusterDomain, rootNamespace } = settings;
  const leftOut = discovery(estate, rootNamespace)?.leftOut ?? [];
  const hidden = leftOut.filter(({ kind, group }) => kind === 'Service' && group === '').length;
  const config = effectiveConfig(estate, { clusterDomain, rootNamespace });
  const inCluster = config.registry.all.filter(({ registry }) => registry === 'kubernetes');
  const pods = countPods(estate, inCluster, config.mesh.rootNamespace);
  const inhabited = new Set(
    pods.groups.flatMap((group) => (group.hasProxy && group.pods > 0 ? [group.namespace] : [])),
  );
  const endpointsOf: EndpointsOf = ({ namespace, selector, resource, registry }, labels = {}) => {
    if (selector !== undefined)
      return sumOf(pods.select(namespace, { ...selector, ...labels }).map((group) => group.pods));
    const { endpoints } = resource.object.spec as { endpoints?: unknown };
    return registry === 'external' && Array.isArray(endpoints) ? endpoints.length : 0;
  };
  const istio = istioViews(config, endpointsOf);
  const objects = objectsAfter(estate, emitted, { version, mesh, systemNamespace }).filter(
    ({ kind }) => typeof kind === 'string' && !uncounted.has(kind),
  );
  const options = { version, mesh, zone: 'default', systemNamespace };
  const after = compileKongMesh(objects, { ...options, inMesh: (name) => inhabited.has(name) });
  const kong = kongViews(after, objects, pods);
  const groups = proxyGroups(config, pods, istio, kong);
  const proxies = sumOf(groups.map((group) => group.proxies));
  const mtls = emitted.some(({ object }) => (object as { kind?: string }).kind === 'MeshIdentity');
  const seenInIstio = istioSeers(groups);
  const seenInKong = kongSeers(groups);

  const byNamespace = Map.groupBy(groups, ({ client }) => client.namespace);
  const services = Map.groupBy(istio.everything, ({ namespace }) => namespace);
  const destinations = Map.groupBy(kong.everything, ({ namespace }) => namespace);
  const names = [...new Set([...byNamespace.keys(), ...services.keys()])].sort();
  const loadsOf = (own: readonly ProxyGroup[]) =>
    own.map((group) => ({
      proxies: group.proxies,
      istio: istioLoad(group.istio.counts),
      kong: kongLoad(group.kong.counts, mtls),
    }));
  const namespaces = names.map((namespace): NamespaceFanOut => {
    const loads = loadsOf(byNamespace.get(namespace) ?? []);
    const [ofIstio, ofKong] = [most(loads.map((one) => one.istio)), most(loads.map((one) => one.kong))];
    return {
      namespace,
      services: services.get(namespace)?.length ?? 0,
      proxies: sumOf(loads.map((one) => one.proxies)),
      ...(ofIstio === undefined || ofKong === undefined ? {} : { istio: rounded(ofIstio), kong: rounded(ofKong) }),
      totals: {
        istio: Math.round(sumOf(loads.map((one) => one.proxies * one.istio.bytes))),
        kong: Math.round(sumOf(loads.map((one) => one.proxies * one.kong.bytes))),
      },
      touched: {
        istio: tenths(meanOfNumbers((services.get(namespace) ?? []).map(seenInIstio))),
        kong: tenths(meanOfNumbers((destinations.get(namespace) ?? []).map(seenInKong))),
      },
    };
  });

  const input: ScopingInput = { groups, istio, kong, pods, graph, besides: besidesOf(emitted), mtls };
  const ways = scopings(input);
  const proxiesIn = groups.map((group): [string, number] => [group.client.namespace, group.proxies]);
  const size = (of: ReadonlyMap<string, readonly unknown[]>, all: number) => ({
    services: all,
    proxies,
    ofNamespace: proxies === 0 ? 0 : sumOf(proxiesIn.map(([name, own]) => own * (of.get(name)?.length ?? 0))) / proxies,
  });
  const sizes = {
    istio: size(services, istio.everything.length),
    kong: size(destinations, kong.everything.length),
  };
  const whole = (point: Point): Point => ({
    services: point.services,
    proxies: Math.round(point.proxies),
    load: rounded(point.load),
    total: Math.round(point.total),
    touched: tenths(point.touched),
  });
  const shown: ScopedFanOut[] = [
    ...ways.istio.map(({ scope, mean, load, total, touched }) => ({
      mesh: 'istio' as const,
      scope,
      load: rounded(load),
      total: Math.round(total),
      touched: tenths(touched),
      projection: projectIstio(mean, sizes.istio).map(whole),
    })),
    ...ways.kong.map(({ scope, mean, load, total, touched }) => ({
      mesh: 'kong' as const,
      scope,
      load: rounded(load),
      total: Math.round(total),
      touched: tenths(touched),
      projection: projectKong(mean, sizes.kong, mtls).map(whole),
    })),
  ];
  const ofNamespaces = [...byNamespace.values()].map((own) => sumOf(own.map((group) => group.proxies)));
  const known = (numbers: readonly number[]) => ({
    mean: meanOfNumbers(numbers),
    most: numbers.reduce((a, b) => Math.max(a, b), 0),
  });
  const facts = {
    version,
    services: istio.everything.length,
    destinations: kong.everything.length,
    proxies,
    scopings: shown,
  };
  return {
    sentence: sentenceOfFanOut(facts),
    ...facts,
    namespaces,
    changes: changesOf({
      groups,
      proxies,
      istio: known(istio.everything.map(seenInIstio)),
      kong: known(kong.everything.map(seenInKong)),
      namespace: known(ofNamespaces),
      version,
      mtls,
    }),
    formulas: formulasFor(mtls),
    assumptions: assumptionsOf(pods, {
      version,
      mtls,
      hidden,
      outside: inCluster.filter(({ namespace }) => !inhabited.has(namespace)).length,
    }),
  };
}
