import type { Client } from '@isthmus/behavior';
import {
  child,
  descend,
  effectiveNamespace,
  type Field,
  type JsonObject,
  matchesLabels,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../estate.ts';
import { compareCreation } from './creation-order.ts';
import { readEgressHosts } from './egress-hosts.ts';
import { isExportedTo } from './export-to.ts';
import { objectField, objectItems, textItems } from './fields.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { Registry, RegistryService } from './registry.ts';
import { type ServiceView, type ServiceVisibility, viewServices } from './service-view.ts';
import type { VirtualServiceIndex } from './virtual-service-index.ts';
import { listVirtualServices, type VirtualServiceList } from './virtual-service-list.ts';
import { labelsOf } from './workloads.ts';

/** A listener for outgoing traffic with what it imports. */
export interface EgressListener {
  /** The entry of `spec.egress`; undefined for the listener that every client has without a Sidecar. */
  readonly field: Field<JsonObject> | undefined;
  /** Undefined: all ports that no other listener has. */
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  readonly services: ServiceView;
  readonly virtualServices: VirtualServiceList;
  /** Nothing that the client may see is left out. */
  readonly importsEverything: boolean;
}

/** What a client's proxy knows of the mesh. */
export interface ClientScope {
  readonly namespace: string;
  readonly sidecar: Resource | undefined;
  readonly listeners: readonly EgressListener[];
  /** ALLOW_ANY, REGISTRY_ONLY, …: what becomes of requests to unknown hosts. */
  readonly outboundTrafficPolicy: string;
  /** The service of a host, imported or the destination of an imported VirtualService. */
  service(host: string): RegistryService | undefined;
}

/** The listener that takes connections to a port; undefined where no listener does. */
export function listenerFor(scope: ClientScope, port: number): EgressListener | undefined {
  return scope.listeners.find((listener) => listener.port === undefined || listener.port === port);
}

function onlyPort(service: RegistryService, number: number): RegistryService | undefined {
  const ports = service.ports.filter(({ port }) => port === number);
  return ports.length === 0 ? undefined : { ...service, ports };
}

/** The ports of each destination of a VirtualService; 0: any (push_context.go virtualServiceDestinationsFilteredBySourceNamespace). */
function destinationPorts(list: VirtualServiceList, namespace: string): Map<string, Set<number>> {
  const ports = new Map<string, Set<number>>();
  for (const { http, tcp, tls } of list.all) {
    const relevant = http.filter(({ matches }) => {
      const named = matches.flatMap(({ sourceNamespace }) => sourceNamespace?.value ?? []);
      return named.length === 0 || named.includes(namespace);
    });
    for (const { host, port } of [
      ...relevant.flatMap(({ route, mirrors }) => [...route, ...mirrors].map(({ destination }) => destination)),
      ...[...tcp, ...tls].flatMap(({ route }) => route.map(({ destination }) => destination)),
    ]) {
      const known = ports.get(host.host);
      if (known === undefined) ports.set(host.host, new Set([port?.value ?? 0]));
      else known.add(port?.value ?? 0);
    }
  }
  return ports;
}

interface Surroundings {
  readonly mesh: MeshSettings;
  readonly registry: Registry;
  readonly visibility: ServiceVisibility;
  readonly virtualServices: VirtualServiceIndex;
}

function readListener(entry: Field<JsonObject>, namespace: string, around: Surroundings): EgressListener {
  const { visibility, virtualServices } = around;
  const hosts = readEgressHosts(textItems(child(entry, 'hosts')), namespace);
  const port = number(descend(entry, 'port', 'number'))?.value || undefined;
  const protocol = text(descend(entry, 'port', 'protocol'))?.value.toLowerCase();
  const matchPort = port !== undefined && protocol !== 'http_proxy';
  if (hosts.everything && !matchPort)
    return {
      field: entry,
      port,
      protocol,
      services: visibility.viewFrom(namespace),
      virtualServices: virtualServices.visibleFrom(namespace),
      importsEverything: true,
    };
  const imported = visibility.visibleFrom(namespace).filter(hosts.importsService);
  const services = matchPort ? imported.flatMap((service) => onlyPort(service, port) ?? []) : imported;
  return {
    field: entry,
    port,
    protocol,
    services: viewServices(services, namespace),
    virtualServices: listVirtualServices(virtualServices.visibleFrom(namespace).all.filter(hosts.importsVirtualService))
      .list,
    importsEverything: false,
  };
}

/** The service of a host that a client may get to know: its namespace's, whatever that exports, else one that it may see. */
function bestService(host: string, namespace: string, registry: Registry): RegistryService | undefined {
  const visible = registry.withHost(host).filter((one) => isExportedTo(one.exportTo, one.namespace, namespace));
  return registry.get(host, namespace) ?? visible.find((one) => one.registry === 'kubernetes') ?? visible[0];
}

/** The part of a service that nobody imported but that an imported VirtualService sends to (sidecar.go collectImportedServices). */
function inferService(
  service: RegistryService,
  ports: readonly Map<string, Set<number>>[],
): RegistryService | undefined {
  const wanted = ports.flatMap((ofListener) => [...(ofListener.get(service.host) ?? [])]);
  if (wanted.length === 0) return undefined;
  if (wanted.includes(0)) return service;
  const found = service.ports.filter(({ port }) => wanted.includes(port));
  return found.length === 0 ? undefined : { ...service, ports: found };
}

/** A service with the ports that several listeners import of it. */
function united([first, ...others]: readonly RegistryService[]): RegistryService | undefined {
  if (first === undefined || others.length === 0) return first;
  const ports = [first, ...others.filter(({ namespace }) => namespace === first.namespace)].flatMap((one) => one.ports);
  return { ...first, ports: [...new Map(ports.map((port) => [port.port, port])).values()] };
}

function scopeWith(
  sidecar: Resource | undefined,
  namespace: string,
  listeners: readonly EgressListener[],
  outboundTrafficPolicy: string,
  registry: Registry,
): ClientScope {
  let destinations: readonly Map<string, Set<number>>[] | undefined;
  const look = (host: string): RegistryService | undefined => {
    const imported = united(listeners.flatMap(({ services }) => services.get(host) ?? []));
    if (imported !== undefined) return imported;
    const other = bestService(host, namespace, registry);
    if (other === undefined) return undefined;
    destinations ??= listeners.map(({ virtualServices }) => destinationPorts(virtualServices, namespace));
    return inferService(other, destinations);
  };
  const found = new Map<string, RegistryService | undefined>();
  const only = listeners.length === 1 ? listeners[0]?.services : undefined;
  return {
    namespace,
    sidecar,
    listeners,
    outboundTrafficPolicy,
    service(host) {
      const imported = only?.get(host);
      if (imported !== undefined) return imported;
      if (!found.has(host)) found.set(host, look(host));
      return found.get(host);
    },
  };
}

function scopeOfSidecar(sidecar: Resource, namespace: string, around: Surroundings): ClientScope {
  const spec = child(rootField(sidecar), 'spec');
  const egress = objectItems(child(spec, 'egress'));
  const listeners =
    egress.length === 0
      ? [everything(namespace, around)]
      : egress.map((entry) => readListener(entry, namespace, around));
  const written = objectField(child(spec, 'outboundTrafficPolicy'));
  const mode = text(child(written, 'mode'))?.value;
  // Without a mode the policy is the enumeration's first value.
  const policy = mode ?? (written === undefined ? around.mesh.outboundTrafficPolicy : 'REGISTRY_ONLY');
  return scopeWith(sidecar, namespace, listeners, policy, around.registry);
}

const everything = (namespace: string, { visibility, virtualServices }: Surroundings): EgressListener => ({
  field: undefined,
  port: undefined,
  protocol: undefined,
  services: visibility.viewFrom(namespace),
  virtualServices: virtualServices.visibleFrom(namespace),
  importsEverything: true,
});

/** The Sidecars of an estate, as clients find theirs. */
export interface SidecarIndex {
  /** The Sidecar that holds for a client: its namespace's with matching labels, its namespace's for all, the root's. */
  sidecarOf(client: Client): Resource | undefined;
  /** Labels that a Sidecar of the namespace asks for. */
  selectorsIn(namespace: string): readonly Readonly<Record<string, string>>[];
}

const none: readonly Readonly<Record<string, string>>[] = [];

/** Sorts the Sidecars of an estate (istio/pilot/pkg/model/push_context.go initSidecarScopes, doGetSidecarScope, 1.32). */
export function indexSidecars(estate: Estate, mesh: MeshSettings): SidecarIndex {
  const selectorOf = (sidecar: Resource): Readonly<Record<string, string>> | undefined => {
    const selector = objectField(descend(rootField(sidecar), 'spec', 'workloadSelector'));
    return selector && labelsOf(selector.value.labels);
  };
  const sorted = ofKind(estate.istio, 'Sidecar')
    .filter(({ group }) => group === 'networking.istio.io')
    .map((sidecar) => ({ sidecar, selector: selectorOf(sidecar) }))
    .sort(
      (a, b) =>
        Number(a.selector === undefined) - Number(b.selector === undefined) || compareCreation(a.sidecar, b.sidecar),
    );
  const byNamespace = Map.groupBy(sorted, ({ sidecar }) => effectiveNamespace(sidecar));
  const root = byNamespace.get(mesh.rootNamespace)?.find(({ selector }) => selector === undefined);
  const selectors = new Map(
    [...byNamespace].map(([namespace, some]) => [
      namespace,
      some.flatMap(({ selector }) => (selector === undefined ? [] : [selector])),
    ]),
  );
  return {
    sidecarOf(client) {
      const own = byNamespace.get(client.namespace);
      if (own === undefined) return root?.sidecar;
      return (own.find(({ selector }) => selector === undefined || matchesLabels(selector, client.labels)) ?? root)
        ?.sidecar;
    },
    selectorsIn: (namespace) => selectors.get(namespace) ?? none,
  };
}

/** Finds what clients know; clients of one namespace with one Sidecar share it. */
export function clientScopes(around: Surroundings, sidecars: SidecarIndex): (client: Client) => ClientScope {
  const scopes = new Map<Resource | undefined, Map<string, ClientScope>>();
  return (client) => {
    const { namespace } = client;
    const sidecar = sidecars.sidecarOf(client);
    const ofSidecar = scopes.get(sidecar) ?? new Map<string, ClientScope>();
    scopes.set(sidecar, ofSidecar);
    const known = ofSidecar.get(namespace);
    if (known !== undefined) return known;
    const scope =
      sidecar === undefined
        ? scopeWith(
            sidecar,
            namespace,
            [everything(namespace, around)],
            around.mesh.outboundTrafficPolicy,
            around.registry,
          )
        : scopeOfSidecar(sidecar, namespace, around);
    ofSidecar.set(namespace, scope);
    return scope;
  };
}
