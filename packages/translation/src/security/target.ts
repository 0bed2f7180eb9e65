import { type PolicyScope, selects, servedPorts, type Workload } from '@isthmus/istio';
import { isMap, join, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../context.ts';
import { areAll, type Ports } from './ports.ts';
import { fieldAt, type SecurityView } from './view.ts';

/** What an emitted inbound policy is for: proxies of a scope, all of their inbounds or one by name. */
export interface InboundTarget {
  readonly scope: PolicyScope;
  readonly section?: string;
}

/** `unknown`: the import does not hold the workloads, or none of the ports can be told from others. */
export type Placement =
  | { readonly kind: 'placed'; readonly targets: readonly InboundTarget[]; readonly each: boolean }
  | { readonly kind: 'unknown' };

const sectionOf = (workload: Workload, port: number): string =>
  workload.containerPorts.find((declared) => declared.port === port && declared.name !== '')?.name ?? String(port);

/**
 * The port of a workload whose inbound Kong Mesh makes last: Services by name, their ports in order (kuma,
 * pkg/plugins/runtime/k8s/controllers/inbound_converter.go, 2.14). Its mode is that of the ports that no Service declares
 * (security.md 1.5; verified by running 2.14).
 */
export function lastInbound(view: SecurityView, workload: Workload): number | undefined {
  const { namespace, labels, containerPorts } = workload;
  return (view.selecting.get(namespace) ?? [])
    .filter(({ selector = {}, externalName }) => !externalName && matchesLabels(selector, labels))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ ports }) => ports.filter(({ transport }) => transport === 'TCP'))
    .map(({ targetPort }) =>
      typeof targetPort === 'number' ? targetPort : containerPorts.find(({ name }) => name === targetPort)?.port,
    )
    .filter((port) => port !== undefined)
    .at(-1);
}

function wanted(workload: Workload, ports: Ports, services: readonly Resource[]): number[] {
  if (ports.kind === 'only') return [...ports.ports];
  const served = servedPorts(workload, services);
  return served.filter((port) => !ports.ports.includes(port));
}

/** Whether a section of a workload is a port other than those wanted. */
const isAnother = (workload: Workload, section: string, ports: readonly number[]): boolean =>
  workload.containerPorts.some(({ name, port }) => name === section && !ports.includes(port));

/**
 * Where a policy for some ports of a scope has to be put. Kong Mesh names an inbound by the name of its container port,
 * by number only where it has none (kuma/api/mesh/v1alpha1/dataplane_helpers.go, 2.14; verified by running), so that the
 * workloads have to be known. Where one name means different ports in the scope, each workload gets a target of its own.
 */
export function placePorts(view: SecurityView, scope: PolicyScope, ports: Ports): Placement {
  if (areAll(ports)) return { kind: 'placed', targets: [{ scope }], each: false };
  const workloads = view.workloadsIn(scope.namespace).filter((workload) => selects(scope, workload));
  if (workloads.length === 0 || workloads.some(({ inCluster }) => !inCluster)) return { kind: 'unknown' };
  const named = workloads.map((workload) => {
    const found = wanted(workload, ports, view.services);
    return { workload, ports: found, sections: new Set(found.map((port) => sectionOf(workload, port))) };
  });
  const sections = [...new Set(named.flatMap((one) => [...one.sections]))].sort();
  const clash = sections.some((section) => named.some((one) => isAnother(one.workload, section, one.ports)));
  // All but some ports: another workload may have the same section among those left out.
  const uneven = sections.some((section) =>
    named.some(
      (one) =>
        !one.sections.has(section) &&
        servedPorts(one.workload, view.services).some((port) => sectionOf(one.workload, port) === section),
    ),
  );
  if (!clash && !uneven)
    return { kind: 'placed', targets: sections.map((section) => ({ scope, section })), each: false };
  const targets: InboundTarget[] = [];
  for (const one of named) {
    const { namespace, labels } = one.workload;
    for (const section of one.sections) {
      const shared = named.some(
        (other) =>
          other !== one &&
          other.workload.namespace === namespace &&
          matchesLabels(labels, other.workload.labels) &&
          !other.sections.has(section),
      );
      if (shared) return { kind: 'unknown' };
      targets.push({ scope: { namespace, labels }, section });
    }
  }
  return { kind: 'placed', targets, each: true };
}

/**
 * The targetRef of an inbound policy in the system namespace. Policies are never put into the namespace of an
 * application: without the injection label there they would get no admission and act on the whole mesh (routing.md 2.1;
 * verified by running 2.13, 2.14 and 3.0). The namespace is a label of every proxy in Kubernetes.
 * @param owner policy whose selector the labels come from, for provenance
 */
export function targetRefOf(context: Context, { scope, section }: InboundTarget, owner?: Resource): object {
  const { namespace, labels } = scope;
  const entries = Object.entries(labels);
  if (namespace === undefined && entries.length === 0 && section === undefined) return { kind: 'Mesh' };
  const written = selectorOf(owner);
  const all = [
    ...(namespace === undefined ? [] : [['k8s.kuma.io/namespace', namespace] as const]),
    ...entries.map(([key, value]) => [
      key,
      owner !== undefined && written !== undefined && Object.hasOwn(written, key)
        ? context.derived(fieldAt(owner, join('spec.selector.matchLabels', key)), value)
        : value,
    ]),
  ];
  return {
    kind: 'Dataplane',
    ...(all.length === 0 ? {} : { labels: Object.fromEntries(all) }),
    ...(section === undefined ? {} : { sectionName: section }),
  };
}

function selectorOf(resource: Resource | undefined): object | undefined {
  const spec = resource?.object.spec;
  const selector = isMap(spec) ? spec.selector : undefined;
  const labels = isMap(selector) ? selector.matchLabels : undefined;
  return isMap(labels) ? labels : undefined;
}

/** Services (`<namespace>/<name>`) whose pods a scope can hold. */
export function servicesIn(view: SecurityView, scope: PolicyScope): string[] {
  if (scope.namespace === undefined && Object.keys(scope.labels).length === 0) return [];
  const workloads = view.workloadsIn(scope.namespace).filter((workload) => selects(scope, workload));
  const namespaces = scope.namespace === undefined ? [...view.selecting.keys()] : [scope.namespace];
  return namespaces.flatMap((namespace) => {
    const own = workloads.filter((workload) => workload.namespace === namespace);
    return (view.selecting.get(namespace) ?? []).flatMap(({ name, selector = {} }) =>
      selects(scope, { namespace, labels: selector }) || own.some(({ labels }) => matchesLabels(selector, labels))
        ? [`${namespace}/${name}`]
        : [],
    );
  });
}
