import type { Client } from '@isthmus/behavior';
import type { Registry, RegistryService } from './registry.ts';

/** The names that a service has as a client's requests may call it. */
export interface ServiceDomains {
  readonly all: readonly string[];
  /** Of these the ones made from the full name, which give way to services that are really called so. */
  readonly derived: ReadonlySet<string>;
}

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

/** Short forms of a name of the cluster, for clients in a namespace (httproute.go generateAltVirtualHostsForKubernetesService). */
function shortForms(host: string, namespace: string, clusterDomain: string): string[] {
  if (!host.endsWith(`svc.${clusterDomain}`)) return [];
  const end = host.indexOf('.svc.');
  const dot = host.indexOf('.');
  if (end <= 0 || dot + 1 > end) return [];
  const short = host.slice(0, end);
  return host.slice(dot + 1, end) === namespace ? [host.slice(0, dot), `${short}.svc`, short] : [short, `${short}.svc`];
}

/**
 * The domains of a service's virtual host (istio/pilot/pkg/networking/core/httproute.go generateVirtualHostDomains, 1.32): its
 * names and those of its aliases with their short forms, for a headless Service also the names of its pods, its addresses.
 */
export function domainsOf(
  service: RegistryService,
  client: Client,
  registry: Registry,
  clusterDomain: string,
): ServiceDomains {
  const all: string[] = [];
  const derived = new Set<string>();
  for (const host of [service.host, ...registry.aliasesOf(service.host).map((alias) => alias.host)]) {
    const lower = host.toLowerCase();
    const others = [...(isAddress(lower) ? [] : [`${lower}.`]), ...shortForms(lower, client.namespace, clusterDomain)];
    for (const other of others) derived.add(other);
    all.push(lower, ...others);
  }
  if (service.resolution === 'original' && service.registry === 'kubernetes')
    all.push(...all.map((domain) => `*.${domain}`));
  return {
    all: [...all, ...service.addresses.map((address) => (address.includes(':') ? `[${address}]` : address))],
    derived,
  };
}
