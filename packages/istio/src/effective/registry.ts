import { child, descend, effectiveNamespace, isMap, items, type Resource, rootField, text } from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../estate.ts';
import { indexServices, parseProtocol, type Service, type ServiceIndex, type ServicePort } from '../services.ts';
import { compareCreation } from './creation-order.ts';
import { type ExportTo, readExportTo } from './export-to.ts';
import type { MeshSettings } from './mesh-settings.ts';
import { labelsOf } from './workloads.ts';

/** How the proxy finds the endpoints of a service (istio/pilot/pkg/model/service.go Resolution, 1.32). */
export type Resolution =
  /** From the control plane. */
  | 'endpoints'
  /** The address that the client dialled: headless Services, ServiceEntries without resolution. */
  | 'original'
  | 'dns'
  | 'dns round robin'
  /** Any host under a wildcard, looked up as requested. */
  | 'dynamic dns'
  /** Another name of a host: ExternalName Services. */
  | 'alias';

/** A service as Istio's registry holds it: one Service, or one host of a ServiceEntry. */
export interface RegistryService {
  /** FQDN, or a host of a ServiceEntry as written. */
  readonly host: string;
  readonly namespace: string;
  readonly registry: 'kubernetes' | 'external';
  readonly ports: readonly ServicePort[];
  /** Addresses that clients dial, without the unspecified one. */
  readonly addresses: readonly string[];
  readonly resolution: Resolution;
  readonly exportTo: ExportTo;
  /** Outside of the mesh, so that mutual TLS is never assumed. */
  readonly meshExternal: boolean;
  /** Labels of the workloads behind it; undefined where it selects none. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** The host that an alias stands for. */
  readonly aliasOf: string | undefined;
  /** `PreferClose` and the like; undefined where any endpoint will do. */
  readonly trafficDistribution: string | undefined;
  readonly resource: Resource;
}

const annotationExportTo = 'networking.istio.io/exportTo';

function exportToOfService(resource: Resource, fallback: ExportTo): ExportTo {
  const written = resource.annotations[annotationExportTo];
  return written === undefined || written === '' ? fallback : new Set(written.split(',').map((name) => name.trim()));
}

const annotationTrafficDistribution = 'networking.istio.io/traffic-distribution';

/** What a Service or an annotation may prefer, by its spelling in lower case. */
const preferences = new Map(
  ['PreferClose', 'PreferSameZone', 'PreferSameNode'].map((name) => [name.toLowerCase(), name]),
);

/** Which endpoints are preferred, by what a Service's field says and by the annotations of a resource and its namespace. */
type Preference = (resource: Resource, field?: string) => string | undefined;

/**
 * The field goes first where its value is known, then the annotation, then the namespace's. An annotation that is not known
 * prefers none and hides the next (istio/pilot/pkg/model/service.go GetTrafficDistribution, 1.32).
 */
function readPreferences(estate: Estate): Preference {
  const namespaces = new Map(
    ofKind(estate.context, 'Namespace')
      .filter(({ group }) => group === '')
      .map((one) => [one.name, one]),
  );
  return (resource, field) => {
    if (field !== undefined && preferences.get(field.toLowerCase()) === field) return field;
    const around = namespaces.get(effectiveNamespace(resource))?.annotations;
    const written = resource.annotations[annotationTrafficDistribution] || around?.[annotationTrafficDistribution];
    return written === undefined ? undefined : preferences.get(written.toLowerCase());
  };
}

function fromService(service: Service, mesh: MeshSettings, preferenceOf: Preference): RegistryService {
  const { resource, namespace, name } = service;
  const spec = child(rootField(resource), 'spec');
  const clusterIP = text(child(spec, 'clusterIP'))?.value;
  const all = items(child(spec, 'clusterIPs')).flatMap((item) => text(item)?.value ?? []);
  const externalName = service.externalName ? text(child(spec, 'externalName'))?.value || undefined : undefined;
  const dialled = all.length > 1 ? all : clusterIP === undefined ? [] : [clusterIP];
  return {
    host: `${name}.${namespace}.svc.${mesh.clusterDomain}`,
    namespace,
    registry: 'kubernetes',
    ports: service.ports,
    addresses: dialled.filter((address) => address !== '' && address !== 'None'),
    resolution: service.headless ? 'original' : externalName === undefined ? 'endpoints' : 'alias',
    exportTo: exportToOfService(resource, mesh.serviceExportTo),
    meshExternal: externalName !== undefined,
    selector: service.selector,
    aliasOf: externalName,
    trafficDistribution: preferenceOf(resource, text(child(spec, 'trafficDistribution'))?.value),
    resource,
  };
}

