import type { Rule } from '@isthmus/behavior';
import { compileAccess, type Estate, trustOf, workloadsOf } from '@isthmus/istio';
import type { WorkloadAccess } from '@isthmus/kong-mesh';
import { notFollowed } from '../../proxy-changes.ts';
import { policiesOf, readBefore, type ServerBefore } from '../before.ts';
import { type CallerGroup, groupOf } from '../caller-groups.ts';
import type { Account, Caller } from '../callers.ts';
import { type AccessComparison, type AccessVerdict, modes, strength, type TransportMode } from '../compare-access.ts';
import { type PlaintextClients, plaintextClientsOf } from '../plaintext.ts';
import { findRequest } from '../requests.ts';
import {
  anyOther,
  approachTo,
  beforeOf,
  createScene,
  identitySets,
  modeOf,
  type Port,
  rulesOf,
  type Scene,
  uncertain,
  whyUndecided,
  withChanges,
} from '../scene.ts';
import { type LeftOut, readServers, type Server } from '../servers.ts';
import {
  type Bridge,
  type Crossing,
  type PhaseCase,
  type Side,
  type Standing,
  sidesOf,
  standingOf,
  together,
  withBridge,
} from './bridge.ts';
import { type Ground, type Walked, type Way, walk } from './ways.ts';

/** Callers of a port who are treated alike in a phase. */
export interface PhaseComparison {
  readonly server: Server;
  readonly port: number;
  readonly callers: CallerGroup;
  readonly before: AccessComparison['before'];
  /** The way with the worst verdict. */
  readonly way: Way;
  /** What they may do on it. */
  readonly reach: Walked['reach'];
  readonly verdict: AccessVerdict;
  /** A request that was refused and goes through. */
  readonly request?: string;
  readonly reason?: string;
  readonly rules: { readonly before: readonly Rule[]; readonly after: readonly Rule[] };
}

/** How calls between two places of a phase go; `refused` where they cannot. */
export interface Edge {
  readonly from: Way['from'];
  readonly to: Side;
  readonly security: 'mTLS' | 'plaintext' | 'TLS by a gateway' | 'refused';
}

/** How a port takes connections in a phase, in each mesh where it has Pods. */
export interface PhaseTransport {
  readonly server: Server;
  readonly port: number;
  readonly before: TransportMode;
  /** Undefined where that is not known. */
  readonly during: Readonly<Partial<Record<Side, TransportMode | undefined>>>;
  readonly edges: readonly Edge[];
  readonly verdict: AccessVerdict;
  readonly reason?: string;
}

/** The comparison of one workload in a phase with what Istio did before the migration. */
export interface PhaseOfServer {
  readonly standing: Standing;
  readonly access: readonly PhaseComparison[];
  readonly transport: readonly PhaseTransport[];
}

export interface PhaseJudge {
  readonly servers: readonly Server[];
  readonly leftOut: readonly LeftOut[];
  /** Who may come to a server in plaintext. */
  plaintextClients(server: Server): PlaintextClients;
  compare(server: Server): PhaseOfServer;
}

const order: readonly AccessVerdict[] = ['wider', 'undecided', 'narrower', 'same'];

const keyOf = ({ namespace, account }: Account): string => `${namespace}/${account}`;
const serviceIds = ({ namespace, services }: Server): string[] => services.map((name) => `${namespace}/${name}`);

/** Where the accounts of an estate run by the phases of the services that send to their workloads. */
function standingsOf(of: PhaseCase, servers: readonly Server[]): (caller: Caller) => Standing {
  if (of.callers === 'anywhere') return () => 'both';
  const all = together(servers.flatMap(serviceIds).map((id) => standingOf(of.phaseOf(id)))) ?? 'istio';
  const known = new Map<string, Set<Standing>>();
  const byLabels = new Map(servers.map((server) => [`${server.namespace} ${JSON.stringify(server.labels)}`, server]));
  for (const { namespace, labels, serviceAccount } of workloadsOf(of.estate)) {
    const server = byLabels.get(`${namespace} ${JSON.stringify(labels)}`);
    // What no Service sends to moves at a time that nobody says.
    const own = server === undefined ? [all] : serviceIds(server).map((id) => standingOf(of.phaseOf(id)));
    const key = keyOf({ namespace, account: serviceAccount });
    known.set(key, new Set([...(known.get(key) ?? []), ...own]));
  }
  return (caller) => together(known.get(keyOf(caller)) ?? []) ?? all;
}

