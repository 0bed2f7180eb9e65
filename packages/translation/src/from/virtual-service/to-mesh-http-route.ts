import { codes } from '@isthmus/diagnostics';
import type { Service, ServiceName } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, entries, type Field, items, rootField, text } from '../../field.ts';
import { Unhandled } from '../../unhandled.ts';
import { keepOrder } from './order.ts';
import { type Destination, type Http, rankOf, readHttp, specOf } from './read-http.ts';

interface Host extends ServiceName {
  readonly field: Field<string>;
}

/** The Services that a VirtualService routes for sidecars; undefined where it is bound to gateways only. */
function hostsOf(context: Context, resource: Resource): Host[] | undefined {
  const spec = specOf(rootField(resource));
  const gateways = items(child(spec, 'gateways')).map((field) => field.value);
  if (gateways.length > 0 && !gateways.includes('mesh')) return undefined;
  return items(child(spec, 'hosts')).flatMap((field) => {
    const host = text(field);
    const named = host && context.services.named(host.value.toLowerCase(), resource.namespace);
    return host !== undefined && named !== undefined ? [{ ...named, field: host }] : [];
  });
}

// What Kong Mesh takes for HTTP (routing.md 2.3); the values of appProtocol that make it do so.
const httpProtocols = new Set(['http', 'http2', 'grpc']);
const httpPorts = (service: Service): number[] =>
  service.ports.filter(({ protocol }) => protocol !== undefined && httpProtocols.has(protocol)).map(({ port }) => port);

