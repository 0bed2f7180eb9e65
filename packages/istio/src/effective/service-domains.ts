import type { Client } from '@isthmus/behavior';
import type { Registry, RegistryService } from './registry.ts';

/** The names that a service has as a client's requests may call it. */
export interface ServiceDomains {
  readonly all: readonly string[];
  /** Of these the ones made from the full name, which give way to services that are really called so. */
  readonly derived: ReadonlySet<string>;
}

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

/** Adds a name of the cluster with its short forms, for clients in a namespace (httproute.go generateAltVirtualHostsForKubernetesService). */
function addName(all: string[], derived: Set<string>, host: string, namespace: string, clusterDomain: string): void {
  all.push(host);
  const add = (name: string): void => {
    derived.add(name);
    all.push(name);
  };
  if (!isAddress(host)) add(`${host}.`);
  if (!host.endsWith(`svc.${clusterDomain}`)) return;
  const end = host.indexOf('.svc.');
  const dot = host.indexOf('.');
  if (end <= 0 || dot + 1 > end) return;
  const short = host.slice(0, end);
  if (host.slice(dot + 1, end) === namespace) {
    add(host.slice(0, dot));
    add(`${short}.svc`);
    add(short);
  } else {
    add(short);
    add(`${short}.svc`);
  }
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
  addName(all, derived, service.host.toLowerCase(), client.namespace, clusterDomain);
  for (const alias of registry.aliasesOf(service.host))
    addName(all, derived, alias.host.toLowerCase(), client.namespace, clusterDomain);
  if (service.resolution === 'original' && service.registry === 'kubernetes')
    all.push(...all.map((domain) => `*.${domain}`));
  for (const address of service.addresses) all.push(address.includes(':') ? `[${address}]` : address);
  return { all, derived };
}