/** Finds accounts among the callers. */
function findAccounts(callers: readonly Caller[]): (crossing: Crossing) => number | undefined {
  const known = new Map<string, number>();
  for (const [index, one] of callers.entries()) if (!one.bridge && !known.has(keyOf(one))) known.set(keyOf(one), index);
  return (crossing) => (typeof crossing === 'string' ? undefined : known.get(keyOf(crossing)));
}

interface Stage {
  readonly of: PhaseCase;
  readonly scene: Scene;
  readonly groundFor: (server: Server) => Ground;
  /** Istio with the bridge's objects. */
  readonly estate: Estate;
  readonly during: (server: Server) => ServerBefore;
  readonly standing: (caller: Caller) => Standing;
  /** Meshes from which somebody calls. */
  readonly inhabited: readonly Side[];
  /** Sets of callers that are in one mesh only. */
  readonly places: readonly ReadonlySet<number>[];
  readonly setOfBefore: ReturnType<typeof identitySets>;
}

interface Question {
  readonly server: Server;
  readonly ground: Ground;
  readonly standing: Standing;
  readonly original: ServerBefore;
  readonly during: ServerBefore;
  readonly access: WorkloadAccess;
  readonly port: Port;
}

/** A request that Istio refused of a caller and that goes through on a way. */
function witnessOf(stage: Stage, question: Question, caller: Caller, { way, reach }: Walked): string | undefined {
  const { of, estate } = stage;
  const { server, original, during, port } = question;
  const { settings } = of;
  const coming = approachTo(original, port, caller.before);
  const seen = approachTo(during, port, way.seen);
  const passes = reach === 'all' ? undefined : compileAccess(estate, server, settings);
  const { policies, authentications } = original;
  const search = (http: boolean): string | undefined =>
    findRequest(
      { estate: of.estate, server, policies: [...policies, ...during.policies], authentications, options: settings },
      coming,
      http,
      (decide, approach) => {
        if (decide(approach).outcome === 'allowed') return false;
        if (passes === undefined) return true;
        const { port: _, tls: __, certificate: ___, alpn: ____, ...asked } = approach;
        return passes({ ...asked, ...seen }).outcome === 'allowed';
      },
    )?.words;
  return (port.protocol === 'tcp' ? undefined : search(true)) ?? (port.protocol === 'http' ? undefined : search(false));
}

const pathOf = (identity: string): string => identity.slice(Math.max(0, identity.indexOf('/ns/')));

/**
 * Whether what the bridge adds to Istio's policies says nothing to a caller: beside policies that allow already, others that allow
 * somebody else by name.
 */
function isUntouched({ original, during }: Question, { before }: Caller): boolean {
  if (during === original) return true;
  const known = new Set(original.policies.map(({ resource }) => resource));
  const added = during.policies.filter(({ resource }) => !known.has(resource));
  const own = before === undefined ? undefined : pathOf(before);
  return (
    during.policies.length === original.policies.length + added.length &&
    original.policies.some(({ action, dryRun }) => action === 'ALLOW' && !dryRun) &&
    during.mtls.mode === original.mtls.mode &&
    added.every(
      ({ action, rules }) =>
        action === 'ALLOW' &&
        rules.every(
          ({ from }) =>
            from.length > 0 &&
            from.every(({ constraints }) =>
              constraints.some(
                ({ attribute, negated, values }) =>
                  attribute === 'source.principal' &&
                  !negated &&
                  values.every(({ text }) => !text.includes('*') && pathOf(text) !== own),
              ),
            ),
        ),
    )
  );
}