/** How the target version names a Service: by name up to 2.14, by labels from 3.0 on (routing.md 1.4). */
function reference(context: Context, { namespace, name }: ServiceName, own: boolean): Record<string, unknown> {
  if (context.settings.target === '3.0')
    return { kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': namespace, 'kuma.io/display-name': name } };
  return own ? { kind: 'MeshService', name } : { kind: 'MeshService', name, namespace };
}

interface Backend {
  readonly destination: Destination;
  readonly target: ServiceName;
  readonly port: number | undefined;
}

type Resolved = { readonly backends: ReadonlyMap<Destination, Backend>; readonly draft?: string };

/**
 * Finds the Services and ports of all destinations; undefined (with a blocker) where one does not exist.
 * Without a number the port is the one that the client called (routing.md 3.3).
 */
function resolve(context: Context, host: Host, http: Http): Resolved | undefined {
  const backends = new Map<Destination, Backend>();
  let draft: string | undefined;
  const unknown = (service: string, at: Field): void => {
    if (draft === undefined) context.report(codes.virtualService.unknownService, { service }, at);
    draft ??= `Service ${service} is not in the import: its ports and their protocol are unknown.`;
  };
  const service = context.services.get(host.namespace, host.name);
  const called = service === undefined ? [] : httpPorts(service);
  if (service === undefined) unknown(`${host.namespace}/${host.name}`, host.field);
  else if (called.length === 0) {
    context.report(codes.virtualService.notHttp, { service: `${host.namespace}/${host.name}` }, host.field);
    draft = `No port of Service ${host.namespace}/${host.name} is declared as HTTP.`;
  }
  for (const { destinations } of http.rules) {
    for (const destination of destinations) {
      const target = context.services.named(destination.host.value.toLowerCase(), destination.field.resource.namespace);
      if (target === undefined) throw new Unhandled(destination.host);
      // Several ports of the host would need one item each, by section.
      if (destination.port === undefined && called.length > 1) throw new Unhandled(destination.field);
      const port = destination.port?.value ?? called[0];
      const found = context.services.get(target.namespace, target.name);
      const name = `${target.namespace}/${target.name}`;
      if (found === undefined) unknown(name, destination.host);
      else if (port !== undefined && !httpPorts(found).includes(port)) {
        context.report(codes.virtualService.unknownPort, { service: name, port }, destination.port ?? destination.host);
        return undefined;
      }
      backends.set(destination, { destination, target, port });
    }
  }
  return { backends, ...(draft === undefined ? {} : { draft }) };
}

/** The destinations of a rule that get traffic, with Kong Mesh's weights; a single one gets all of it (routing.md 3.3). */
function weigh(
  context: Context,
  destinations: readonly Destination[],
): { destination: Destination; weight: unknown }[] {
  const [single, ...others] = destinations;
  if (single !== undefined && others.length === 0) {
    context.settled(single.weight);
    return [{ destination: single, weight: 1 }];
  }
  return destinations.flatMap((destination) => {
    const { weight } = destination;
    if (weight === undefined || weight.value === 0) {
      context.settled(destination.field);
      return [];
    }
    return [{ destination, weight: context.exact(weight, weight.value) }];
  });
}

function rulesOf(context: Context, http: Http, backends: ReadonlyMap<Destination, Backend>): unknown[] {
  const matches = http.rules.flatMap((rule) => rule.matches);
  const paths = keepOrder(matches.map(rankOf));
  const pathOf = new Map(matches.map((match, index) => [match, paths[index]]));
  return http.rules.map((rule) => {
    context.settled(child(rule.field, 'name'));
    return {
      matches: rule.matches.map((match) => {
        context.settled(child(match.field, 'name'));
        context.settled(child(match.field, 'statPrefix'));
        const condition = ({ field, type, name, value }: (typeof match.headers)[number]) =>
          context.exact(field, { type, name, ...(value === undefined ? {} : { value }) });
        const path = pathOf.get(match);
        return {
          path: match.uri === undefined ? path : context.exact(match.uri, path),
          ...(match.method === undefined ? {} : { method: context.exact(match.method, match.method.value) }),
          ...(match.headers.length === 0 ? {} : { headers: match.headers.map(condition) }),
          ...(match.queryParams.length === 0 ? {} : { queryParams: match.queryParams.map(condition) }),
        };
      }),
      default: {
        backendRefs: weigh(context, rule.destinations).map(({ destination, weight }) => {
          const backend = backends.get(destination) as Backend;
          return context.exact(destination.host, {
            ...reference(context, backend.target, false),
            port: destination.port === undefined ? backend.port : context.exact(destination.port, backend.port),
            weight,
          });
        }),
      },
    };
  });
}

/** Kong Mesh reads a port's protocol from appProtocol alone; Istio from its name too. */
function declareProtocols(context: Context, service: Service): void {
  const list =
    (service.resource.object as { spec?: { ports?: readonly { port?: number; appProtocol?: string }[] } }).spec
      ?.ports ?? [];
  const undeclared = service.ports.filter(
    ({ port, protocol }) =>
      protocol !== undefined &&
      httpProtocols.has(protocol) &&
      !httpProtocols.has(list.find((entry) => entry.port === port)?.appProtocol ?? ''),
  );
  if (undeclared.length === 0) return;
  context.emit({
    role: 'patch',
    base: service.resource,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name, namespace: service.namespace },
      spec: { ports: undeclared.map(({ port, protocol }) => ({ port, appProtocol: protocol })) },
    },
    services: [`${service.namespace}/${service.name}`],
  });
}

/** The timeout that all rules share; throws where they differ: each would need a MeshHTTPRoute of its own (routing.md 3.3). */
function timeoutsOf(http: Http): Field<string>[] {
  const timeouts = http.rules.flatMap(({ timeout }) => (timeout === undefined ? [] : [timeout]));
  const [first] = timeouts;
  if (first === undefined) return [];
  if (timeouts.length < http.rules.length || timeouts.some(({ value }) => value !== first.value))
    throw new Unhandled(first);
  return timeouts;
}

function emitTimeout(context: Context, host: Host, timeouts: readonly Field<string>[], role: EmittedRole): void {
  for (const timeout of timeouts) context.settled(timeout);
  context.emit({
    ...role,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshTimeout',
      metadata: { name: host.name, namespace: host.namespace, labels: { 'kuma.io/mesh': context.settings.mesh } },
      spec: {
        targetRef: { kind: 'Mesh' },
        to: [
          {
            targetRef: reference(context, host, true),
            default: { http: { requestTimeout: context.derived(timeouts, timeouts[0]?.value) } },
          },
        ],
      },
    },
    services: [`${host.namespace}/${host.name}`],
  });
}

