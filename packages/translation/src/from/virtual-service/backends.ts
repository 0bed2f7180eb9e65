import type { Client, Destination } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import {
  type EffectiveConfig,
  type EffectiveDestination,
  effectivePolicy,
  type RegistryService,
  type ServiceName,
  type ServicePort,
} from '@isthmus/istio';
import { child, descend, nobodyLabel, sameLabels, stringifyJson } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf, isGuessed, roleFor } from '../../effective-config.ts';
import { dnsLabel, shortHash } from '../../names.ts';
import { isDeclaredHttp, portKey } from '../../service-ports.ts';
import { type ExtraService, emitExtraService } from '../../subset-service.ts';
import { externalNames } from '../service-entry/external.ts';

/** Where requests are to go in Kong Mesh. */
export type Target =
  | {
      readonly kind: 'service';
      readonly service: ServiceName;
      readonly external?: true;
      readonly port: number;
      readonly section?: string;
    }
  /** The address that was dialled: a headless Service, whose endpoints the caller chooses. */
  | { readonly kind: 'dialled' }
  /** Nobody, so that the proxy answers 503 as Istio's does. */
  | { readonly kind: 'nobody' };

/** A subset's Service, as policies have to name it. */
export interface SubsetService {
  readonly service: RegistryService;
  readonly subset: string;
  readonly as: ServiceName;
}

/** The Services that routes send to, as they are found. */
export interface Backends {
  /**
   * The Service for a destination of a rule.
   * @param dialled the service that the client called, with the port
   * @param http whether its requests have to be readable, as on a MeshHTTPRoute
   */
  target(
    client: Client,
    destination: Destination,
    written: EffectiveDestination,
    dialled: { readonly service: RegistryService; readonly port: number },
    http: boolean,
  ): Target;
  /** A Service of the namespace that has no endpoints, so that the proxy answers 503. */
  nobody(dialled: RegistryService): ServiceName;
  /** Ports that Istio finds out about and that have HTTP routes. */
  readonly read: Set<string>;
  /** The Services of subsets that routes send to. */
  readonly subsets: ReadonlyMap<string, SubsetService>;
  /** Emits what was found. */
  emit(): void;
}

/**
 * The name of a port, by which a reference to a Service of several has to name it: policies for one port (`sectionName`) do not
 * find a cluster that was referred to by the number (kuma, core/xds/meshroute/clusters.go `ResourceOrigin` and
 * core/rules/outbound/resourcerules.go, 2.14 and 3.0; read, not run).
 */
export function sectionOf(
  { ports }: { readonly ports: readonly Pick<ServicePort, 'name' | 'port' | 'protocol'>[] },
  number: number,
): { readonly section?: string } {
  if (ports.length === 1) return {};
  const own = ports.filter(({ protocol }) => protocol !== 'udp');
  const name = own.find(({ port }) => port === number)?.name;
  return own.length > 1 && name ? { section: name } : {};
}

const nameOf = ({ namespace, resource }: RegistryService): ServiceName => ({ namespace, name: resource.name });

const portsKey = (ports: RegistryService['ports']): string =>
  JSON.stringify(ports.map(({ port, targetPort }) => [port, targetPort]).sort());

/** The Service of a subset with these labels. */
interface SubsetPlace extends SubsetService {
  readonly labels: Readonly<Record<string, string>>;
  /** `<namespace>/<name>` of the Service. */
  readonly key: string;
}

