import { type Estate, type Workload, workloadsOf } from '@isthmus/istio';
import {
  child,
  descend,
  effectiveNamespace,
  entries,
  type Field,
  items,
  type JsonObject,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';

/** A container of a pod template that is the user's own, not one that an injector added. */
export interface Container {
  readonly name: string;
  readonly isInit: boolean;
  readonly field: Field;
}

/** The pods of one workload of the cluster. */
export interface Pod extends Workload {
  readonly annotations: Readonly<Record<string, string>>;
  /** The pod template, or the Pod itself. */
  readonly template: Field;
  readonly spec: Field | undefined;
  readonly containers: readonly Container[];
  /** Names of all containers, those of injectors included. */
  readonly containerNames: ReadonlySet<string>;
}

const injected = new Set([
  'istio-proxy',
  'istio-init',
  'istio-validation',
  'kuma-sidecar',
  'kuma-init',
  'kuma-validation',
]);

function templateOf(resource: Resource): Field | undefined {
  const root = rootField(resource);
  if (resource.kind === 'Pod') return root;
  return resource.kind === 'CronJob'
    ? descend(root, 'spec', 'jobTemplate', 'spec', 'template')
    : descend(root, 'spec', 'template');
}

const texts = (field: Field | undefined): Record<string, string> =>
  Object.fromEntries(entries(field).map(([key, { value }]) => [key, String(value)]));

function containersOf(spec: Field | undefined): { all: Set<string>; own: Container[] } {
  const all = new Set<string>();
  const own: Container[] = [];
  for (const [list, isInit] of [['initContainers', true] as const, ['containers', false] as const])
    for (const field of items(child(spec, list))) {
      const name = text(child(field, 'name'))?.value ?? '';
      all.add(name);
      if (!injected.has(name)) own.push({ name, isInit, field });
    }
  return { all, own };
}

/** Whether labels are those of a gateway of Istio, which Kong Gateway replaces: it does not move (istio/manifests/charts/gateway, 1.32). */
export const isGatewayLabels = (labels: Readonly<Record<string, string>>): boolean =>
  labels['gateway.networking.k8s.io/gateway-name'] !== undefined ||
  /(?:ingress|egress|eastwest)-?gateway$/.test(labels.istio ?? '');

function isGateway(pod: Pod): boolean {
  const { labels, annotations } = pod;
  return (
    annotations['inject.istio.io/templates'] === 'gateway' ||
    isGatewayLabels(labels) ||
    (pod.containers.length === 0 && pod.containerNames.has('istio-proxy'))
  );
}

/** Names of the controllers of an object that the import holds as well, so that it is not looked at twice. */
function hasOwner(resource: Resource, known: ReadonlySet<string>): boolean {
  const owners = items(descend(rootField(resource), 'metadata', 'ownerReferences'));
  return owners.some((owner) => {
    const kind = text(child(owner, 'kind'))?.value;
    const name = text(child(owner, 'name'))?.value;
    return known.has(`${kind}/${effectiveNamespace(resource)}/${name}`);
  });
}

/** The workloads of an estate that run pods. */
export interface Pods {
  /** Without those that a controller of the import makes, and without gateways. */
  readonly pods: readonly Pod[];
  /** Istio's gateways. */
  readonly gateways: readonly Pod[];
  /** Objects of kind Pod, as a cluster gives them. */
  readonly running: readonly Pod[];
}

/** The workloads of an estate that run pods. */
export function podsOf(estate: Estate): Pods {
  const known = new Set(estate.context.map((one) => `${one.kind}/${effectiveNamespace(one)}/${one.name}`));
  const all = workloadsOf(estate).flatMap((workload): Pod[] => {
    const template = workload.inCluster ? templateOf(workload.resource) : undefined;
    if (template === undefined) return [];
    const spec = child(template, 'spec');
    const { all: containerNames, own: containers } = containersOf(spec);
    const annotations = texts(descend(template, 'metadata', 'annotations'));
    return [{ ...workload, annotations, template, spec, containers, containerNames }];
  });
  return {
    pods: all.filter((pod) => !isGateway(pod) && !hasOwner(pod.resource, known)),
    gateways: all.filter(isGateway),
    running: all.filter(({ resource }) => resource.kind === 'Pod'),
  };
}

/** An annotation of the pods with its place. */
export const annotationOf = (pod: Pod, key: string): Field<string> | undefined =>
  text(descend(pod.template, 'metadata', 'annotations', key));

/** A label of the pods with its place. */
export const labelOf = (pod: Pod, key: string): Field<string> | undefined =>
  text(descend(pod.template, 'metadata', 'labels', key));

/** The declared ports of the user's containers with their places. */
export const portsOf = (pod: Pod): Field<number>[] =>
  pod.containers.flatMap(({ field }) =>
    items(child(field, 'ports')).flatMap((port) => number(child(port, 'containerPort')) ?? []),
  );

/** What a container runs and is told: its command, arguments, variables and the commands of its probes and hooks. */
export function wordsOf(container: Container): Field<string>[] {
  const { field } = container;
  const lists = [
    ['command'],
    ['args'],
    ['livenessProbe', 'exec', 'command'],
    ['readinessProbe', 'exec', 'command'],
    ['startupProbe', 'exec', 'command'],
    ['lifecycle', 'postStart', 'exec', 'command'],
    ['lifecycle', 'preStop', 'exec', 'command'],
  ];
  return [
    ...lists.flatMap((path) => items(descend(field, ...path)).flatMap((item) => text(item) ?? [])),
    ...items(child(field, 'env')).flatMap((variable) => text(child(variable, 'value')) ?? []),
  ];
}

/** A patch of the pods' labels or annotations, of the object that the user has. */
export function podPatch(
  pod: Pod,
  metadata: { readonly labels?: JsonObject; readonly annotations?: JsonObject },
  spec?: JsonObject,
): JsonObject {
  const { apiVersion, kind, name } = pod.resource;
  const template = { metadata, ...(spec === undefined ? {} : { spec }) };
  const identity = { apiVersion, kind, metadata: { name, namespace: pod.namespace } };
  if (kind === 'Pod')
    return { ...identity, metadata: { ...identity.metadata, ...metadata }, ...(spec ? { spec } : {}) };
  return kind === 'CronJob'
    ? { ...identity, spec: { jobTemplate: { spec: { template } } } }
    : { ...identity, spec: { template } };
}
