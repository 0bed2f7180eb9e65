import {
  type EffectiveConfig,
  type MeshSettings,
  type RegistryService,
  type ServicePort,
  trafficSettings,
} from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import type { ClientUnit } from '../virtual-service/client-units.ts';
import { accountForPolicy } from './account.ts';
import { type Changes, changesOf, patchesKey } from './cluster-patches.ts';
import {
  type Conf,
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
import { type Entry, entriesOf, type Subject } from './entries.ts';

const builders = {
  MeshCircuitBreaker: circuitBreaker,
  MeshLoadBalancingStrategy: loadBalancing,
  MeshTimeout: timeouts,
} as const;
export type Kind = keyof typeof builders;
const kinds = Object.keys(builders) as readonly Kind[];

/** What a policy says of a port, or of all of them where none is named. */
interface PortConf {
  readonly port: ServicePort | undefined;
  readonly conf: Conf;
  /** The host of the DestinationRule that says so; undefined where none does. */
  readonly from: Field | undefined;
}

/** What is said to the clients of one unit. */
interface ForUnit {
  readonly unit: ClientUnit;
  /** Part of the policy's name; empty for all clients. */
  readonly suffix: string;
}

/** What policies say of a service, or of a subset of it, whatever it is called in them. */
export interface Parts {
  /** By unit and port. */
  readonly entries: readonly (readonly Entry[])[];
  readonly policies: readonly (ForUnit & { readonly kind: Kind; readonly confs: readonly PortConf[] })[];
  readonly patches: readonly (ForUnit & {
    readonly changes: readonly { readonly port: ServicePort; readonly changes: Changes }[];
  })[];
}

const nothingInherited: Inherited = {
  policies: [],
  detectors: new Set(),
  hash: false,
  idleTimeout: false,
  maxConnectionDuration: false,
};

/** What the policies of weaker units say. */
function inheritedFrom({ within }: ClientUnit, known: readonly (readonly Entry[])[]): Inherited {
  if (within.length === 0) return nothingInherited;
  const weaker = within.flatMap((at) => known[at] ?? []).map(({ connections }) => connections);
  return {
    policies: weaker.map(({ policy }) => policy),
    detectors: new Set(weaker.flatMap(({ settings }) => Object.keys(detectorsOf(settings.outlierDetection)))),
    hash: weaker.some(({ hash }) => hash !== undefined),
    idleTimeout: weaker.some((one) => idleFieldOf(one) !== undefined),
    maxConnectionDuration: weaker.some(
      ({ settings }) => settings.http?.commonHttpProtocolOptions?.maxConnectionDuration !== undefined,
    ),
  };
}

const plainPolicy = {} as const;

/** What holds for connections where no DestinationRule says anything: the policies of the whole mesh say so. */
const usualConnections = (mesh: MeshSettings, service: RegistryService, port: ServicePort): Connections => ({
  settings: trafficSettings(mesh, { service, port, rule: undefined, subset: undefined }),
  policy: plainPolicy,
  hash: undefined,
  locality: { disabled: true, failover: [], from: [] },
  from: undefined,
  bytes: undefined,
});

/** Whether a rule says anything that a policy carries, though it may be the default: people look for it. */
const isWritten = ({ policy }: Connections): boolean =>
  policy.connectionPool !== undefined || policy.outlierDetection !== undefined || policy.loadBalancer !== undefined;

function isEmptyPolicy({ policy }: Connections): boolean {
  for (const block in policy) if (block !== 'tls') return false;
  return true;
}

/** Whether Kong Mesh takes policies of a kind for a service: for external ones not in every version (routing.md 1.2). */
function isTaken({ settings: { target } }: Context, { registry }: RegistryService, kind: Kind): boolean {
  if (registry === 'kubernetes' || kind === 'MeshTimeout' || target === '3.0') return true;
  return kind === 'MeshCircuitBreaker' && target === '2.14';
}

/** What a policy of a kind says to clients of a unit. */
function confsOf(
  context: Context,
  { service, ports }: Subject,
  kind: Kind,
  unit: ClientUnit,
  entries: readonly Entry[],
  inherited: Inherited,
): PortConf[] {
  const isAlike = entries.every(({ key }) => key === entries[0]?.key);
  const isOfAll = isAlike && (service.registry === 'external' || entries.length === ports.length);
  const used = isOfAll && entries.length > 1 ? entries.slice(0, 1) : entries;
  // What one port of several says is not for the others, of which nothing is said.
  const isNamed = ports.length > 1 && !isOfAll;
  const confs: PortConf[] = [];
  for (const { port, connections } of used) {
    // Clients whom other policies select too need everything, so that nothing of those shines through.
    if (unit.within.length === 0 && !isSpecial(kind, connections)) continue;
    const conf = builders[kind](context, connections, inherited);
    if (conf !== undefined) confs.push({ port: isNamed ? port : undefined, conf, from: connections.from });
  }
  return confs;
}

/** Whether clients of a port balance in different ways. */
const isDivided = (known: readonly (readonly Entry[])[], at: number): boolean =>
  known.length > 1 &&
  known.some((entries) => entries[at]?.connections.settings.lbPolicy !== known[0]?.[at]?.connections.settings.lbPolicy);

/** Whether a rule says anything of a port that the policies of the whole mesh do not say alike. */
function isSaid(context: Context, { mesh }: EffectiveConfig, service: RegistryService, entry: Entry): boolean {
  const { connections, port } = entry;
  // An entry for a port that says nothing takes the rule's balancer away, but not the hash of its requests.
  if (isWritten(connections) || connections.hash !== undefined) return true;
  if (isEmptyPolicy(connections)) return false;
  return (
    context.settings.defaults === 'adopt' ||
    connectionsKey(connections) !== connectionsKey(usualConnections(mesh, service, port))
  );
}

/** Whether entries say something else than others of the same ports. */
const isUnlike = (entries: readonly Entry[], others: readonly Entry[] | undefined): boolean =>
  entries !== others && others?.some(({ key }, port) => key !== entries[port]?.key) === true;

const suffixOf = (units: readonly ClientUnit[], index: number): string =>
  index === 0 ? '' : `clients-${String(units.length - index).padStart(3, '0')}`;

/**
 * What policies have to say of a service, or of one of its subsets; says of the fields of rules what becomes of them.
 * @param name of the subset; undefined for the whole service
 * @param whole what is said of the whole service, where this is for a subset: of one that says nothing itself it is the same
 */
export function partsOf(
  context: Context,
  config: EffectiveConfig,
  subject: Subject,
  name?: string,
  whole?: Parts,
): Parts {
  const { service, units } = subject;
  const known = entriesOf(context, config, subject, name, whole?.entries);
  if (whole !== undefined && known.every((entries, index) => entries === whole.entries[index])) return whole;
  const policies: Parts['policies'][number][] = [];
  for (let index = 0; index < units.length; index++) {
    const unit = units[index] as ClientUnit;
    const entries = known[index] as readonly Entry[];
    const needed =
      index === 0
        ? entries.filter((entry) => isSaid(context, config, service, entry))
        : unit.within.some((at) => isUnlike(entries, known[at]))
          ? entries
          : [];
    if (needed.length === 0) continue;
    const suffix = suffixOf(units, index);
    const inherited = inheritedFrom(unit, known);
    for (const kind of kinds) {
      if (!isTaken(context, service, kind)) continue;
      const confs = confsOf(context, subject, kind, unit, needed, inherited);
      if (confs.length > 0) policies.push({ kind, unit, suffix, confs });
    }
  }
  for (let index = 0; index < known.length; index++) {
    const entries = known[index] as readonly Entry[];
    if (known.indexOf(entries) < index) continue;
    for (let at = 0; at < entries.length; at++) {
      const { port, connections, patches } = entries[at] as Entry;
      accountForPolicy(context, connections.policy, service, port, patches, isDivided(known, at));
    }
  }
  return { entries: known, policies, patches: patchesOf(context, subject, known) };
}

/** The patches of clusters: for each unit those that the units which select its clients too have not. */
function patchesOf(
  context: Context,
  { ports, units }: Subject,
  known: readonly (readonly Entry[])[],
): Parts['patches'] {
  // Most rules ask for none.
  if (known.every((entries) => entries.every(({ patches }) => patches.length === 0))) return [];
  const patches = known.map((entries) =>
    entries.map((one, at) =>
      isDivided(known, at) ? one.patches.filter(({ change }) => change.kind !== 'slow start') : one.patches,
    ),
  );
  const keys = units.length === 1 ? [] : patches.map((ofPorts) => ofPorts.map(patchesKey).join());
  const found: Parts['patches'][number][] = [];
  for (const [index, unit] of units.entries()) {
    if (index > 0 && unit.within.every((other) => keys[other] === keys[index])) continue;
    const changes = ports.flatMap((port, at) => {
      const inherited = unit.within.flatMap((other) => patches[other]?.[at] ?? []);
      const own = changesOf(context, patches[index]?.[at] ?? [], inherited);
      return own === undefined ? [] : [{ port, changes: own }];
    });
    if (changes.length > 0) found.push({ unit, suffix: suffixOf(units, index), changes });
  }
  return found;
}