/** Finds and collects the Services that routes need beside those of the estate. */
function collectBackends(context: Context, config: EffectiveConfig): Backends {
  const read = new Set<string>();
  const extras = new Map<string, ExtraService>();
  const subsets = new Map<string, SubsetService>();
  const refused = new Map<string, { readonly service: RegistryService; readonly as: ServiceName }>();

  /** The names of subsets' Services that are placed: a name that was free or fitting once is the subset's from then on. */
  const placed = new Map<RegistryService, SubsetPlace[]>();

  /**
   * A name for the Service of a subset that no other one has; the estate's own where that is the very same already.
   * @returns the name, and whether such a Service has to be made
   */
  function place(
    service: RegistryService,
    subset: string,
    labels: Readonly<Record<string, string>>,
  ): { readonly name: string; readonly isNew: boolean } {
    const { namespace, name } = nameOf(service);
    const plain = dnsLabel(`${name}-${subset}`);
    const fits = (candidate: string): 'new' | 'known' | undefined => {
      const existing = context.services.get(namespace, candidate);
      if (existing === undefined) {
        const known = extras.get(`${namespace}/${candidate}`);
        if (known === undefined) return 'new';
        return sameLabels(known.selector, labels) ? 'known' : undefined;
      }
      const isSame =
        existing.selector !== undefined &&
        sameLabels(existing.selector, labels) &&
        portsKey(existing.ports) === portsKey(service.ports);
      return isSame ? 'known' : undefined;
    };
    let fit = fits(plain);
    if (fit !== undefined) return { name: plain, isNew: fit === 'new' };
    fit = fits(`${plain}-subset`);
    if (fit !== undefined) return { name: `${plain}-subset`, isNew: fit === 'new' };
    const hashed = dnsLabel(`${name}-${subset}-${shortHash(stringifyJson(labels, { sortKeys: true }))}`);
    return { name: hashed, isNew: fits(hashed) === 'new' };
  }

  function subsetService(
    service: RegistryService,
    client: Client,
    subset: string,
    labels: Readonly<Record<string, string>>,
  ): ServiceName {
    const known = placed.get(service);
    let found = known?.find((one) => one.subset === subset && sameLabels(one.labels, labels));
    if (found === undefined) {
      found = placeSubset(service, client, subset, labels);
      if (known === undefined) placed.set(service, [found]);
      else known.push(found);
    }
    // Of several subsets that share a Service the last one that is asked for stands.
    subsets.set(found.key, found);
    return found.as;
  }

  function placeSubset(
    service: RegistryService,
    client: Client,
    subset: string,
    labels: Readonly<Record<string, string>>,
  ): SubsetPlace {
    const { name, isNew } = place(service, subset, labels);
    const as = { namespace: service.namespace, name };
    const key = `${as.namespace}/${name}`;
    if (isNew) {
      const definition = config.destinationRule(client, service.host)?.subsets.find((one) => one.name === subset);
      const written = child(definition?.field, 'labels');
      const role = roleFor(context, service, 'services');
      extras.set(key, { service, name, selector: labels, role, originOf: (label) => child(written, label) });
    }
    return { service, subset, labels, as, key };
  }

  /** Says of a subset whose balancer is PASSTHROUGH that its requests go to the whole Service, under the policies of that. */
  function accountForDialled(client: Client, service: RegistryService, port: number, name: string): void {
    const rule = config.destinationRule(client, service.host);
    const subset = rule?.subsets.find((one) => one.name === name);
    if (subset === undefined) return;
    context.settled(child(subset.field, 'name'));
    const simple = [
      descend(subset.trafficPolicy, 'loadBalancer'),
      effectivePolicy(rule, port, subset, config.mesh).loadBalancer,
    ]
      .map((balancer) => child(balancer, 'simple'))
      .find((field) => field?.value === 'PASSTHROUGH');
    if (simple !== undefined) context.unsupported(simple, codes.destinationRule.passthrough, {});
    if (subset.trafficPolicy !== undefined)
      context.claim(subset.trafficPolicy, 'unsupported', codes.destinationRule.passthrough);
  }

  return {
    read,
    subsets,
    target(client, { host, subset, port, endpoints }, { host: written, port: portField }, dialled, http) {
      const service = config.scopeOf(client).service(host);
      const isUnknown = service !== undefined && isGuessed(context, service) && !isGuessed(context, dialled.service);
      if (endpoints.kind === 'none' || service === undefined || isUnknown) {
        const reason = endpoints.kind === 'none' ? endpoints.reason : `no service ${host} is known to the client`;
        const status = (endpoints.kind === 'none' ? endpoints.status : undefined) ?? 503;
        const answer = status === 503 ? '503 too' : '503';
        context.approximate(written, undefined, codes.virtualService.missingDestination, { reason, status, answer });
        return { kind: 'nobody' };
      }
      const { registry } = dialled.service;
      if (registry === 'external' && service.host === dialled.service.host && port === dialled.port)
        return { kind: 'dialled' };
      const external = http ? externalNames(context).get(`${service.host.toLowerCase()}:${port}`) : undefined;
      if (service.registry === 'external' && external !== undefined) {
        context.approximate(written, undefined, codes.virtualService.externalBackend, { host });
        const as = { namespace: context.settings.systemNamespace, name: external };
        return { kind: 'service', service: as, external: true, port };
      }
      if (service.registry !== 'kubernetes') {
        context.unsupported(written, codes.virtualService.externalDestination, { host });
        return { kind: 'nobody' };
      }
      if (service.resolution === 'original') {
        if (service.host === dialled.service.host && port === dialled.port) return { kind: 'dialled' };
        context.unsupported(written, codes.virtualService.headlessDestination, { host });
        return { kind: 'nobody' };
      }
      const own = service.ports.find((one) => one.port === port);
      if (http && own !== undefined && own.protocol !== undefined && !isDeclaredHttp(own)) {
        context.unsupported(portField ?? written, codes.virtualService.unknownPort, { service: host, port });
        return { kind: 'nobody' };
      }
      if (http && own?.protocol === undefined) read.add(portKey(nameOf(service), port));
      // An address that was dialled is one of the Service: the labels of a subset do not count there.
      const narrowed = subset !== undefined && endpoints.kind === 'workloads';
      if (subset !== undefined && endpoints.kind === 'original') accountForDialled(client, service, port, subset);
      const as = narrowed ? subsetService(service, client, subset, endpoints.labels) : nameOf(service);
      const served = context.services.get(as.namespace, as.name) ?? service;
      return { kind: 'service', service: as, port, ...sectionOf(served, port) };
    },
    nobody(service) {
      const { namespace, name } = nameOf(service);
      const key = `${namespace}/${name}`;
      const known = refused.get(key);
      if (known !== undefined) return known.as;
      const plain = dnsLabel(`${name}-refused`);
      const taken = context.services.get(namespace, plain) !== undefined;
      const as = { namespace, name: taken ? dnsLabel(`${name}-refused-${shortHash(key)}`) : plain };
      refused.set(key, { service, as });
      return as;
    },
    emit() {
      for (const extra of extras.values()) emitExtraService(context, extra);
      for (const { service, as } of refused.values())
        emitExtraService(context, {
          service,
          name: as.name,
          selector: { [nobodyLabel]: 'true' },
          role: roleFor(context, service, 'services'),
          originOf: () => undefined,
        });
    },
  };
}

const collected = new WeakMap<Context, Backends>();

/** The Services that the routes of an estate need, which all translators of routes add to. */
export function backendsOf(context: Context): Backends {
  const known = collected.get(context) ?? collectBackends(context, configOf(context));
  collected.set(context, known);
  return known;
}
