import { effectiveNamespace, isList, type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';
import type { Estate } from '../estate.ts';

/** A container port that a pod template declares; `name` is `''` where it has none. */
export interface ContainerPort {
  readonly name: string;
  readonly port: number;
}

/** Pods of one template, or a workload outside Kubernetes: what selectors of Istio's policies select. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly containerPorts: readonly ContainerPort[];
  /** False for WorkloadGroups and WorkloadEntries, whose ports have names of Istio's only. */
  readonly inCluster: boolean;
  readonly resource: Resource;
}

/** Kinds with pods of `spec.template`. */
const templated = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
  'Job',
]);

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** The labels in a map; numbers and booleans, which the API server would refuse, as texts. */
export function labelsOf(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(mapOf(value)).map(([key, label]) => [key, String(label)]));
}

// What controllers add to the pods that they make: no selector of a policy means them.
const generated =
  /^(?:pod-template-hash|pod-template-generation|controller-revision-hash|controller-uid|job-name|rollouts-pod-template-hash|batch\.kubernetes\.io\/.*|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index)$/;

function podOf(resource: Resource): { metadata: JsonObject; spec: JsonObject } | undefined {
  const { kind, object } = resource;
  if (kind !== 'Pod' && kind !== 'CronJob' && !templated.has(kind)) return undefined;
  const spec = mapOf(object.spec);
  if (kind === 'Pod') return { metadata: mapOf(object.metadata), spec };
  const template = mapOf(kind === 'CronJob' ? mapOf(mapOf(spec.jobTemplate).spec).template : spec.template);
  return { metadata: mapOf(template.metadata), spec: mapOf(template.spec) };
}

function containerPorts(spec: JsonObject): ContainerPort[] {
  return (isList(spec.containers) ? spec.containers : []).flatMap((container) => {
    const { ports } = mapOf(container);
    return (isList(ports) ? ports : []).flatMap((value) => {
      const port = mapOf(value);
      return typeof port.containerPort === 'number' ? [{ name: textOf(port.name), port: port.containerPort }] : [];
    });
  });
}

function workloadOf(resource: Resource): Workload | undefined {
  const { group, kind, name } = resource;
  if (group === 'networking.istio.io') {
    if (kind !== 'WorkloadGroup' && kind !== 'WorkloadEntry') return undefined;
    const spec = mapOf(resource.object.spec);
    const [labels, account] =
      kind === 'WorkloadGroup'
        ? [mapOf(spec.metadata).labels, mapOf(spec.template).serviceAccount]
        : [spec.labels, spec.serviceAccount];
    const serviceAccount = textOf(account) || 'default';
    return {
      namespace: effectiveNamespace(resource),
      name,
      labels: labelsOf(labels),
      serviceAccount,
      containerPorts: [],
      inCluster: false,
      resource,
    };
  }
  const pod = podOf(resource);
  if (pod === undefined) return undefined;
  return {
    namespace: effectiveNamespace(resource),
    name,
    labels: Object.fromEntries(Object.entries(labelsOf(pod.metadata.labels)).filter(([key]) => !generated.test(key))),
    serviceAccount: textOf(pod.spec.serviceAccountName) || textOf(pod.spec.serviceAccount) || 'default',
    containerPorts: containerPorts(pod.spec),
    inCluster: true,
    resource,
  };
}

const workloads = new WeakMap<Estate, readonly Workload[]>();

/** The workloads of an estate, in its order: pods and pod templates, WorkloadGroups and WorkloadEntries; read once for each. */
export function workloadsOf(estate: Estate): readonly Workload[] {
  const before = workloads.get(estate);
  if (before !== undefined) return before;
  const found: Workload[] = [];
  for (const resources of [estate.context, estate.istio])
    for (const resource of resources) {
      const workload = workloadOf(resource);
      if (workload !== undefined) found.push(workload);
    }
  workloads.set(estate, found);
  return found;
}

/**
 * The ports of a workload that a Service sends to, as numbers: those that a Kong Mesh proxy has an inbound for. A
 * `targetPort` by name is looked up among the container ports; without one it is the Service's port.
 */
export function servedPorts(workload: Workload, services: readonly Resource[]): number[] {
  const served = new Set<number>();
  for (const service of services) {
    if (effectiveNamespace(service) !== workload.namespace) continue;
    const spec = mapOf(service.object.spec);
    const selector = labelsOf(spec.selector);
    const keys = Object.keys(selector);
    if (keys.length === 0 || !keys.every((key) => workload.labels[key] === selector[key])) continue;
    for (const value of isList(spec.ports) ? spec.ports : []) {
      const { port, targetPort } = mapOf(value);
      const target = targetPort ?? port;
      const found =
        typeof target === 'string'
          ? workload.containerPorts.find(({ name }) => name === target)?.port
          : typeof target === 'number'
            ? target
            : undefined;
      if (found !== undefined) served.add(found);
    }
  }
  return [...served].sort((a, b) => a - b);
}
