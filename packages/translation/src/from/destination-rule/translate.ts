import type { EffectiveConfig, RegistryService, ServiceName, ServicePort } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { configOf, roleFor } from '../../effective-config.ts';
import type { EmittedRole } from '../../emitted.ts';
import { externalNames } from '../service-entry/external.ts';
import { backendsOf } from '../virtual-service/backends.ts';
import { type ClientUnit, clientsRef, clientUnits } from '../virtual-service/client-units.ts';
import { homeOf, policyLabels, policyName, portTarget } from '../virtual-service/emit-http.ts';
import { modifications } from './cluster-patches.ts';
import type { Subject } from './entries.ts';
import { type Kind, type Parts, partsOf } from './parts.ts';

/** A policy in the making: of a kind, for the clients of a unit, with its entries or modifications. */
interface Policy {
  readonly kind: Kind | 'MeshProxyPatch';
  readonly suffix: string;
  readonly role: EmittedRole;
  readonly unit: ClientUnit;
  readonly to: unknown[];
}

/** What the policy says that is for some clients; a draft and what is sure are two. There are few about one service. */
function saidBy(
  policies: Policy[],
  kind: Policy['kind'],
  suffix: string,
  role: EmittedRole,
  unit: ClientUnit,
): unknown[] {
  for (const known of policies)
    if (known.kind === kind && known.suffix === suffix && known.role.role === role.role) return known.to;
  const to: unknown[] = [];
  policies.push({ kind, suffix, role, unit, to });
  return to;
}

/** Adds what is said of a service, or of a subset, under the name of its Service in Kong Mesh. */
function addParts(
  context: Context,
  policies: Policy[],
  service: RegistryService,
  as: ServiceName,
  { policies: parts, patches }: Parts,
  isWhole: boolean,
): void {
  const whole = portTarget(context, service, as, undefined);
  const usual = roleFor(context, service, 'resilience');
  for (const { kind, unit, suffix, confs } of parts) {
    // Without a port and a subset nothing of it depends on what the import knows of the Service.
    const isSure = isWhole && (service.registry === 'external' || confs.every(({ port }) => port === undefined));
    const role: EmittedRole = isSure ? { role: 'resource', stage: 'resilience' } : usual;
    const to = saidBy(policies, kind, suffix, role, unit);
    for (const { port, conf, from } of confs) {
      const targetRef = port === undefined ? whole : portTarget(context, service, as, port);
      to.push({ targetRef: from === undefined ? targetRef : context.derived(from, targetRef), default: conf });
    }
  }
  for (const { unit, suffix, changes } of patches) {
    const to = saidBy(policies, 'MeshProxyPatch', suffix, usual, unit);
    for (const { port, changes: own } of changes) to.push(...modifications(context, as, port, own));
  }
}

function emitPolicies(context: Context, service: RegistryService, policies: readonly Policy[]): void {
  const { settings } = context;
  const services = [`${service.namespace}/${service.resource.name}`];
  const home = homeOf(settings, service);
  const labels = policyLabels(settings, home);
  // In the namespace of the service a patch would be for the proxies of that namespace only (routing.md 2.1).
  const patchHome = settings.systemNamespace;
  for (const { kind, suffix, role, unit, to } of policies) {
    const isPatch = kind === 'MeshProxyPatch';
    const targetRef = clientsRef(unit);
    context.emit({
      ...role,
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind,
        metadata: {
          name: policyName(isPatch ? service.namespace : '', service.resource.name, 'destination', suffix),
          namespace: isPatch ? patchHome : home,
          labels: isPatch ? policyLabels(settings, patchHome) : labels,
        },
        spec: isPatch ? { targetRef, default: { appendModifications: to } } : { targetRef, to },
      },
      services,
    });
  }
}

const isUdp = ({ protocol }: ServicePort): boolean => protocol === 'udp';
const withoutUdp = (ports: readonly ServicePort[]): readonly ServicePort[] =>
  ports.some(isUdp) ? ports.filter((port) => !isUdp(port)) : ports;

/** A service with its clients and their rules. */
function subjectOf(config: EffectiveConfig, service: RegistryService, ports: readonly ServicePort[]): Subject {
  const units = clientUnits(config, service);
  return { service, ports, units, rules: units.map(({ client }) => config.destinationRules.find(client, service)) };
}

/** DestinationRules of hosts outside of the cluster that became MeshExternalServices. */
function translateExternalHosts(context: Context, config: EffectiveConfig): void {
  const names = externalNames(context);
  for (const service of names.size === 0 ? [] : config.registry.all) {
    if (service.registry !== 'external') continue;
    for (const port of service.ports) {
      const name = names.get(`${service.host.toLowerCase()}:${port.port}`);
      if (name === undefined) continue;
      const as = { namespace: context.settings.systemNamespace, name };
      const policies: Policy[] = [];
      addParts(context, policies, service, as, partsOf(context, config, subjectOf(config, service, [port])), true);
      emitPolicies(context, { ...service, resource: { ...service.resource, ...as } }, policies);
    }
  }
}

/**
 * DestinationRules as they are in force for each client, port and subset: limits and outlier detection to
 * MeshCircuitBreakers, balancer, hash and locality to MeshLoadBalancingStrategies, timeouts of connections to MeshTimeouts
 * (routing.md 3.6). Every policy says everything, so that nothing is inherited that Istio does not inherit (T48, T51).
 */
export function translateDestinationRules(context: Context): void {
  const config = configOf(context);
  const subsets = Map.groupBy(backendsOf(context).subsets.values(), ({ service }) => service.host);
  const rules = new Set(config.destinationRules.all.map(({ host }) => host.host));
  const concernsAll = config.mesh.config !== undefined || [...rules].some((host) => host.startsWith('*'));
  for (const service of config.registry.all) {
    if (service.registry !== 'kubernetes' || service.resolution === 'alias') continue;
    if (!concernsAll && !rules.has(service.host)) continue;
    const subject = subjectOf(config, service, withoutUdp(service.ports));
    const whole = partsOf(context, config, subject);
    const as = { namespace: service.namespace, name: service.resource.name };
    const policies: Policy[] = [];
    addParts(context, policies, service, as, whole, true);
    for (const { as: own, subset } of subsets.get(service.host) ?? [])
      addParts(context, policies, service, own, partsOf(context, config, subject, subset, whole), false);
    emitPolicies(context, service, policies);
  }
  translateExternalHosts(context, config);
}
