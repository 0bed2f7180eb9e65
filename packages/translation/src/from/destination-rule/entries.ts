import {
  type EffectiveConfig,
  type EffectiveDestinationRule,
  type EffectiveSubset,
  effectivePolicy,
  hashOfRule,
  type RegistryService,
  type ServicePort,
  trafficSettings,
} from '@isthmus/istio';
import { child, descend } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { isDeclaredHttp, portKey } from '../../service-ports.ts';
import { backendsOf } from '../virtual-service/backends.ts';
import type { ClientUnit } from '../virtual-service/client-units.ts';
import { settleRule } from './account.ts';
import { type ClusterPatch, clusterPatches, isPatchable } from './cluster-patches.ts';
import { type Connections, connectionsKey } from './connections.ts';
import { localityOf } from './locality.ts';

/** A service that policies are about, with its clients. */
export interface Subject {
  readonly service: RegistryService;
  readonly ports: readonly ServicePort[];
  readonly units: readonly ClientUnit[];
  /** The rule in force for each of the units. */
  readonly rules: readonly (EffectiveDestinationRule | undefined)[];
}

/** One port of a service or of a subset for some clients. */
export interface Entry {
  readonly port: ServicePort;
  readonly connections: Connections;
  /** Equal for those treated alike; empty where there is no other to compare with. */
  readonly key: string;
  /** What only a patch of the cluster can say. */
  readonly patches: readonly ClusterPatch[];
}

const subsetOf = (rule: EffectiveDestinationRule | undefined, name: string | undefined): EffectiveSubset | undefined =>
  name === undefined ? undefined : rule?.subsets.find((subset) => subset.name === name);

function settle(context: Context, { resources, trafficPolicy }: EffectiveDestinationRule): void {
  settleRule(context, resources);
  const entries = trafficPolicy?.value.portLevelSettings;
  if (!Array.isArray(entries)) return;
  const list = child(trafficPolicy, 'portLevelSettings');
  for (let index = 0; index < entries.length; index++) context.settled(child(child(list, index), 'port'));
}

function settleSubset(context: Context, { field }: EffectiveSubset): void {
  context.settled(child(field, 'name'));
  context.settled(child(field, 'labels'));
}

const isCompared = ({ ports, units }: Subject): boolean => ports.length > 1 || units.length > 1;

const isRouted = (context: Context, { namespace, resource }: RegistryService, { port }: ServicePort): boolean =>
  backendsOf(context).read.has(portKey({ namespace, name: resource.name }, port));

/** The port for clients of a rule: of the whole service where no subset is named. */
function entryOf(
  context: Context,
  config: EffectiveConfig,
  subject: Subject,
  rule: EffectiveDestinationRule | undefined,
  name: string | undefined,
  port: ServicePort,
): Entry {
  const { service, ports } = subject;
  const subset = subsetOf(rule, name);
  const policy = effectivePolicy(rule, port.port, subset, config.mesh);
  // crossZone is refused for a port of a MeshService and for one that is named by labels (routing.md 2.6).
  const canFailOver = ports.length === 1 && context.settings.target !== '3.0';
  const isRead = isDeclaredHttp(port) || isRouted(context, service, port);
  const settings = trafficSettings(config.mesh, { service, port, rule, subset });
  const connections: Connections = {
    settings,
    policy,
    hash: name === undefined ? hashOfRule(rule, port.port) : undefined,
    locality: localityOf(context, config, policy, canFailOver),
    from: rule?.host,
    bytes: isRead ? undefined : { pool: descend(rule?.trafficPolicy, 'connectionPool', 'tcp') },
  };
  return {
    port,
    connections,
    key: isCompared(subject) ? connectionsKey(connections) : '',
    patches: isPatchable(service) ? clusterPatches(context, settings, policy) : [],
  };
}

/**
 * The ports of a service, or of a subset of it, for each unit: the same list where their rule is the same. Settles the rules.
 * @param name of the subset; undefined for the whole service
 * @param whole the entries of the whole service, where these are for a subset
 */
export function entriesOf(
  context: Context,
  config: EffectiveConfig,
  subject: Subject,
  name: string | undefined,
  whole: readonly (readonly Entry[])[] | undefined,
): (readonly Entry[])[] {
  const { ports, rules } = subject;
  const known: (readonly Entry[])[] = [];
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index];
    const same = known[rules.indexOf(rule)];
    if (same !== undefined) {
      known.push(same);
      continue;
    }
    const subset = subsetOf(rule, name);
    if (rule !== undefined && ports.length > 0) {
      if (whole === undefined) settle(context, rule);
      if (subset !== undefined) settleSubset(context, subset);
    }
    const ofWhole = whole?.[index];
    if (ofWhole === undefined || subset?.trafficPolicy !== undefined)
      known.push(ports.map((port) => entryOf(context, config, subject, rule, name, port)));
    else if (ofWhole.every(({ connections }) => connections.hash === undefined)) known.push(ofWhole);
    else known.push(ofWhole.map((entry) => unhashed(subject, entry)));
  }
  return known;
}

/** Of a subset that has no policy of its own the connections are those of the service; where its requests go routes decide. */
function unhashed(subject: Subject, entry: Entry): Entry {
  const connections = { ...entry.connections, hash: undefined };
  return { ...entry, connections, key: isCompared(subject) ? connectionsKey(connections) : '' };
}