function translateOne(context: Context, resource: Resource, hosts: readonly Host[]): void {
  const spec = specOf(rootField(resource));
  if (spec === undefined) return;
  for (const [key, field] of entries(spec))
    if (!['hosts', 'gateways', 'http'].includes(key)) throw new Unhandled(field);
  for (const gateway of items(child(spec, 'gateways'))) if (gateway.value !== 'mesh') throw new Unhandled(gateway);
  const unnamed = items(child(spec, 'hosts')).find((field) => !hosts.some((host) => host.field.path === field.path));
  if (unnamed !== undefined) throw new Unhandled(unnamed);
  const http = readHttp(spec);
  const [last] = http.rules.slice(-1);
  if (last === undefined) return;
  if (!http.complete) {
    context.report(codes.virtualService.noCatchAll, { host: hosts[0]?.name ?? '' }, last.field);
    return;
  }
  // A dead rule has no effect, but until its finding is written it stays untranslated: fail closed on what it holds.
  if (http.dead[0] !== undefined) throw new Unhandled(http.dead[0]);
  const zero = http.rules.find(
    ({ destinations }) => destinations.length > 1 && destinations.every(({ weight }) => (weight?.value ?? 0) === 0),
  );
  if (zero !== undefined) throw new Unhandled(zero.field);
  const timeouts = timeoutsOf(http);
  const resolved = hosts.map((host) => ({ host, found: resolve(context, host, http) }));
  if (resolved.some(({ found }) => found === undefined)) return;
  for (const gateway of items(child(spec, 'gateways'))) context.settled(gateway);
  for (const { host, found } of resolved) {
    if (found === undefined) continue;
    const object = {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshHTTPRoute',
      metadata: { name: host.name, namespace: host.namespace, labels: { 'kuma.io/mesh': context.settings.mesh } },
      spec: {
        targetRef: { kind: 'Mesh' },
        to: [
          {
            targetRef: context.exact(host.field, reference(context, host, true)),
            rules: rulesOf(context, http, found.backends),
          },
        ],
      },
    };
    const services = [`${host.namespace}/${host.name}`];
    const role: EmittedRole =
      found.draft === undefined
        ? { role: 'resource', stage: 'routing' }
        : { role: 'draft', stage: 'routing', why: found.draft };
    if (timeouts.length > 0) emitTimeout(context, host, timeouts, role);
    context.emit({ ...role, object, services });
    if (found.draft === undefined) {
      const touched = new Map([[`${host.namespace}/${host.name}`, host as ServiceName]]);
      for (const { target } of found.backends.values()) touched.set(`${target.namespace}/${target.name}`, target);
      for (const { namespace, name } of touched.values()) {
        const service = context.services.get(namespace, name);
        if (service !== undefined) declareProtocols(context, service);
      }
    }
  }
}

/**
 * VirtualServices of sidecars in their plain forms: in-cluster hosts, ordered matches on path, method, headers and query
 * parameters, weighted destinations, and a last rule for everything else. One that uses more is not emitted at all.
 */
export function translateVirtualServices(context: Context): void {
  const bound = context.ofKind('VirtualService').flatMap((resource) => {
    const hosts = hostsOf(context, resource);
    return hosts === undefined ? [] : [{ resource, hosts }];
  });
  const claimants = new Map<string, number>();
  for (const { hosts } of bound)
    for (const key of new Set(hosts.map(({ namespace, name }) => `${namespace}/${name}`)))
      claimants.set(key, (claimants.get(key) ?? 0) + 1);
  for (const { resource, hosts } of bound) {
    const contested = hosts.find(({ namespace, name }) => (claimants.get(`${namespace}/${name}`) ?? 0) > 1);
    if (contested !== undefined) {
      const host = `${contested.name}.${contested.namespace}`;
      const count = claimants.get(`${contested.namespace}/${contested.name}`) ?? 0;
      context.report(codes.virtualService.contested, { host, count }, contested.field);
      continue;
    }
    try {
      translateOne(context, resource, hosts);
    } catch (error) {
      if (!(error instanceof Unhandled)) throw error;
      context.report(codes.virtualService.withheld, { field: error.field.path }, error.field);
    }
  }
}
