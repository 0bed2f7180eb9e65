import { codes } from '@isthmus/diagnostics';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, number, rootField, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { inboundProtocol } from './inbound-protocol.ts';

/** A port of a workload outside of Kubernetes, by its name. */
interface Inbound {
  readonly name: string;
  readonly port: Field<number>;
}

function inboundsOf(context: Context, ports: Field | undefined): Inbound[] {
  return entries(ports).flatMap(([name, field]) => {
    const port = number(field);
    if (port !== undefined) return [{ name, port }];
    context.inert(field, codes.workload.unusedField, { field: name });
    return [];
  });
}

/** The part that a WorkloadEntry and the template of a WorkloadGroup share, as `networking` of a Dataplane (edge.md 3.4). */
function networking(
  context: Context,
  part: Field,
  fallback: { readonly service: string; readonly address: string; readonly labels: Readonly<Record<string, string>> },
  probe: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const address = text(child(part, 'address'));
  const labels = Object.fromEntries(
    entries(child(part, 'labels')).flatMap(([key, field]) => {
      const value = text(field);
      return value === undefined ? [] : [[key, context.exact(value, value.value)]];
    }),
  );
  const inbounds = inboundsOf(context, child(part, 'ports'));
  const account = text(child(part, 'serviceAccount'));
  for (const name of ['network', 'locality', 'weight'] as const) {
    const field = child(part, name);
    if (field !== undefined) context.unsupported(field, codes.workload[name], { value: String(field.value) });
  }
  if (account !== undefined)
    context.approximate(account, undefined, codes.workload.account, { account: account.value });
  for (const [key, field] of entries(part))
    if (!['address', 'labels', 'ports', 'serviceAccount', 'network', 'locality', 'weight'].includes(key))
      context.inert(field, codes.workload.unusedField, { field: key });
  // Up to 2.14 the service stands in tags of each inbound, from 3.0 on in labels of the Dataplane (edge.md 1.12).
  const isTagged = context.settings.target !== '3.0';
  const workload = { namespace: part.resource.namespace || 'default', labels: fallback.labels };
  const place =
    address === undefined || address.value === '' ? fallback.address : context.exact(address, address.value);
  return {
    address: place,
    inbound: inbounds.map(({ name, port }) => {
      const spoken = inboundProtocol(context, workload, { name, number: port.value });
      const protocol =
        spoken && (spoken.from === undefined ? spoken.protocol : context.derived(spoken.from, spoken.protocol));
      return {
        port: context.exact(port, port.value),
        name: dnsLabel(name),
        ...(isTagged
          ? {
              tags: {
                'kuma.io/service': fallback.service,
                ...(protocol === undefined ? {} : { 'kuma.io/protocol': protocol }),
                ...labels,
              },
            }
          : protocol === undefined
            ? {}
            : { protocol }),
        ...(probe === undefined ? {} : { serviceProbe: probe }),
      };
    }),
  };
}

function emitDataplane(
  context: Context,
  resource: Resource,
  name: string,
  labels: Record<string, unknown>,
  spec: unknown,
  why: string,
): void {
  context.emit({
    role: 'draft',
    stage: 'services',
    why,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'Dataplane',
      metadata: {
        name,
        namespace: resource.namespace || 'default',
        labels: { 'kuma.io/mesh': context.settings.mesh, ...labels } as Record<string, string>,
      },
      mesh: context.settings.mesh,
      spec: { networking: spec },
    },
    services: [],
  });
}

const labelsOf = (context: Context, field: Field | undefined): Record<string, unknown> =>
  Object.fromEntries(entries(field).map(([key, value]) => [key, context.derived(value, String(value.value))]));

const plainLabels = (...fields: readonly (Field | undefined)[]): Record<string, string> =>
  Object.fromEntries(fields.flatMap((field) => entries(field).map(([key, { value }]) => [key, String(value)])));

function serviceOf(part: Field, resource: Resource): string {
  const app = text(descend(part, 'labels', 'app'))?.value;
  return dnsLabel(app ?? resource.name);
}

