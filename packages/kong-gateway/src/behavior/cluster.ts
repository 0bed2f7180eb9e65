import type { Json, JsonObject } from '@isthmus/kubernetes';
import { at, list, text, texts } from '../json.ts';

/** The router that a Kong Gateway runs: `router_flavor` of kong.conf. */
export type RouterFlavor = 'expressions' | 'traditional_compatible';

/** An object of the cluster with its identity. */
export interface ClusterObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly created: string;
  readonly spec: Json | undefined;
  readonly object: JsonObject;
}

/** The objects of a cluster that Kong's ingress controller reads. */
export interface Cluster {
  readonly of: (kind: string) => readonly ClusterObject[];
  readonly find: (kind: string, namespace: string, name: string) => ClusterObject | undefined;
  /** Name of the controller, by which GatewayClasses are its own. */
  readonly controller: string;
}

/** Group of Gateway API. */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** Controller name of Kong's ingress controller in GatewayClasses, unless its settings name another. */
const defaultController = 'konghq.com/kic-gateway-controller';

const annotationPrefix = 'konghq.com/';

/** An annotation of Kong's. */
export const annotation = ({ annotations }: Pick<ClusterObject, 'annotations'>, key: string): string | undefined =>
  annotations[`${annotationPrefix}${key}`];

/** The parts of an annotation that is a list. */
export const annotationList = (object: Pick<ClusterObject, 'annotations'>, key: string): string[] =>
  (annotation(object, key) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The annotations of Kong's that an object has. */
export const kongAnnotations = ({ annotations }: ClusterObject): [string, string][] =>
  Object.entries(annotations).filter(([key]) => key.startsWith(annotationPrefix));

/** Takes in the objects of a cluster; the order decides nothing. */
export function readCluster(objects: readonly JsonObject[], controller = defaultController): Cluster {
  const all = objects.map((object): ClusterObject => {
    const metadata = at(object, 'metadata');
    const kind = text(object.kind, '');
    const scoped = kind === 'Namespace' || kind === 'GatewayClass' || kind === 'IngressClass';
    return {
      kind,
      namespace: scoped ? '' : text(at(metadata, 'namespace'), 'default'),
      name: text(at(metadata, 'name'), ''),
      annotations: texts(at(metadata, 'annotations')),
      created: text(at(metadata, 'creationTimestamp'), ''),
      spec: at(object, 'spec'),
      object,
    };
  });
  const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;
  const byKey = new Map(all.map((one) => [keyOf(one.kind, one.namespace, one.name), one]));
  const byKind = Map.groupBy([...byKey.values()], ({ kind }) => kind);
  const compare = (a: ClusterObject, b: ClusterObject): number =>
    a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  for (const same of byKind.values()) same.sort(compare);
  return {
    controller,
    of: (kind) => byKind.get(kind) ?? [],
    find: (kind, namespace, name) => byKey.get(keyOf(kind, namespace, name)),
  };
}

/** Whether a ReferenceGrant lets objects of one kind and namespace name an object of another one. */
export function isGranted(
  cluster: Cluster,
  from: { readonly kind: string; readonly namespace: string },
  to: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string },
): boolean {
  return cluster
    .of('ReferenceGrant')
    .some(
      ({ namespace, spec }) =>
        namespace === to.namespace &&
        list(at(spec, 'from')).some(
          (one) =>
            at(one, 'group') === gatewayGroup &&
            at(one, 'kind') === from.kind &&
            at(one, 'namespace') === from.namespace,
        ) &&
        list(at(spec, 'to')).some(
          (one) =>
            text(at(one, 'group'), '') === to.group &&
            at(one, 'kind') === to.kind &&
            (at(one, 'name') === undefined || at(one, 'name') === to.name),
        ),
    );
}

/** Whether a Gateway is the controller's, by its class; it does not see others. */
export const isServed = (cluster: Cluster, { spec }: ClusterObject): boolean =>
  at(cluster.find('GatewayClass', '', text(at(spec, 'gatewayClassName'), ''))?.spec, 'controllerName') ===
  cluster.controller;

/** The listeners that the parents of a route name, whatever they say of it: all of a Gateway, or a section of it. */
export function* namedListeners(cluster: Cluster, route: ClusterObject): Generator<Json> {
  for (const ref of list(at(route.spec, 'parentRefs'))) {
    const gateway = cluster.find('Gateway', text(at(ref, 'namespace'), route.namespace), text(at(ref, 'name'), ''));
    if (gateway === undefined || !isServed(cluster, gateway)) continue;
    const section = at(ref, 'sectionName');
    for (const listener of list(at(gateway.spec, 'listeners')))
      if (section === undefined || section === at(listener, 'name')) yield listener;
  }
}
