import type { ServiceName } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { child, type Field, items, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { externalServices } from '../service-entry/registry.ts';
import type { Sidecar } from './read.ts';

/** One reference of `kuma.io/reachable-backends`. */
export type Reference =
  | {
      readonly kind: 'MeshService';
      readonly labels: { readonly 'k8s.kuma.io/namespace': string; readonly 'k8s.kuma.io/service-name'?: string };
    }
  | { readonly kind: 'MeshService' | 'MeshExternalService'; readonly name: string; readonly namespace: string };

/** What a workload may reach; `everything` where its Sidecar leaves nothing out. */
export type Reach = 'everything' | { readonly references: readonly Reference[]; readonly excluded: readonly Field[] };

const keyOf = (reference: Reference): string =>
  'labels' in reference
    ? `0 ${reference.labels['k8s.kuma.io/namespace']} ${reference.labels['k8s.kuma.io/service-name'] ?? ''}`
    : `1 ${reference.kind} ${reference.namespace} ${reference.name}`;

/** A Service by its name; a headless one, of which there is a MeshService for each Pod, by the labels that they have in common. */
function referenceTo(context: Context, { namespace, name }: ServiceName): Reference {
  if (context.services.get(namespace, name)?.headless !== true) return { kind: 'MeshService', name, namespace };
  return { kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': namespace, 'k8s.kuma.io/service-name': name } };
}

/** A VirtualService as far as it leads from Services to Services. */
interface Leading {
  readonly namespace: string;
  readonly hosts: readonly ServiceName[];
  readonly destinations: readonly ServiceName[];
}

const leading = oncePerContext((context): readonly Leading[] =>
  context.ofKind('VirtualService').map((resource) => {
    const spec = child(rootField(resource), 'spec');
    const namespace = resource.namespace || 'default';
    const hosts = items(child(spec, 'hosts')).flatMap((host) =>
      typeof host.value === 'string' ? (context.services.named(host.value.toLowerCase(), namespace) ?? []) : [],
    );
    const destinations = ['http', 'tcp', 'tls'].flatMap((part) =>
      items(child(spec, part)).flatMap((rule) =>
        items(child(rule, 'route')).flatMap((route) => {
          const host = text(child(child(route, 'destination'), 'host'));
          return host === undefined ? [] : (context.services.named(host.value.toLowerCase(), namespace) ?? []);
        }),
      ),
    );
    return { namespace, hosts, destinations };
  }),
);

/** The Services that VirtualServices of a host send to: Istio imports them along with the host (edge.md T34). */
function routedTo(context: Context, inScope: (namespace: string, service: ServiceName) => boolean): ServiceName[] {
  return leading(context).flatMap(({ namespace, hosts, destinations }) =>
    hosts.some((host) => inScope(namespace, host)) ? destinations : [],
  );
}

/**
 * What the egress hosts of a Sidecar let a workload of a namespace reach, as references by name, and by namespace where a
 * whole one is meant (edge.md C1): a reference by labels with a port, or to external services by labels, finds only one.
 */
export function reachOf(context: Context, { spec }: Sidecar, namespace: string): Reach {
  const hosts = items(child(spec, 'egress')).flatMap((listener) =>
    items(child(listener, 'hosts')).flatMap((host) => text(host) ?? []),
  );
  if (hosts.length === 0) return 'everything';
  const namespaces = new Set<string>();
  const services: ServiceName[] = [];
  const names: { namespace: string; host: string }[] = [];
  const excluded: Field[] = [];
  for (const field of hosts) {
    const [owner = '', name = ''] = field.value.split('/');
    if (owner.startsWith('~')) {
      if (owner !== '~') excluded.push(field);
      continue;
    }
    const of = owner === '.' ? namespace : owner;
    if (of === '*' && name === '*') return 'everything';
    if (name === '*') namespaces.add(of);
    else {
      const service = context.services.named(name.toLowerCase(), of === '*' ? namespace : of);
      if (service !== undefined && (of === '*' || of === service.namespace)) services.push(service);
      names.push({ namespace: of, host: name.toLowerCase() });
    }
  }
  const inScope = (owner: string, service: ServiceName): boolean =>
    namespaces.has(owner) ||
    namespaces.has(service.namespace) ||
    services.some((one) => one.namespace === service.namespace && one.name === service.name);
  services.push(...routedTo(context, inScope));
  const fits = (pattern: string, host: string): boolean =>
    pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
  const external = externalServices(context).filter(
    (one) =>
      namespaces.has(one.namespace) ||
      names.some((wanted) => ['*', one.namespace].includes(wanted.namespace) && fits(wanted.host, one.host)),
  );
  const references: Reference[] = [
    ...[...namespaces].map((of): Reference => ({ kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': of } })),
    ...services.filter((service) => !namespaces.has(service.namespace)).map((service) => referenceTo(context, service)),
    ...external.map(
      ({ name }): Reference => ({ kind: 'MeshExternalService', name, namespace: context.settings.systemNamespace }),
    ),
  ];
  const unique = new Map(references.map((reference) => [keyOf(reference), reference]));
  return { references: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference), excluded };
}
