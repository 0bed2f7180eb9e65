import type { Client } from '@isthmus/behavior';
import {
  defaultHashPolicy,
  type EffectiveConfig,
  type EffectiveDestinationRule,
  type EffectiveSubset,
  effectivePolicy,
  type RegistryService,
  type ServiceName,
  type ServicePort,
  settingsOf,
} from '@isthmus/istio';
import { child, descend } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf, roleFor } from '../../effective-config.ts';
import type { EmittedRole } from '../../emitted.ts';
import { isDeclaredHttp, portKey } from '../../service-ports.ts';
import { externalNames } from '../service-entry/external.ts';
import { backendsOf } from '../virtual-service/backends.ts';
import { type ClientUnit, clientsRef, clientUnits } from '../virtual-service/client-units.ts';
import { homeOf, policyLabels, policyName, portTarget } from '../virtual-service/emit-http.ts';
import { accountForPolicy, settleRule } from './account.ts';
import { type ClusterPatch, clusterPatches, isPatchable, modifications, patchesKey } from './cluster-patches.ts';
import {
  type Connections,
  circuitBreaker,
  connectionsKey,
  detectorsOf,
  type Inherited,
  idleFieldOf,
  isSpecial,
  loadBalancing,
  timeouts,
} from './connections.ts';
import { localityOf } from './locality.ts';

/** A Service of Kong Mesh that policies are about: one of the estate, or that of a subset. */
interface Target {
  readonly service: RegistryService;
  readonly as: ServiceName;
  readonly subset: string | undefined;
}

/** One port of a target for some clients. */
interface Entry {
  readonly port: ServicePort;
  readonly connections: Connections;
  /** Equal for those treated alike; empty where there is no other to compare with. */
  readonly key: string;
  /** What only a patch of the cluster can say. */
  readonly patches: readonly ClusterPatch[];
}

const plainPolicy = {} as const;

function connectionsFor(
  context: Context,
  config: EffectiveConfig,
  client: Client,
  { service, subset }: Target,
  port: ServicePort,
  canFailOver: boolean,
): Connections {
  const rule = config.destinationRules.find(client, service);
  const own = rule?.subsets.find(({ name }) => name === subset);
  const policy = effectivePolicy(rule, port.port, own, config.mesh);
  if (rule !== undefined) settle(context, rule, own);
  const locality = localityOf(context, config, policy, canFailOver);
  const as = { namespace: service.namespace, name: service.resource.name };
  const isRead = isDeclaredHttp(port) || backendsOf(context).read.has(portKey(as, port.port));
  return {
    settings: settingsOf(config, { service, port, rule, subset: own }),
    policy,
    hash: subset === undefined ? defaultHashPolicy(config, client, service.host, port.port) : undefined,
    locality,
    ...(rule === undefined ? {} : { from: rule.host }),
    ...(isRead ? {} : { bytes: { pool: descend(rule?.trafficPolicy, 'connectionPool', 'tcp') } }),
  };
}

function settle(context: Context, rule: EffectiveDestinationRule, subset: EffectiveSubset | undefined): void {
  settleRule(context, rule.resources);
  const entries = rule.trafficPolicy?.value.portLevelSettings;
  if (Array.isArray(entries))
    for (let index = 0; index < entries.length; index++)
      context.settled(child(child(child(rule.trafficPolicy, 'portLevelSettings'), index), 'port'));
  if (subset === undefined) return;
  for (const key of ['name', 'labels']) context.settled(child(subset.field, key));
}

/** What holds for connections where no DestinationRule says anything: the policies of the whole mesh say so. */
function usualConnections(config: EffectiveConfig, { service }: Target, port: ServicePort): Connections {
  return {
    settings: settingsOf(config, { service, port, rule: undefined, subset: undefined }),
    policy: plainPolicy,
    hash: undefined,
    locality: { disabled: true, failover: [], from: [] },
  };
}

const builders = {
  MeshCircuitBreaker: circuitBreaker,
  MeshLoadBalancingStrategy: loadBalancing,
  MeshTimeout: timeouts,
} as const;
const kinds = Object.entries(builders);

const nothingInherited: Inherited = {
  policies: [],
  detectors: new Set(),
  hash: false,
  idleTimeout: false,
  maxConnectionDuration: false,
};

