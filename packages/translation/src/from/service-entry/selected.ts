import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, entries, type Field, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import type { Entry } from './read.ts';

const protocols: Readonly<Record<string, string>> = { HTTP: 'http', HTTP2: 'http2', GRPC: 'grpc' };

/** A ServiceEntry that selects workloads: the MeshService with that selector, as a draft (edge.md S7). */
export function emitSelected(context: Context, entry: Entry, host: Field<string>): void {
  const { namespace, name } = entry.resource;
  const labels = child(entry.selector, 'labels');
  const selected = Object.fromEntries(
    entries(labels).flatMap(([key, field]) => {
      const value = text(field);
      return value === undefined ? [] : [[key, context.derived(value, value.value)]];
    }),
  );
  const place = namespace === '' ? 'default' : namespace;
  context.report(codes.serviceEntry.workloadSelector, { host: host.value, namespace: place }, labels ?? entry.selector);
  context.claim(entry.spec, 'approximate', codes.serviceEntry.workloadSelector);
  context.emit({
    role: 'draft',
    stage: 'services',
    why: 'Written by hand, a MeshService belongs to a Universal zone; in Kubernetes it comes from a Service.',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshService',
      metadata: { name: dnsLabel(name), namespace: place, labels: { 'kuma.io/mesh': context.settings.mesh } },
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
