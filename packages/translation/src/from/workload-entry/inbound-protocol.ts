import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';

const protocols: Readonly<Record<string, string>> = { HTTP: 'http', HTTP2: 'http2', GRPC: 'grpc' };

/** A port of a ServiceEntry or a Service that selects workloads, with what it speaks. */
interface SelectingPort {
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly name: string;
  /** Of the workload, where `ports` of an entry do not say another by the name. */
  readonly target: number | undefined;
  readonly protocol: string;
  readonly from: Field | undefined;
}

const ofEntries = (context: Context): SelectingPort[] =>
  context.ofKind('ServiceEntry').flatMap((resource) => {
    const spec = child(rootField(resource), 'spec');
    const labels = entries(descend(spec, 'workloadSelector', 'labels'));
    if (labels.length === 0) return [];
    const selector = Object.fromEntries(labels.map(([key, { value }]) => [key, String(value)]));
    return items(child(spec, 'ports')).map((port) => {
      const written = text(child(port, 'protocol'));
      const target = number(child(port, 'targetPort')) ?? number(child(port, 'number'));
      return {
        namespace: resource.namespace || 'default',
        selector,
        name: text(child(port, 'name'))?.value ?? '',
        target: target?.value,
        protocol: protocols[written?.value.toUpperCase() ?? ''] ?? 'tcp',
        from: written,
      };
    });
  });

const ofServices = (context: Context): SelectingPort[] =>
  context.services.all.flatMap(({ namespace, selector, ports }) =>
    selector === undefined || Object.keys(selector).length === 0
      ? []
      : ports.map(({ name, targetPort, protocol }) => ({
          namespace,
          selector,
          name,
          target: typeof targetPort === 'number' ? targetPort : undefined,
          protocol: protocol !== undefined && ['http', 'http2', 'grpc'].includes(protocol) ? protocol : 'tcp',
          from: undefined,
        })),
  );

const selecting = oncePerContext((context) => [...ofEntries(context), ...ofServices(context)]);

/**
 * What a port of a workload speaks by the ServiceEntry or Service that selects it, found by the port's name, else its number
 * (istio/pilot/pkg/serviceregistry/serviceentry/conversion.go, 1.32); undefined where none does. Kong Mesh takes a port for TCP
 * otherwise, and no rule for requests acts on it (edge.md 1.12).
 */
export function inboundProtocol(
  context: Context,
  workload: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  port: { readonly name: string; readonly number: number },
): { readonly protocol: string; readonly from: Field | undefined } | undefined {
  const found = selecting(context).filter(
    ({ namespace, selector }) => namespace === workload.namespace && matchesLabels(selector, workload.labels),
  );
  return found.find(({ name }) => name === port.name) ?? found.find(({ target }) => target === port.number);
}