/** What the policies of weaker units say. */
const inheritedFrom = (weaker: readonly Connections[]): Inherited => ({
  policies: weaker.map(({ policy }) => policy),
  detectors: new Set(weaker.flatMap(({ settings }) => Object.keys(detectorsOf(settings.outlierDetection)))),
  hash: weaker.some(({ hash }) => hash !== undefined),
  idleTimeout: weaker.some((one) => idleFieldOf(one) !== undefined),
  maxConnectionDuration: weaker.some(
    ({ settings }) => settings.http?.commonHttpProtocolOptions?.maxConnectionDuration !== undefined,
  ),
});

/** The policies about one service and its subsets: one of a kind for each group of clients, with its entries or modifications. */
type Policies = Map<string, { readonly role: EmittedRole; readonly unit: ClientUnit; readonly to: unknown[] }>;

function addTarget(
  context: Context,
  policies: Policies,
  target: Target,
  unit: ClientUnit,
  suffix: string,
  entries: readonly Entry[],
  several: boolean,
  inherited: Inherited,
): void {
  const { service, as } = target;
  const isAlike = entries.every(({ key }) => key === entries[0]?.key);
  const used =
    isAlike && (service.registry === 'external' || entries.length === ports(service).length)
      ? entries.slice(0, 1)
      : entries;
  for (const [kind, build] of kinds) {
    if (!isTaken(context, service, kind)) continue;
    // Without a port and a subset nothing of it depends on what the import knows of the Service.
    let isSure = target.subset === undefined;
    const to = used.flatMap(({ port, connections }) => {
      // Clients whom other policies select too need everything, so that nothing of those shines through.
      if (unit.within.length === 0 && !isSpecial(kind, connections)) return [];
      const conf = build(context, connections, inherited);
      if (conf === undefined) return [];
      const section = several && !(isAlike && used.length === 1) ? port : undefined;
      const targetRef = portTarget(context, service, as, section);
      isSure &&= targetRef.sectionName === undefined;
      const { from } = connections;
      return [{ targetRef: from === undefined ? targetRef : context.derived(from, targetRef), default: conf }];
    });
    if (to.length === 0) continue;
    const role: EmittedRole = isSure
      ? { role: 'resource', stage: 'resilience' }
      : roleFor(context, service, 'resilience');
    const key = `${kind}\n${suffix}\n${role.role}`;
    const known = policies.get(key);
    if (known === undefined) policies.set(key, { role, unit, to });
    else known.to.push(...to);
  }
}

function emitPolicies(context: Context, service: RegistryService, policies: Policies): void {
  for (const [key, { role, unit, to }] of policies) {
    const [kind = '', suffix = ''] = key.split('\n');
    const isPatch = kind === 'MeshProxyPatch';
    // In the namespace of the service a patch would be for the proxies of that namespace only (routing.md 2.1).
    const home = isPatch ? context.settings.systemNamespace : homeOf(context.settings, service);
    const owner = isPatch ? service.namespace : '';
    context.emit({
      ...role,
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind,
        metadata: {
          name: policyName(owner, service.resource.name, 'destination', suffix),
          namespace: home,
          labels: policyLabels(context.settings, home),
        },
        spec: {
          targetRef: clientsRef(unit),
          ...(isPatch ? { default: { appendModifications: to } } : { to }),
        },
      },
      services: [`${service.namespace}/${service.resource.name}`],
    });
  }
}

const ports = (service: RegistryService): ServicePort[] => service.ports.filter(({ protocol }) => protocol !== 'udp');

