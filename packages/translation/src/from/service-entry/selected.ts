import { codes } from '@isthmus/diagnostics';
import { workloadsOf } from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, entries, type Field, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import type { Entry } from './read.ts';

const protocols: Readonly<Record<string, string>> = { HTTP: 'http', HTTP2: 'http2', GRPC: 'grpc' };

const namespaceOf = ({ resource }: Entry): string => resource.namespace || 'default';

/** The labels that an entry selects by. */
const selectedBy = (entry: Entry): Field<string>[] =>
  entries(child(entry.selector, 'labels')).flatMap(([, field]) => text(field) ?? []);

const selectorOf = (context: Context, entry: Entry): Record<string, unknown> =>
  Object.fromEntries(
    entries(child(entry.selector, 'labels')).flatMap(([key, field]) => {
      const value = text(field);
      return value === undefined ? [] : [[key, context.derived(value, value.value)]];
    }),
  );

/** Whether an entry selects Pods of the import and nothing outside of Kubernetes (edge.md S7: in its own namespace). */
function selectsPods(context: Context, entry: Entry): boolean {
  const labels = Object.fromEntries(
    entries(child(entry.selector, 'labels')).map(([key, field]) => [key, String(field.value)]),
  );
  const found = workloadsOf(context.estate).filter(
    (workload) => workload.namespace === namespaceOf(entry) && matchesLabels(labels, workload.labels),
  );
  return found.length > 0 && found.every(({ inCluster }) => inCluster);
}

/** The Service that selects the same Pods, and the generator that keeps the host's name. */
function emitService(context: Context, entry: Entry, host: Field<string>): void {
  const namespace = namespaceOf(entry);
  const own = dnsLabel(entry.resource.name);
  const service = context.services.get(namespace, own) === undefined ? own : dnsLabel(`${own}-entry`);
  for (const label of selectedBy(entry)) context.settled(label);
  context.claim(host, 'approximate', codes.serviceEntry.selectedPods);
  context.report(codes.serviceEntry.selectedPods, { host: host.value, namespace, service }, host);
  const ports = entry.ports.filter(({ family }) => family !== 'none');
  context.emit({
    role: 'resource',
    stage: 'services',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, namespace },
      spec: {
        selector: selectorOf(context, entry),
        ports: ports.map(({ field, name, number, targetPort, protocol, protocolField }) => {
          context.settled(child(field, 'name'));
          return {
            name: dnsLabel(name),
            port: context.exact(number, number.value),
            targetPort: targetPort === undefined ? number.value : context.exact(targetPort, targetPort.value),
            appProtocol:
              protocolField === undefined ? 'tcp' : context.exact(protocolField, protocols[protocol] ?? 'tcp'),
          };
        }),
      },
    },
    services: [`${namespace}/${service}`],
  });
  context.emit({
    role: 'resource',
    stage: 'egress',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'HostnameGenerator',
      metadata: {
        name: dnsLabel(`${namespace}-${service}`),
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/origin': 'zone' },
      },
      spec: {
        selector: {
          meshService: { matchLabels: { 'kuma.io/display-name': service, 'k8s.kuma.io/namespace': namespace } },
        },
        template: context.derived(host, host.value.toLowerCase()),
      },
    },
    services: [`${namespace}/${service}`],
  });
  for (const leaf of context.unclaimed(entry.spec)) context.settled(leaf);
}

/** The MeshService with the selector of an entry, for a Universal zone. */
function draftMeshService(context: Context, entry: Entry, host: Field<string>): void {
  const namespace = namespaceOf(entry);
  const labels = child(entry.selector, 'labels');
  const selected = selectorOf(context, entry);
  context.report(codes.serviceEntry.workloadSelector, { host: host.value, namespace }, labels ?? entry.selector);
  context.claim(entry.spec, 'approximate', codes.serviceEntry.workloadSelector);
  context.emit({
    role: 'draft',
    stage: 'services',
    why: 'Written by hand, a MeshService belongs to a Universal zone; in Kubernetes it comes from a Service.',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshService',
      metadata: {
        name: dnsLabel(entry.resource.name),
        namespace,
        labels: { 'kuma.io/mesh': context.settings.mesh },
      },
      spec: {
        selector:
          context.settings.target === '2.13'
            ? { dataplaneTags: selected }
            : { dataplaneLabels: { matchLabels: selected } },
        ports: entry.ports
          .filter(({ family }) => family !== 'none')
          .map(({ number, targetPort, protocol, protocolField }) => ({
            port: context.derived(number, number.value),
            targetPort: targetPort === undefined ? number.value : context.derived(targetPort, targetPort.value),
            appProtocol:
              protocolField === undefined ? 'tcp' : context.derived(protocolField, protocols[protocol] ?? 'tcp'),
          })),
      },
    },
    services: [],
  });
}

/**
 * A ServiceEntry that selects workloads (edge.md S7): Pods get a Service, which Kong Mesh makes a MeshService of; what runs
 * outside of Kubernetes, and Pods that the import does not show, a draft of a MeshService.
 * @param alone whether the host is the only one of the entry, so that it can be the name of the Service
 */
export function emitSelected(context: Context, entry: Entry, host: Field<string>, alone: boolean): void {
  if (alone && !host.value.includes('*') && selectsPods(context, entry)) emitService(context, entry, host);
  else draftMeshService(context, entry, host);
}