type Found = Pick<PhaseComparison, 'way' | 'reach' | 'verdict' | 'request' | 'reason'>;

function verdictOf(
  stage: Stage,
  question: Question,
  caller: Caller,
  before: PhaseComparison['before'],
  walked: Walked,
): Found {
  const { way, reach } = walked;
  const refused = before === 'none' || before === 'refused';
  const closed = reach === 'none' || reach === 'refused';
  if (reach === 'unknown') {
    const reason = question.access.shows === 'none' ? uncertain : 'it is not known which identity Kong Mesh gives';
    return { ...walked, ...(before === 'all' ? { verdict: 'same' } : { verdict: 'undecided', reason }) };
  }
  if (closed) return { ...walked, verdict: refused ? 'same' : 'narrower' };
  if (before === 'all') return { ...walked, verdict: reach === 'all' ? 'same' : 'narrower' };
  if (refused && reach === 'all') return { ...walked, verdict: 'wider' };
  // The same policies asked about the same client say the same.
  if (way.to === 'istio' && way.seen === caller.before && isUntouched(question, caller))
    return { ...walked, verdict: 'same' };
  const request = witnessOf(stage, question, caller, walked);
  if (request !== undefined) return { ...walked, verdict: 'wider', request };
  return { ...walked, verdict: 'undecided', reason: whyUndecided(question.during) };
}

/** Within Istio proxies are changed as before; a caller who is seen as somebody else may meet something else all the same. */
function asChanged({ original, access }: Question, caller: Caller, found: Found): Found {
  const { way, reach } = found;
  if (way.to === 'istio' && way.seen === caller.before) return found;
  return withChanges(found, original, way.to === 'kong' ? access : {}, reach === 'none' || reach === 'refused');
}

/** The meshes that a caller comes from; whoever is in none comes from outside. */
function originsOf({ standing }: Stage, { ground }: Question, caller: Caller, index: number): readonly Way['from'][] {
  // Istio's gateway stays in Istio.
  if (index === ground.gateways.toIstio) return ['istio'];
  return caller.kind === 'plaintext' || caller.kind === 'unknown' ? ['outside'] : sidesOf(standing(caller));
}

function decide(stage: Stage, question: Question): Omit<PhaseComparison, 'server' | 'port'>[] {
  const { callers, partition, setOf } = stage.scene;
  const { port, original, during, standing, ground } = question;
  const identities = port.kong?.identities ?? [];
  const sets = [
    ...stage.places,
    ...original.named,
    ...(during === original ? [] : during.named),
    ...identities.map(setOf),
    ...identities.map(stage.setOfBefore),
    ...Object.values(ground.gateways).flatMap((index) => (index === undefined ? [] : [new Set([index])])),
  ];
  const parts = partition(sets).filter(({ first }) => {
    const { kind, bridge } = callers[first] as Caller;
    // To a port of no Service everybody comes in plaintext.
    if (!port.served) return kind === 'plaintext';
    // Gateways call for others, who are asked about; that of Istio may be a workload of its own.
    if (first === ground.gateways.toKong || (ground.bridge.areOwn === true && first === ground.gateways.toIstio))
      return false;
    return !bridge || kind === 'unknown';
  });
  const inKong = rulesOf(original, port);
  const inIstio = { before: inKong.before, after: rulesOf(during, port).before };
  const found = parts.map((part) => {
    const caller = callers[part.first] as Caller;
    const before = beforeOf(caller, part.first, port, original);
    const ways = originsOf(stage, question, caller, part.first).flatMap((from) =>
      sidesOf(standing).map((to) =>
        asChanged(
          question,
          caller,
          verdictOf(stage, question, caller, before, walk(ground, caller, part.first, from, to, question)),
        ),
      ),
    );
    const worst = ways.reduce((a, b) => (order.indexOf(b.verdict) < order.indexOf(a.verdict) ? b : a));
    return { part, bridge: caller.bridge, before, worst };
  });
  // By their own certificates callers are seen as themselves: they are alike all the same.
  const alike = Map.groupBy(found, ({ bridge, before, worst: { way, ...rest } }) =>
    JSON.stringify([bridge, before, rest, way.from, way.to, way.by, way.by === 'gateway' ? way.seen : undefined]),
  );
  return [...alike.values()].flatMap((ones) => {
    const [one] = ones;
    if (one === undefined) return [];
    const group = groupOf(
      callers,
      ones.map(({ part }) => part),
    );
    const { before, after } = one.worst.way.to === 'kong' ? inKong : inIstio;
    return [{ callers: group, before: one.before, ...one.worst, rules: { before, after } }];
  });
}