function translateTarget(
  context: Context,
  config: EffectiveConfig,
  policies: Policies,
  target: Target,
  units: readonly ClientUnit[],
  own: readonly ServicePort[],
): void {
  const several = own.length > 1;
  // crossZone is refused for a port of a MeshService and for one that is named by labels (routing.md 2.6).
  const canFailOver = !several && context.settings.target !== '3.0';
  const keeps = context.settings.defaults === 'keep';
  const isCompared = own.length > 1 || units.length > 1;
  const known: Entry[][] = [];
  for (const [index, unit] of units.entries()) {
    const entries = own.map((port): Entry => {
      const connections = connectionsFor(context, config, unit.client, target, port, canFailOver);
      const { settings, policy } = connections;
      const patches = isPatchable(target.service) ? clusterPatches(context, settings, policy) : [];
      return { port, connections, key: isCompared ? connectionsKey(connections) : '', patches };
    });
    known.push(entries);
    const isOther = (at: number): boolean => known[at]?.some(({ key }, port) => key !== entries[port]?.key) === true;
    const isUnusual = ({ connections, port }: Entry): boolean =>
      connectionsKey(connections) !== connectionsKey(usualConnections(config, target, port));
    const isSaid = (entry: Entry): boolean =>
      Object.keys(entry.connections.policy).some((block) => block !== 'tls') &&
      (!keeps || block(entry.connections) || isUnusual(entry));
    const needed = index === 0 ? entries.filter(isSaid) : unit.within.some(isOther) ? entries : [];
    if (needed.length === 0) continue;
    const weaker = unit.within.flatMap((at) => known[at] ?? []).map(({ connections }) => connections);
    const suffix = index === 0 ? '' : `clients-${String(units.length - index).padStart(3, '0')}`;
    const inherited = weaker.length === 0 ? nothingInherited : inheritedFrom(weaker);
    addTarget(context, policies, target, unit, suffix, needed, several, inherited);
  }
  const isDivided = own.map(
    (_, at) => known.length > 1 && new Set(known.map((entries) => entries[at]?.connections.settings.lbPolicy)).size > 1,
  );
  for (const entries of known)
    for (const [at, { port, connections, patches }] of entries.entries())
      accountForPolicy(context, connections.policy, target.service, port, patches, isDivided[at] === true);
  if (known.every((entries) => entries.every(({ patches }) => patches.length === 0))) return;
  const patches = known.map((entries) =>
    entries.map((one, at) => one.patches.filter(({ change }) => !isDivided[at] || change.kind !== 'slow start')),
  );
  addClusterPatches(context, policies, target, units, own, patches);
}

/**
 * Adds the patches of a target's clusters: for each unit those that the units which select its clients too have not.
 * @param patches by unit and port
 */
function addClusterPatches(
  context: Context,
  policies: Policies,
  target: Target,
  units: readonly ClientUnit[],
  own: readonly ServicePort[],
  patches: readonly (readonly (readonly ClusterPatch[])[])[],
): void {
  const keys = units.length === 1 ? [] : patches.map((ports) => ports.map(patchesKey).join());
  for (const [index, unit] of units.entries()) {
    if (index > 0 && unit.within.every((other) => keys[other] === keys[index])) continue;
    const list = own.flatMap((port, at) => {
      const inherited = unit.within.flatMap((other) => patches[other]?.[at] ?? []);
      return modifications(context, target.as, port, patches[index]?.[at] ?? [], inherited);
    });
    if (list.length === 0) continue;
    const role = roleFor(context, target.service, 'resilience');
    const suffix = index === 0 ? '' : `clients-${String(units.length - index).padStart(3, '0')}`;
    const key = `MeshProxyPatch\n${suffix}\n${role.role}`;
    const known = policies.get(key);
    if (known === undefined) policies.set(key, { role, unit, to: list });
    else known.to.push(...list);
  }
}

/** Whether Kong Mesh takes policies of a kind for a service: for external ones not in every version (routing.md 1.2). */
function isTaken({ settings: { target } }: Context, { registry }: RegistryService, kind: string): boolean {
  if (registry === 'kubernetes' || kind === 'MeshTimeout' || target === '3.0') return true;
  return kind === 'MeshCircuitBreaker' && target === '2.14';
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
      const policies: Policies = new Map();
      translateTarget(context, config, policies, { service, as, subset: undefined }, clientUnits(config, service), [
        port,
      ]);
      emitPolicies(context, { ...service, resource: { ...service.resource, ...as } }, policies);
    }
  }
}

/** Whether a rule says anything that a policy carries, though it may be the default: people look for it. */
const block = ({ policy }: Connections): boolean =>
  policy.connectionPool !== undefined || policy.outlierDetection !== undefined || policy.loadBalancer !== undefined;

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
    const units = clientUnits(config, service);
    const as = { namespace: service.namespace, name: service.resource.name };
    const policies: Policies = new Map();
    translateTarget(context, config, policies, { service, as, subset: undefined }, units, ports(service));
    for (const one of subsets.get(service.host) ?? [])
      translateTarget(context, config, policies, { service, as: one.as, subset: one.subset }, units, ports(service));
    emitPolicies(context, service, policies);
  }
  translateExternalHosts(context, config);
}