const resolutions: Readonly<Record<string, Resolution>> = {
  NONE: 'original',
  STATIC: 'endpoints',
  DNS: 'dns',
  DNS_ROUND_ROBIN: 'dns round robin',
  DYNAMIC_DNS: 'dynamic dns',
};

/** One service for each host (istio/pilot/pkg/serviceregistry/serviceentry/conversion.go convertServices, 1.32). */
function fromServiceEntry(resource: Resource, mesh: MeshSettings, preferenceOf: Preference): RegistryService[] {
  const spec = child(rootField(resource), 'spec');
  const ports = items(child(spec, 'ports')).flatMap((field): ServicePort[] => {
    const port = isMap(field.value) ? field.value : {};
    if (typeof port.number !== 'number') return [];
    const protocol = typeof port.protocol === 'string' ? port.protocol : '';
    return [
      {
        name: typeof port.name === 'string' ? port.name : '',
        port: port.number,
        targetPort: typeof port.targetPort === 'number' ? port.targetPort : port.number,
        transport: protocol.toUpperCase() === 'UDP' ? 'UDP' : 'TCP',
        protocol: parseProtocol(protocol),
      },
    ];
  });
  const selector = descend(spec, 'workloadSelector', 'labels');
  return items(child(spec, 'hosts')).flatMap((field): RegistryService[] => {
    const host = text(field)?.value;
    if (host === undefined) return [];
    return [
      {
        host,
        namespace: effectiveNamespace(resource),
        registry: 'external',
        ports,
        addresses: items(child(spec, 'addresses')).flatMap((item) => {
          const address = text(item)?.value;
          return address === undefined ? [] : [address.replace(/\/32$/, '')];
        }),
        resolution: resolutions[text(child(spec, 'resolution'))?.value ?? 'NONE'] ?? 'original',
        exportTo: readExportTo(child(spec, 'exportTo')) ?? mesh.serviceExportTo,
        meshExternal: (text(child(spec, 'location'))?.value ?? 'MESH_EXTERNAL') === 'MESH_EXTERNAL',
        selector: selector === undefined ? undefined : labelsOf(selector.value),
        aliasOf: undefined,
        trafficDistribution: preferenceOf(resource),
        resource,
      },
    ];
  });
}

/** Every service of an estate. */
export interface Registry {
  /** The oldest first. */
  readonly all: readonly RegistryService[];
  /** By host and namespace; a Service goes before ServiceEntries of the same host. */
  get(host: string, namespace: string): RegistryService | undefined;
  /** All of one host, whatever the namespace. */
  withHost(host: string): readonly RegistryService[];
  /** Aliases that stand for a host, through others if need be. */
  aliasesOf(host: string): readonly RegistryService[];
  readonly services: ServiceIndex;
}

/** The host at the end of a chain of aliases; undefined for a loop, which no DNS resolves either. */
function followAlias(alias: RegistryService, targets: ReadonlyMap<string, string>): string | undefined {
  const seen = new Set([alias.host]);
  let host = alias.aliasOf as string;
  for (;;) {
    if (seen.has(host)) return undefined;
    seen.add(host);
    const next = targets.get(host);
    if (next === undefined) return host;
    host = next;
  }
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const none: readonly RegistryService[] = [];

/** Builds the registry (istio/pilot/pkg/model/push_context.go initServiceRegistry, resolveServiceAliases, 1.32). */
export function buildRegistry(estate: Estate, mesh: MeshSettings): Registry {
  const services = indexServices(estate, mesh.clusterDomain);
  const preferenceOf = readPreferences(estate);
  const all = [
    ...services.all.map((service) => fromService(service, mesh, preferenceOf)),
    ...ofKind(estate.istio, 'ServiceEntry')
      .filter(({ group }) => group === 'networking.istio.io')
      .flatMap((resource) => fromServiceEntry(resource, mesh, preferenceOf)),
  ].sort((a, b) => compareCreation(a.resource, b.resource));
  const byHost = Map.groupBy(all, ({ host }) => host);
  const targets = new Map(
    all.flatMap(({ host, aliasOf }) => (aliasOf === undefined ? [] : [[host, aliasOf] as const])),
  );
  const aliases = Map.groupBy(
    all.filter(({ aliasOf }) => aliasOf !== undefined),
    (alias) => followAlias(alias, targets) ?? '',
  );
  for (const list of aliases.values())
    list.sort((a, b) => byCodeUnit(a.namespace, b.namespace) || byCodeUnit(a.host, b.host));
  return {
    all,
    services,
    get(host, namespace) {
      const candidates = byHost.get(host)?.filter((service) => service.namespace === namespace) ?? [];
      return candidates.find(({ registry }) => registry === 'kubernetes') ?? candidates[0];
    },
    withHost: (host) => byHost.get(host) ?? none,
    aliasesOf: (host) => aliases.get(host) ?? none,
  };
}