function modeInKong({ kong }: Port, complete: boolean): TransportMode | undefined {
  if (kong === undefined || kong.refused !== undefined) return 'plaintext';
  if (kong.mode === undefined) return complete ? 'plaintext' : undefined;
  return kong.mode === 'Strict' ? 'strict' : 'permissive';
}

function edgesOf({ inhabited }: Stage, { standing, ground }: Question, during: PhaseTransport['during']): Edge[] {
  const froms: readonly Way['from'][] = [...inhabited, 'outside'];
  return sidesOf(standing).flatMap((to) =>
    froms.flatMap((from): Edge[] => {
      const mode = during[to];
      if (mode === undefined) return [];
      const crossing = from !== 'outside' && from !== to;
      const gateway = to === 'kong' ? ground.gateways.toKong : ground.gateways.toIstio;
      if (crossing && (to === 'kong' ? ground.bridge.toKong : ground.bridge.toIstio) === 'closed')
        return [{ from, to, security: 'refused' }];
      if (crossing && gateway !== undefined) return [{ from, to, security: 'TLS by a gateway' }];
      if (from === 'outside' || (crossing && to === 'istio'))
        return [{ from, to, security: mode === 'strict' ? 'refused' : 'plaintext' }];
      if (crossing) return [{ from, to, security: mode === 'strict' ? 'mTLS' : 'plaintext' }];
      return [{ from, to, security: mode === 'plaintext' ? 'plaintext' : 'mTLS' }];
    }),
  );
}

function transportOf(stage: Stage, question: Question): PhaseTransport | undefined {
  const { server, standing, original, during, port } = question;
  if (port.kong === undefined) return undefined;
  const before = modes[modeOf(original, port)];
  const modeBy: Partial<Record<Side, TransportMode | undefined>> = Object.fromEntries(
    sidesOf(standing).map((side) => [
      side,
      side === 'istio' ? modes[modeOf(during, port)] : modeInKong(port, stage.of.settings.complete),
    ]),
  );
  const found = Object.values(modeBy);
  const known = found.filter((mode) => mode !== undefined);
  const base = { server, port: port.port, before, during: modeBy, edges: edgesOf(stage, question, modeBy) };
  if (known.some((mode) => strength[mode] < strength[before])) return { ...base, verdict: 'wider' };
  const [changed] = original.changes.transport;
  if (changed !== undefined && sidesOf(standing).includes('kong'))
    return { ...base, verdict: 'undecided', reason: notFollowed([changed]) };
  if (known.length < found.length) return { ...base, verdict: 'undecided', reason: uncertain };
  return { ...base, verdict: known.some((mode) => strength[mode] > strength[before]) ? 'narrower' : 'same' };
}

/** The bridge of the first Service that sends to a workload: those with the same Pods move together. */
const bridgeFor = ({ bridge }: PhaseCase, server: Server): Bridge =>
  typeof bridge === 'function' ? bridge(serviceIds(server)[0] ?? '') : bridge;