function translateEntry(context: Context, resource: Resource): void {
  const spec = child(rootField(resource), 'spec');
  if (spec === undefined || typeof spec.value !== 'object' || spec.value === null) return;
  const address = text(child(spec, 'address'));
  const socket = address?.value.startsWith('unix:') === true;
  if (address !== undefined && socket) context.unsupported(address, codes.workload.socket, { address: address.value });
  const labels = plainLabels(child(spec, 'labels'));
  const fallback = { service: serviceOf(spec, resource), address: '{{ address }}', labels };
  context.report(codes.workload.entry, { name: resource.name }, address ?? spec);
  reportServices(context, resource, labels);
  if (!socket) {
    const own = networking(context, spec, fallback, undefined);
    const why = 'A Dataplane belongs to a Universal zone: it is read by kuma-dp on the machine itself.';
    emitDataplane(context, resource, dnsLabel(resource.name), labelsOf(context, child(spec, 'labels')), own, why);
  }
  for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'unsupported', codes.workload.entry);
}

const seconds = (field: Field<number> | undefined): string | undefined =>
  field === undefined ? undefined : `${field.value}s`;

/** The probe of a WorkloadGroup as a serviceProbe, which connects only; undefined where there is none. */
function probeOf(context: Context, probe: Field | undefined): Record<string, unknown> | undefined {
  if (probe === undefined) return undefined;
  const exec = child(probe, 'exec') ?? child(probe, 'grpc');
  if (exec !== undefined) {
    context.unsupported(exec, codes.workload.probe, { kind: child(probe, 'exec') === undefined ? 'grpc' : 'exec' });
    return undefined;
  }
  const http = child(probe, 'httpGet');
  if (http !== undefined) context.unsupported(http, codes.workload.probe, { kind: 'httpGet' });
  context.settled(child(probe, 'tcpSocket'));
  const carry = (name: string) => {
    const field = number(child(probe, name));
    context.settled(field);
    return field;
  };
  const initial = child(probe, 'initialDelaySeconds');
  if (initial !== undefined) context.unsupported(initial, codes.workload.probe, { kind: 'initialDelaySeconds' });
  const interval = seconds(carry('periodSeconds'));
  const timeout = seconds(carry('timeoutSeconds'));
  return {
    ...(interval === undefined ? {} : { interval }),
    ...(timeout === undefined ? {} : { timeout }),
    ...threshold('unhealthyThreshold', carry('failureThreshold')),
    ...threshold('healthyThreshold', carry('successThreshold')),
    tcp: {},
  };
}

const threshold = (name: string, field: Field<number> | undefined): Record<string, number> =>
  field === undefined || field.value < 1 ? {} : { [name]: field.value };

function translateGroup(context: Context, resource: Resource): void {
  const spec = child(rootField(resource), 'spec');
  const template = child(spec, 'template');
  if (spec === undefined) return;
  context.report(codes.workload.group, { name: resource.name }, template ?? spec);
  if (template !== undefined && typeof template.value === 'object' && template.value !== null) {
    const all = plainLabels(descend(spec, 'metadata', 'labels'), child(template, 'labels'));
    const fallback = { service: serviceOf(template, resource), address: '{{ address }}', labels: all };
    reportServices(context, resource, all);
    const own = networking(context, template, fallback, probeOf(context, child(spec, 'probe')));
    const labels = {
      ...labelsOf(context, descend(spec, 'metadata', 'labels')),
      ...labelsOf(context, child(template, 'labels')),
    };
    for (const [, label] of entries(descend(spec, 'metadata', 'labels'))) context.settled(label);
    const why = 'A template for kuma-dp on each machine: `kuma-dp run --dataplane-file … --dataplane-var address=…`.';
    emitDataplane(context, resource, dnsLabel(`${resource.name}-template`), labels, own, why);
  }
  for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'unsupported', codes.workload.group);
}

/**
 * Services of the cluster that select a machine beside Pods, or alone: in Istio they have both as endpoints, and a MeshService has
 * the proxies of its own zone (edge.md W10).
 */
function reportServices(context: Context, resource: Resource, labels: Readonly<Record<string, string>>): void {
  const namespace = resource.namespace || 'default';
  for (const { name, namespace: home, selector } of context.services.all) {
    if (home !== namespace || selector === undefined || Object.keys(selector).length === 0) continue;
    if (matchesLabels(selector, labels))
      context.report(codes.workload.ofService, { machine: resource.name, service: `${namespace}/${name}` }, resource);
  }
}

/** WorkloadEntries and WorkloadGroups: Dataplanes for a Universal zone, as drafts (edge.md 3.4). */
export function translateWorkloadEntries(context: Context): void {
  for (const resource of context.ofKind('WorkloadEntry')) translateEntry(context, resource);
  for (const resource of context.ofKind('WorkloadGroup')) translateGroup(context, resource);
}
