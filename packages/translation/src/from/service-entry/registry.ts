import type { ServiceName } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import { outboundModes } from './outbound.ts';
import { planHost } from './plan.ts';
import { type Entry, type EntryPort, readEntry } from './read.ts';

/** The Service that a host of an entry is the name of; undefined for hosts outside of the cluster. */
export function isServiceHost(context: Context, entry: Entry, host: Field<string>): ServiceName | undefined {
  return host.value.endsWith(`.svc.${context.settings.clusterDomain}`)
    ? context.services.named(host.value.toLowerCase(), entry.resource.namespace)
    : undefined;
}

/** The entries that Istio accepts, in the estate's order. */
export const acceptedEntries = oncePerContext((context): readonly Entry[] =>
  context.ofKind('ServiceEntry').flatMap((resource) => {
    const entry = readEntry(resource);
    return 'refused' in entry ? [] : [entry];
  }),
);

/** The accepted entries by host, in lower case. */
export const entriesByHost = oncePerContext((context): ReadonlyMap<string, readonly Entry[]> => {
  const byHost = new Map<string, Entry[]>();
  for (const entry of acceptedEntries(context)) {
    for (const host of new Set(entry.hosts.map(({ value }) => value.toLowerCase()))) {
      const others = byHost.get(host);
      if (others === undefined) byHost.set(host, [entry]);
      else others.push(entry);
    }
  }
  return byHost;
});

const entriesByName = oncePerContext((context) =>
  Map.groupBy(acceptedEntries(context), ({ resource }) => resource.name),
);

const slug = (host: string): string => host.replace(/^\*\./, '').replace(/[^A-Za-z0-9]+/g, '-');

/**
 * The name of the MeshExternalService for a port of a host, which no other entry gives: the entry's own, with the
 * namespace, host and port where that is not enough.
 */
export function externalName(
  context: Context,
  entry: Entry,
  host: Field<string>,
  port: EntryPort,
  ports: number,
): string {
  const { name, namespace } = entry.resource;
  const shared = (entriesByName(context).get(name)?.length ?? 0) > 1;
  return dnsLabel(
    [
      name,
      ...(shared ? [namespace || 'default'] : []),
      ...(entry.hosts.length > 1 ? [slug(host.value)] : []),
      ...(ports > 1 ? [String(port.number.value)] : []),
    ].join('-'),
  );
}

/** A MeshExternalService that stands for a host of a ServiceEntry. */
export interface ExternalService {
  /** Namespace of the entry. */
  readonly namespace: string;
  readonly host: string;
  readonly name: string;
}

/** The MeshExternalServices of an estate, by the hosts that they stand for; those that stay drafts too. */
export const externalServices = oncePerContext((context: Context): readonly ExternalService[] => {
  const { anyClosed } = outboundModes(context);
  return acceptedEntries(context).flatMap((entry) =>
    entry.resolution === 'NONE' || entry.selector !== undefined
      ? []
      : entry.hosts.flatMap((host) => {
          if (host.value.includes('*') || isServiceHost(context, entry, host) !== undefined) return [];
          const external = planHost(context, entry, host, anyClosed).filter(({ kind }) => kind === 'external');
          return external.map(({ port }) => ({
            namespace: entry.resource.namespace || 'default',
            host: host.value.toLowerCase(),
            name: externalName(context, entry, host, port, external.length),
          }));
        }),
  );
});
