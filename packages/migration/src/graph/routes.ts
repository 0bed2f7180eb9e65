import {
  child,
  descend,
  effectiveNamespace,
  entries,
  type Field,
  items,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import type { EvidenceKind, Found } from './edge.ts';
import { type Surroundings, targetsOf } from './surroundings.ts';

/** Where a VirtualService takes its requests from; a delegate takes those of the VirtualServices that name it. */
interface Approach {
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly inMesh: boolean;
  /** `<namespace>/<name>` of Gateways. */
  readonly gateways: readonly string[];
}

const texts = (field: Field | undefined): string[] => items(field).flatMap((item) => text(item)?.value ?? []);

const labelsOf = (field: Field | undefined): Record<string, string> =>
  Object.fromEntries(entries(field).map(([key, { value }]) => [key, String(value)]));

function approachOf(resource: Resource): Approach {
  const spec = descend(rootField(resource), 'spec');
  const namespace = effectiveNamespace(resource);
  const gateways = texts(child(spec, 'gateways'));
  return {
    namespace,
    hosts: texts(child(spec, 'hosts')),
    inMesh: gateways.length === 0 || gateways.includes('mesh'),
    gateways: gateways.flatMap((name) =>
      name === 'mesh' ? [] : name.includes('/') ? [name.replace(/^\.\//, `${namespace}/`)] : [`${namespace}/${name}`],
    ),
  };
}

interface Destination {
  readonly kind: Extract<EvidenceKind, 'route' | 'mirror'>;
  readonly host: Field<string>;
  readonly port: number | undefined;
}

function destinationsOf(rule: Field): Destination[] {
  const of = (kind: Destination['kind'], destination: Field | undefined): Destination[] => {
    const host = text(child(destination, 'host'));
    return host === undefined ? [] : [{ kind, host, port: number(descend(destination, 'port', 'number'))?.value }];
  };
  return [
    ...items(child(rule, 'route')).flatMap((split) => of('route', child(split, 'destination'))),
    ...of('mirror', child(rule, 'mirror')),
    ...items(child(rule, 'mirrors')).flatMap((mirror) => of('mirror', child(mirror, 'destination'))),
  ];
}

/** Callers that every match of a rule names; empty where a match is for any. */
function clientsOf(rule: Field, approach: Approach, around: Surroundings): { id: string; confidence: number }[] {
  const matches = items(child(rule, 'match'));
  const clients = new Map<string, number>();
  for (const match of matches) {
    const labels = labelsOf(child(match, 'sourceLabels'));
    const namespace = text(child(match, 'sourceNamespace'))?.value;
    const isNamed = Object.keys(labels).length > 0;
    if (!isNamed && namespace === undefined) return [];
    const ids = around.selected(namespace, labels);
    // A namespace names its services among others, unless there is one only.
    const confidence = isNamed || ids.length === 1 ? 0.9 : 0.5;
    for (const id of ids) clients.set(id, Math.max(clients.get(id) ?? 0, confidence));
  }
  return approach.inMesh ? [...clients].map(([id, confidence]) => ({ id, confidence })) : [];
}

/** The services of the pods that a Gateway configures (its `selector`, in any namespace). */
export function gatewayServices(around: Surroundings): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const resource of around.estate.istio) {
    if (resource.kind !== 'Gateway' || resource.group !== 'networking.istio.io') continue;
    const selector = labelsOf(descend(rootField(resource), 'spec', 'selector'));
    const ids = Object.keys(selector).length === 0 ? [] : around.selected(undefined, selector);
    found.set(`${effectiveNamespace(resource)}/${resource.name}`, ids);
  }
  return found;
}

/**
 * Calls that VirtualServices show: who asks for one of their hosts reaches their destinations, so that the service of
 * the host depends on these; rules for certain clients name the caller; those bound to Gateways are where traffic enters.
 * @param gateways services by Gateway
 */
export function* routeEvidence(
  around: Surroundings,
  gateways: ReadonlyMap<string, readonly string[]>,
): Generator<Found> {
  const virtualServices = around.estate.istio.filter(
    ({ kind, group }) => kind === 'VirtualService' && group === 'networking.istio.io',
  );
  const approaches = new Map(virtualServices.map((resource) => [resource, [approachOf(resource)]]));
  const byName = new Map(virtualServices.map((one) => [`${effectiveNamespace(one)}/${one.name}`, one]));
  for (const resource of virtualServices)
    for (const rule of items(descend(rootField(resource), 'spec', 'http'))) {
      const name = text(descend(rule, 'delegate', 'name'))?.value;
      if (name === undefined) continue;
      const namespace = text(descend(rule, 'delegate', 'namespace'))?.value ?? effectiveNamespace(resource);
      const delegate = byName.get(`${namespace}/${name}`);
      if (delegate !== undefined && delegate !== resource) approaches.get(delegate)?.push(approachOf(resource));
    }
  for (const [resource, ways] of approaches)
    for (const kind of ['http', 'tls', 'tcp'])
      for (const rule of items(descend(rootField(resource), 'spec', kind)))
        for (const destination of destinationsOf(rule))
          for (const approach of ways) yield* between(resource, rule, destination, approach, gateways, around);
}

function* between(
  resource: Resource,
  rule: Field,
  { kind, host, port }: Destination,
  approach: Approach,
  gateways: ReadonlyMap<string, readonly string[]>,
  around: Surroundings,
): Generator<Found> {
  const place = { resource, path: host.path, ...(port === undefined ? {} : { port }) };
  for (const target of targetsOf(around, host.value, effectiveNamespace(resource))) {
    if (target.between === 'services')
      for (const gateway of approach.gateways) {
        const detail = `traffic of Gateway ${gateway} to ${host.value}`;
        const evidence = { kind: 'gateway', confidence: 0.9, detail, ...place } as const;
        yield { between: 'entry', from: gateway, to: target.to, evidence };
        for (const from of gateways.get(gateway) ?? []) yield { ...target, from, evidence };
      }
    for (const { id, confidence } of clientsOf(rule, approach, around)) {
      const detail = `a rule for this client names ${host.value}`;
      yield { ...target, from: id, evidence: { kind: 'client', confidence, detail, ...place } };
    }
    if (!approach.inMesh) continue;
    for (const written of approach.hosts)
      for (const from of around.finder.named(written, approach.namespace)) {
        const verb = kind === 'mirror' ? 'copied' : 'sent';
        const detail = `requests for ${written} are ${verb} to ${host.value}`;
        yield { ...target, from, evidence: { kind, confidence: 0.6, detail, ...place } };
      }
  }
}