function stageOf(of: PhaseCase): Stage {
  const { settings } = of;
  const { rootNamespace, clusterDomain } = settings;
  const bridges =
    typeof of.bridge === 'function'
      ? readServers(of.estate, { rootNamespace, clusterDomain }).servers.map((server) => bridgeFor(of, server))
      : [of.bridge];
  const accounts = bridges.flatMap(({ toKong, toIstio }) => [toKong, toIstio].filter((one) => typeof one !== 'string'));
  const scene = createScene(of, [...new Map(accounts.map((one) => [keyOf(one), one])).values()]);
  const { callers } = scene;
  const find = findAccounts(callers);
  const estate = withBridge(of.estate, of.istio ?? []);
  const trust = trustOf(estate, { rootNamespace, trustDomain: clusterDomain });
  const during =
    estate === of.estate ? scene.before : readBefore(estate, trust, policiesOf(estate, trust.rootNamespace), callers);
  const standing = standingsOf(of, scene.servers.servers);
  const places = (['istio', 'kong'] as const).map(
    (side) => new Set([...callers.keys()].filter((index) => standing(callers[index] as Caller) === side)),
  );
  const inhabited = new Set(callers.flatMap((caller) => sidesOf(standing(caller))));
  return {
    of,
    scene,
    estate,
    inhabited: (['istio', 'kong'] as const).filter((side) => inhabited.has(side)),
    during: during.of,
    standing,
    places: places.filter(({ size }) => size > 0),
    setOfBefore: identitySets(callers, ({ before }) => before),
    groundFor(server) {
      const bridge = bridgeFor(of, server);
      return { scene, bridge, gateways: { toKong: find(bridge.toKong), toIstio: find(bridge.toIstio) } };
    },
  };
}

/**
 * Compares who may call whom in a state of the migration with what Istio alone allowed before it: each server where its phase
 * puts it, called from each mesh where callers are, within a mesh or across the bridge. The verdict on a group of callers is
 * the worst of its ways: *wider* where one lets in whom Istio kept out, *narrower* where one refuses whom it let in.
 */
export function createPhaseJudge(of: PhaseCase): PhaseJudge {
  const stage = stageOf(of);
  const { scene } = stage;
  const { servers, leftOut, bare } = scene.servers;
  const known = new Map<string, Omit<PhaseComparison, 'server' | 'port'>[]>();
  return {
    servers,
    leftOut,
    plaintextClients: plaintextClientsOf(
      bare.map(({ namespace, name }) => `${namespace}/${name}`),
      of.calls ?? [],
    ),
    compare(server) {
      const access = scene.accessOf(server);
      const original = scene.before.of(server);
      const during = stage.during === scene.before.of ? original : stage.during(server);
      const standing = together(serviceIds(server).map((id) => standingOf(of.phaseOf(id)))) ?? 'istio';
      const ports = scene.portsOf(server);
      const asksPort = [original, during].some(({ policies }) =>
        policies.some(({ rules }) => JSON.stringify(rules).includes('destination.port')),
      );
      const ground = stage.groundFor(server);
      const questions = ports.map((port): Question => ({ server, ground, standing, original, during, access, port }));
      return {
        standing,
        access: questions.flatMap((question) => {
          const { port } = question;
          const { kong } = port;
          const open = kong === undefined && access.decide({ port: port.port, tls: 'none' }).outcome === 'allowed';
          const key = JSON.stringify([
            standing,
            ground.bridge,
            ground.bridge.serverNames?.(port.port),
            original.key,
            during.key,
            asksPort ? port.port : 0,
            modeOf(original, port),
            modeOf(during, port),
            port.protocol,
            port.served,
            kong && [kong.mode, kong.refused, kong.policies.map(({ namespace, name }) => `${namespace}/${name}`)],
            open,
            access.shows,
            access.unknown?.reason,
          ]);
          const found = known.get(key) ?? decide(stage, question);
          known.set(key, found);
          const told = port.port === anyOther ? found.filter(({ verdict }) => verdict === 'wider') : found;
          return told.map((one) => ({ ...one, server, port: port.port }));
        }),
        transport: questions.flatMap((question) => transportOf(stage, question) ?? []),
      };
    },
  };
}
