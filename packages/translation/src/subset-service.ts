import type { Service, ServiceName } from '@isthmus/istio';
import type { Context } from './context.ts';
import { child, descend, entries, type Field, items, rootField, text } from './field.ts';
import { dnsLabel } from './names.ts';

/** A subset of a Service, which needs a Service of its own: neither Kong Mesh nor Kong Gateway knows subsets (routing.md 3.3). */
export interface Subset {
  readonly service: Service;
  /** Name of the Service for the subset. */
  readonly name: string;
  /** Labels of the subset, from the DestinationRule. */
  readonly labels: readonly (readonly [key: string, value: Field<string>])[];
  readonly definition: Field;
}

/**
 * Finds a subset of a Service by the DestinationRules of the Service's own namespace. `unknown` where the import lacks the
 * Service, its selector, or the definition of the subset.
 */
export function subsetOf(context: Context, { namespace, name }: ServiceName, subset: string): Subset | 'unknown' {
  const service = context.services.get(namespace, name);
  if (service?.selector === undefined || subset === '') return 'unknown';
  for (const rule of context.ofKind('DestinationRule')) {
    if ((rule.namespace || 'default') !== namespace) continue;
    const spec = child(rootField(rule), 'spec');
    const host = text(child(spec, 'host'));
    const named = host && context.services.named(host.value.toLowerCase(), rule.namespace);
    if (named === undefined || named.namespace !== namespace || named.name !== name) continue;
    const definition = items(child(spec, 'subsets')).find((one) => text(child(one, 'name'))?.value === subset);
    if (definition === undefined) continue;
    const labels = entries(child(definition, 'labels')).flatMap(([key, field]) => {
      const value = text(field);
      return value === undefined ? [] : [[key, value] as const];
    });
    return { service, name: dnsLabel(`${name}-${subset}`), labels, definition };
  }
  return 'unknown';
}

/** Emits the Service of a subset: the ports of the whole Service, its selector and the labels of the subset. */
export function emitSubsetService(context: Context, { service, name, labels, definition }: Subset): void {
  const spec = service.resource.object.spec as { ports?: readonly Record<string, unknown>[] };
  const ports = (spec.ports ?? []).map(({ nodePort: _, ...port }) => {
    const protocol = service.ports.find((one) => one.port === port.port)?.protocol;
    const spoken = protocol === 'http' || protocol === 'http2' || protocol === 'grpc' ? protocol : undefined;
    return { ...port, ...(spoken === undefined ? {} : { appProtocol: spoken }) };
  });
  context.settled(descend(definition, 'name'));
  context.emit({
    role: 'resource',
    stage: 'services',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: service.namespace },
      spec: {
        selector: {
          ...service.selector,
          ...Object.fromEntries(labels.map(([key, value]) => [key, context.exact(value, value.value)])),
        },
        ports,
      },
    },
    services: [`${service.namespace}/${service.name}`],
  });
}
