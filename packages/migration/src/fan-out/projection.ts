import { type IstioCounts, istioLoad, type KongCounts, kongLoad, type Load } from './formulas.ts';

/** A number of services, and what a mean proxy and the whole mesh would hold. */
export interface Point {
  readonly services: number;
  readonly proxies: number;
  readonly load: Load;
  /** Bytes of all proxies together. */
  readonly total: number;
  /** Proxies that get something when the endpoints of one service change. */
  readonly touched: number;
}

/** The mean proxy of an estate under one way of scoping, and how its sight is made up. */
export interface MeanProxy<Counts> {
  /** What it holds, fractions and all. */
  readonly counts: Counts;
  /** Services of its own namespace that it sees, and of others. */
  readonly seenOwn: number;
  readonly seenOther: number;
}

/** The size of the estate that is projected. */
export interface EstateSize {
  readonly services: number;
  readonly proxies: number;
  /** Services of a proxy's own namespace, in the mean. */
  readonly ofNamespace: number;
}

/** Numbers of services from 10 to 10,000, evenly spread over a logarithmic axis. */
export const projectedSizes: readonly number[] = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/**
 * Services in sight among so many: namespaces keep their size and their number grows, so that what is seen of the own
 * namespace stays and of the others' the share stays.
 */
function seenOf(services: number, { seenOwn, seenOther }: Omit<MeanProxy<never>, 'counts'>, size: EstateSize): number {
  const own = Math.min(size.ofNamespace, size.services);
  const others = size.services - own;
  // Of an estate in one namespace nothing says what would be seen of others: all, where all is seen.
  const share = others > 0 ? seenOther / others : own > 0 ? seenOwn / own : 1;
  const ofOwn = own > 0 ? Math.min(1, services / own) * seenOwn : 0;
  return Math.min(services, ofOwn + share * Math.max(0, services - own));
}

function projected<Counts>(
  mean: MeanProxy<Counts>,
  size: EstateSize,
  scaled: (counts: Counts, factor: number) => Load,
): Point[] {
  if (size.services === 0) return [];
  const seen = mean.seenOwn + mean.seenOther;
  return projectedSizes.map((services) => {
    const now = seenOf(services, mean, size);
    const load = scaled(mean.counts, seen === 0 ? 0 : now / seen);
    const proxies = (size.proxies / size.services) * services;
    return { services, proxies, load, total: proxies * load.bytes, touched: (proxies * now) / services };
  });
}

/** What proxies of Istio would hold: what they see grows, the numbers of HTTP ports stay. */
export function projectIstio(mean: MeanProxy<IstioCounts>, size: EstateSize): Point[] {
  return projected(mean, size, (counts, factor) =>
    istioLoad({
      clusters: counts.clusters * factor,
      subsets: counts.subsets * factor,
      httpPorts: counts.httpPorts,
      hosts: counts.hosts * factor,
      extraRoutes: counts.extraRoutes * factor,
      tcpListeners: counts.tcpListeners * factor,
      sniffed: counts.sniffed * factor,
      assignments: counts.assignments * factor,
      endpoints: counts.endpoints * factor,
      inbound: counts.inbound,
    }),
  );
}

/** What proxies of Kong Mesh would hold. */
export function projectKong(mean: MeanProxy<KongCounts>, size: EstateSize, mtls: boolean): Point[] {
  return projected(mean, size, (counts, factor) =>
    kongLoad(
      {
        destinations: counts.destinations * factor,
        http: counts.http * factor,
        extraRoutes: counts.extraRoutes * factor,
        endpoints: counts.endpoints * factor,
        inbound: counts.inbound,
      },
      mtls,
    ),
  );
}
