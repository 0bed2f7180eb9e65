import type { Service, ServiceName, ServicePort } from '@isthmus/istio';
import { isList, isMap, mapOf, type Resource, setKey } from '@isthmus/kubernetes';
import type { Context } from './context.ts';
import type { EmittedRole } from './emitted.ts';
import { child, descend, entries, type Field, items, rootField, text } from './field.ts';
import { dnsLabel } from './names.ts';
import { spokenProtocol } from './service-ports.ts';

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

/** A Service to be made beside one of the estate: the same ports for other endpoints. */
export interface ExtraService {
  readonly service: { readonly namespace: string; readonly ports: readonly ServicePort[]; readonly resource: Resource };
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  /** `resource` where absent. */
  readonly role?: EmittedRole;
  /** Where a label of the selector was written; undefined for one that follows from elsewhere. */
  originOf(label: string): Field | undefined;
}

const annotators = new WeakMap<Context, (name: ServiceName) => Readonly<Record<string, string>> | undefined>();

/** Says what the Services that are emitted from now on are annotated with. */
export const annotateExtraServices = (
  context: Context,
  annotationsOf: (name: ServiceName) => Readonly<Record<string, string>> | undefined,
): void => void annotators.set(context, annotationsOf);

const extras = new WeakMap<Context, Map<string, ServiceName[]>>();

/** The Services that were emitted beside one of the estate so far, as routes to its subsets need them. */
export const extraServicesOf = (context: Context, { namespace, name }: ServiceName): readonly ServiceName[] =>
  extras.get(context)?.get(`${namespace}/${name}`) ?? [];

const withoutNodePort = ({ nodePort: _, ...port }: Readonly<Record<string, unknown>>): Record<string, unknown> => port;

/** Emits such a Service. Its ports say what they speak, as nothing but routes for HTTP sends to one that is undeclared. */
export function emitExtraService(context: Context, extra: ExtraService): void {
  const { service, name, selector, role = { role: 'resource', stage: 'services' } } = extra;
  const { ports: list } = mapOf(service.resource.object.spec);
  const ports = (isList(list) ? list.filter(isMap) : []).map((written) => {
    const found = service.ports.find(
      (one) => one.port === written.port && one.transport === (written.protocol ?? 'TCP'),
    );
    const spoken = found === undefined || found.protocol === 'udp' ? undefined : spokenProtocol(found, true);
    const says = spoken !== undefined && (spoken !== 'tcp' || written.appProtocol !== undefined);
    const port = written.nodePort === undefined ? written : withoutNodePort(written);
    return says ? { ...port, appProtocol: spoken } : { ...port };
  });
  const known = extras.get(context) ?? new Map<string, ServiceName[]>();
  extras.set(context, known);
  const base = `${service.namespace}/${service.resource.name}`;
  const as = { namespace: service.namespace, name };
  const others = known.get(base);
  if (others === undefined) known.set(base, [as]);
  else others.push(as);
  const annotations = annotators.get(context)?.(as);
  const selected: Record<string, unknown> = {};
  for (const label in selector) {
    const value = selector[label] as string;
    const origin = extra.originOf(label);
    setKey(selected, label, origin === undefined ? value : context.exact(origin, value));
  }
  context.emit({
    ...role,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: service.namespace, ...(annotations === undefined ? {} : { annotations }) },
      spec: {
        selector: selected,
        ports,
      },
    },
    services: [base],
  });
}

/** Emits the Service of a subset: the ports of the whole Service, its selector and the labels of the subset. */
export function emitSubsetService(context: Context, { service, name, labels, definition }: Subset): void {
  context.settled(descend(definition, 'name'));
  const origins = new Map(labels);
  emitExtraService(context, {
    service,
    name,
    selector: { ...service.selector, ...Object.fromEntries(labels.map(([key, { value }]) => [key, value])) },
    originOf: (label) => origins.get(label),
  });
}
