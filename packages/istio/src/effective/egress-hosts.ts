import type { Field } from '@isthmus/kubernetes';
import { hostsOverlap, isWildcard, isWithin } from './host.ts';
import type { RegistryService } from './registry.ts';
import type { EffectiveVirtualService } from './virtual-service.ts';

interface HostsOfNamespace {
  readonly exact: Set<string>;
  readonly all: string[];
  readonly excluded: string[];
}

/** What an egress listener of a Sidecar imports: `namespace/host`, by namespace (`*`: any). */
export interface EgressHosts {
  importsService(service: RegistryService): boolean;
  importsVirtualService(virtualService: EffectiveVirtualService): boolean;
  /** Whether this is `*\/*` alone, so that nothing is left out. */
  readonly everything: boolean;
}

function anyMatch(
  hosts: HostsOfNamespace,
  host: string,
  compare: (host: string, imported: string) => boolean,
): boolean {
  if (hosts.exact.has(host)) return true;
  return hosts.all.some((imported) => (isWildcard(host) || isWildcard(imported)) && compare(host, imported));
}

/**
 * Reads `hosts` of an egress listener (istio/pilot/pkg/model/sidecar.go convertIstioListenerToWrapper, hostClassification,
 * 1.32). Services have to lie within an imported host; of a VirtualService it is enough that a host overlaps one.
 */
export function readEgressHosts(hosts: readonly Field<string>[], clientNamespace: string): EgressHosts {
  const byNamespace = new Map<string, HostsOfNamespace>();
  for (const { value } of hosts) {
    const [written = '', name, ...rest] = value.split('/');
    if (name === undefined || rest.length > 0) continue;
    const isExclusion = written.startsWith('~');
    const bare = isExclusion ? written.slice(1) || '*' : written;
    const namespace = bare === '.' ? clientNamespace : bare;
    const known = byNamespace.get(namespace) ?? { exact: new Set<string>(), all: [], excluded: [] };
    byNamespace.set(namespace, known);
    if (isExclusion) known.excluded.push(name);
    else {
      if (!isWildcard(name)) known.exact.add(name);
      known.all.push(name);
    }
  }
  const partsFor = (namespace: string): HostsOfNamespace[] =>
    [byNamespace.get(namespace), byNamespace.get('*')].filter((part) => part !== undefined);
  const isExcluded = (namespace: string, host: string): boolean =>
    partsFor(namespace).some(({ excluded }) => excluded.some((outer) => isWithin(host, outer)));
  const only = byNamespace.get('*');
  return {
    everything: byNamespace.size === 1 && only !== undefined && only.all.includes('*') && only.excluded.length === 0,
    importsService: ({ namespace, host }) =>
      !isExcluded(namespace, host) && partsFor(namespace).some((part) => anyMatch(part, host, isWithin)),
    importsVirtualService: ({ namespace, hosts: own }) =>
      partsFor(namespace).some((part) =>
        own.some(({ host }) => anyMatch(part, host, hostsOverlap) && !isExcluded(namespace, host)),
      ),
  };
}
