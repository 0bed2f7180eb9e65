import type { ClientScope, RegistryService, ServiceName } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { child, type Field, items, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { extraServicesOf } from '../../subset-service.ts';
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
export type Reach = 'everything' | { readonly references: readonly Reference[] };

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

const nameOf = ({ namespace, resource }: RegistryService): ServiceName => ({ namespace, name: resource.name });
const idOf = ({ namespace, name }: ServiceName): string => `${namespace}/${name}`;

/** The Services of each namespace that a proxy may have clusters for. */
const servicesByNamespace = oncePerContext((context): ReadonlyMap<string, readonly RegistryService[]> => {
  const own = configOf(context).registry.all.filter(
    ({ registry, resolution }) => registry === 'kubernetes' && resolution !== 'alias',
  );
  return Map.groupBy(own, ({ namespace }) => namespace);
});

/** Workloads of a namespace that follow one Sidecar share a scope, and so what they reach. */
const reaches = oncePerContext((): WeakMap<ClientScope, Exclude<Reach, 'everything'>> => new WeakMap());

interface Named {
  readonly namespaces: ReadonlySet<string>;
  readonly services: readonly ServiceName[];
  readonly everything: boolean;
}

/** What the hosts of a Sidecar name: whole namespaces, Services by name, and whether they begin with everything. */
function named(context: Context, hosts: readonly Field<string>[], namespace: string): Named {
  const namespaces = new Set<string>();
  const services: ServiceName[] = [];
  let everything = false;
  let excludes = false;
  for (const { value } of hosts) {
    const [owner = '', name = ''] = value.split('/');
    if (owner.startsWith('~')) {
      if (owner !== '~') excludes = true;
      continue;
    }
    const of = owner === '.' ? namespace : owner;
    if (of === '*' && name === '*') everything = true;
    else if (name === '*') namespaces.add(of);
    else {
      const service = context.services.named(name.toLowerCase(), of === '*' ? namespace : of);
      if (service !== undefined && (of === '*' || of === service.namespace)) services.push(service);
    }
  }
  return { namespaces, services, everything: everything && !excludes };
}

/**
 * What the egress hosts of a Sidecar let a workload reach, as references by name, and by namespace where a whole one is
 * meant (edge.md C1): a reference by labels with a port, or to external services by labels, finds only one. Who may see a
 * service (exportTo) and what is excluded counts as in Istio, so that a namespace of which something stays hidden is written
 * out. With a Service go those that stand for its subsets.
 */
export function reachOf(
  context: Context,
  { spec }: Sidecar,
  client: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): Reach {
  const hosts = items(child(spec, 'egress')).flatMap((listener) =>
    items(child(listener, 'hosts')).flatMap((host) => text(host) ?? []),
  );
  if (hosts.length === 0) return 'everything';
  const found = named(context, hosts, client.namespace);
  if (found.everything) return 'everything';
  const scope = configOf(context).scopeOf(client);
  const ofScopes = reaches(context);
  const reach = ofScopes.get(scope) ?? { references: referencesWithin(context, scope, found) };
  ofScopes.set(scope, reach);
  return reach;
}

function referencesWithin(context: Context, scope: ClientScope, found: Named): Reference[] {
  const { registry, mesh } = configOf(context);
  const imported = scope.listeners.flatMap(({ services }) => services.all);
  const hostOf = ({ namespace, name }: ServiceName): string => `${name}.${namespace}.svc.${mesh.clusterDomain}`;
  const inSight = new Set(imported.map(({ namespace, host }) => `${namespace}/${host}`));
  const isInSight = ({ namespace, host }: RegistryService): boolean => inSight.has(`${namespace}/${host}`);
  const whole = new Set(
    [...found.namespaces].filter((namespace) => (servicesByNamespace(context).get(namespace) ?? []).every(isInSight)),
  );
  const isUnknown = (service: ServiceName): boolean => registry.withHost(hostOf(service)).length === 0;
  const services = [
    ...imported.filter((one) => one.registry === 'kubernetes' && one.resolution !== 'alias').map(nameOf),
    ...found.services.filter(isUnknown),
  ];
  const ids = new Set(services.map(idOf));
  const inScope = (owner: string, service: ServiceName): boolean =>
    whole.has(owner) || found.namespaces.has(owner) || whole.has(service.namespace) || ids.has(idOf(service));
  const routed = routedTo(context, inScope).filter(
    (service) => isUnknown(service) || scope.service(hostOf(service)) !== undefined,
  );
  const all = [...services, ...routed].filter(({ namespace }) => !whole.has(namespace));
  const external = externalServices(context).filter(({ namespace, host }) => inSight.has(`${namespace}/${host}`));
  const references: Reference[] = [
    ...[...whole].map((of): Reference => ({ kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': of } })),
    ...all.flatMap((service) =>
      [service, ...extraServicesOf(context, service)].map((one) => referenceTo(context, one)),
    ),
    ...external.map(
      ({ name }): Reference => ({ kind: 'MeshExternalService', name, namespace: context.settings.systemNamespace }),
    ),
  ];
  const unique = new Map(references.map((reference) => [keyOf(reference), reference]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}
