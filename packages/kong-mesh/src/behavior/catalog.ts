import type { Endpoints } from '@isthmus/behavior';
import { type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import { type Destination, type DestinationKind, destinationKey } from './destination.ts';
import { indexLabels } from './label-index.ts';
import { label } from './labels.ts';
import { meshServiceOf, storedMeshService } from './mesh-service.ts';
import type { Namespaces } from './namespaces.ts';
import { displayNameOf, metaOf } from './object.ts';
import type { MeshOptions } from './options.ts';
import { filledOf, listOf, mapOf, numberOf, textsOf } from './value.ts';

type Labels = Readonly<Record<string, string>>;

/** All destinations of a mesh. */
export interface Catalog {
  /** In the order in which a proxy's listeners are made: by kind, then by `<name>.<namespace>`. */
  readonly all: readonly Destination[];
  /** Place in that order. */
  orderOf(destination: Destination): number;
  find(kind: DestinationKind, zone: string, namespace: string, name: string): Destination | undefined;
  inNamespace(namespace: string): readonly Destination[];
  /** What stands for the Pods of a headless Service. */
  headless(namespace: string, service: string): Destination | undefined;
  /** All of a kind that have these labels, in order. */
  withLabels(kind: string, labels: Labels): readonly Destination[];
}

function externalService(object: JsonObject, options: MeshOptions): Destination | undefined {
  const meta = metaOf(object);
  if ((meta.labels[label.mesh] ?? 'default') !== options.mesh) return undefined;
  const { match, endpoints } = mapOf(object.spec);
  const port = numberOf(mapOf(match).port);
  if (port === undefined) return undefined;
  const first = mapOf(listOf(endpoints)[0]);
  const address = filledOf(first.address) ?? '';
  return {
    kind: 'MeshExternalService',
    namespace: meta.labels[label.namespace] ?? meta.namespace,
    name: displayNameOf(meta),
    zone: meta.labels[label.zone] ?? options.zone,
    labels: {
      [label.namespace]: meta.namespace,
      [label.origin]: 'zone',
      [label.zone]: options.zone,
      ...meta.labels,
      [label.displayName]: displayNameOf(meta),
    },
    ports: [
      {
        name: String(port),
        port,
        protocol: filledOf(mapOf(match).protocol) ?? 'tcp',
        endpoints: { kind: 'external', host: address, port: numberOf(first.port) ?? port },
      },
    ],
    created: meta.created,
    address,
  };
}

function multiZoneService(
  object: JsonObject,
  options: MeshOptions,
  services: readonly Destination[],
): Destination | undefined {
  const meta = metaOf(object);
  if ((meta.labels[label.mesh] ?? 'default') !== options.mesh) return undefined;
  const spec = mapOf(object.spec);
  const wanted = textsOf(mapOf(mapOf(mapOf(spec.selector).meshService)).matchLabels) ?? {};
  const members = services.filter(({ labels }) => matchesLabels(wanted, labels));
  return {
    kind: 'MeshMultiZoneService',
    namespace: meta.labels[label.namespace] ?? meta.namespace,
    name: displayNameOf(meta),
    // It comes from the global control plane, so that no zone is part of its name.
    zone: meta.labels[label.zone] ?? '',
    labels: { [label.namespace]: meta.namespace, ...meta.labels, [label.displayName]: displayNameOf(meta) },
    ports: listOf(spec.ports).flatMap((item) => {
      const { name, port, appProtocol } = mapOf(item);
      const number = numberOf(port);
      if (number === undefined) return [];
      const of = members.flatMap(({ ports }) =>
        ports.filter((one) => one.port === number).map(({ endpoints }): Endpoints => endpoints),
      );
      const endpoints: Endpoints =
        of.length === 1
          ? (of[0] as Endpoints)
          : of.length === 0
            ? { kind: 'none', reason: 'no MeshService' }
            : { kind: 'any', of };
      return [
        { name: filledOf(name) ?? String(number), port: number, protocol: filledOf(appProtocol) ?? 'tcp', endpoints },
      ];
    }),
    created: meta.created,
  };
}

const byCoreName = (a: Destination, b: Destination): number => {
  const [x, y] = [`${a.name}.${a.namespace}`, `${b.name}.${b.namespace}`];
  return x < y ? -1 : x > y ? 1 : 0;
};

function readServices(objects: readonly JsonObject[], namespaces: Namespaces, options: MeshOptions): Destination[] {
  const services = new Map<string, Destination>();
  const headless: Destination[] = [];
  // A MeshService that somebody wrote keeps the control plane from making one of the Service of its name.
  const stored = objects
    .filter(({ kind }) => kind === 'MeshService')
    .map((object) => storedMeshService(object, options));
  const made = objects
    .filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1')
    .map((object) => meshServiceOf(object, namespaces, options));
  for (const service of [...stored, ...made]) {
    if (service === undefined) continue;
    if (service.name === '') headless.push(service);
    else if (!services.has(destinationKey(service))) services.set(destinationKey(service), service);
  }
  return [...services.values(), ...headless].sort(byCoreName);
}

/** Finds the destinations among the objects. */
export function readCatalog(objects: readonly JsonObject[], namespaces: Namespaces, options: MeshOptions): Catalog {
  const services = readServices(objects, namespaces, options);
  const ofKind = (kind: string, read: (object: JsonObject) => Destination | undefined): Destination[] =>
    objects
      .filter((object) => object.kind === kind)
      .map(read)
      .filter((found) => found !== undefined)
      .sort(byCoreName);
  const all = [
    ...services,
    ...ofKind('MeshExternalService', (object) => externalService(object, options)),
    ...ofKind('MeshMultiZoneService', (object) => multiZoneService(object, options, services)),
  ];

  const order = new Map(all.map((destination, index) => [destination, index]));
  const named = all.filter(({ name }) => name !== '');
  const byKey = new Map(named.map((destination) => [destinationKey(destination), destination]));
  const headless = new Map(
    all
      .filter(({ name }) => name === '')
      .map((destination) => [`${destination.namespace}/${destination.labels[label.serviceName]}`, destination]),
  );
  const find = indexLabels(all);
  let byNamespace: ReadonlyMap<string, readonly Destination[]> | undefined;

  return {
    all,
    orderOf: (destination) => order.get(destination) ?? -1,
    find: (kind, zone, namespace, name) => byKey.get(destinationKey({ kind, zone, namespace, name })),
    inNamespace(namespace) {
      byNamespace ??= Map.groupBy(all, (destination) => destination.namespace);
      return byNamespace.get(namespace) ?? [];
    },
    headless: (namespace, service) => headless.get(`${namespace}/${service}`),
    withLabels: (kind, labels) => find(labels).filter((destination) => destination.kind === kind),
  };
}
