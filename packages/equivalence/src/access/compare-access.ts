import type { Rule } from '@isthmus/behavior';
import { type Estate, trustOf } from '@isthmus/istio';
import { compileKongMeshAccess, type PortAccess, type TargetVersion, type WorkloadAccess } from '@isthmus/kong-mesh';
import { isMap, type JsonObject } from '@isthmus/kubernetes';
import { type Emitted, objectsAfter } from '../mesh-after.ts';
import { type Before, type Protocol, policiesOf, type Reach, readBefore, type ServerBefore } from './before.ts';
import { type CallerGroup, groupOf, type Part, partitionOf } from './caller-groups.ts';
import { type Caller, callersOf } from './callers.ts';
import { findRefused } from './requests.ts';
import { type LeftOut, readServers, type Server } from './servers.ts';

/** Whether somebody may call: *wider* lets in whom Istio kept out, if only for some requests. */
export type AccessVerdict = 'same' | 'narrower' | 'wider' | 'undecided';

/** A port of a workload, and callers who are treated alike on it. */
export interface AccessComparison {
  readonly server: Server;
  readonly port: number;
  readonly callers: CallerGroup;
  readonly before: Reach | 'refused';
  readonly after: 'all' | 'none' | 'unknown';
  readonly verdict: AccessVerdict;
  /** A request that Istio refuses of such a caller, where only some are refused. */
  readonly request?: string;
  /** Why it is undecided. */
  readonly reason?: string;
  /** What decides, in both meshes. */
  readonly rules: { readonly before: readonly Rule[]; readonly after: readonly Rule[] };
}

export type TransportMode = 'plaintext' | 'permissive' | 'strict';

/** How a port takes connections in both meshes. */
export interface TransportComparison {
  readonly server: Server;
  readonly port: number;
  readonly before: TransportMode;
  readonly after: TransportMode | undefined;
  readonly verdict: AccessVerdict;
  readonly reason?: string;
}

/** What is compared: an estate, and what a translation made of it. */
export interface AccessCase {
  readonly estate: Estate;
  readonly emitted: readonly Emitted[];
  readonly settings: {
    readonly target: TargetVersion;
    readonly mesh: string;
    readonly zone: string;
    readonly systemNamespace: string;
    readonly rootNamespace: string;
    readonly clusterDomain: string;
    /** Whether the import is the whole estate: then what it does not hold is not there. */
    readonly complete: boolean;
  };
}

/** The comparison of one workload. */
export interface ServerComparison {
  readonly access: readonly AccessComparison[];
  readonly transport: readonly TransportComparison[];
}

/** Compares who may call whom in both meshes, workload by workload. */
export interface AccessJudge {
  readonly callers: readonly Caller[];
  readonly servers: readonly Server[];
  readonly leftOut: readonly LeftOut[];
  /** Workloads without a sidecar (`<namespace>/<name>`), which call in plaintext. */
  readonly bare: readonly string[];
  compare(server: Server): ServerComparison;
}

/** Stands for every port that neither a Service nor a container declares. */
export const anyOther = 0;

const modes = { DISABLE: 'plaintext', PERMISSIVE: 'permissive', STRICT: 'strict' } as const;
const rank: Readonly<Record<TransportMode, number>> = { plaintext: 0, permissive: 1, strict: 2 };
const uncertain =
  'the import is not declared complete and gives no identity to workloads, without which Kong Mesh asks no permission';

/** The sets of callers that a permission's identities hold, found once for each identity. */
function identitySets(callers: readonly Caller[]) {
  const known = new Map<string, ReadonlySet<number>>();
  const exact = new Map<string, number[]>();
  for (const [index, { after }] of callers.entries())
    if (after !== undefined) exact.set(after, [...(exact.get(after) ?? []), index]);
  return (one: PortAccess['identities'][number]): ReadonlySet<number> => {
    const key = `${one.exact} ${one.value}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = new Set(
      one.exact
        ? (exact.get(one.value) ?? [])
        : [...callers.keys()].filter((index) => callers[index]?.after?.startsWith(one.value) === true),
    );
    known.set(key, found);
    return found;
  };
}

/** Names that permissions look for in the client's TLS greeting: a client may send any. */
function namesIn(objects: readonly JsonObject[]): (string | undefined)[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (isMap(value as JsonObject)) {
      const { sni } = value as JsonObject;
      if (isMap(sni ?? null) && typeof (sni as JsonObject).value === 'string')
        found.add((sni as JsonObject).value as string);
      for (const item of Object.values(value as JsonObject)) walk(item);
    }
  };
  for (const { kind, spec } of objects) if (kind === 'MeshTrafficPermission') walk(spec);
  return [undefined, ...found];
}

/** What a group of callers is found to be allowed. */
type Decided = Omit<AccessComparison, 'server' | 'port'>;

interface Port {
  readonly port: number;
  readonly protocol: Protocol;
  /** Whether a Service sends to it. */
  readonly served: boolean;
  /** Undefined where Kong Mesh knows no such port. */
  readonly kong: PortAccess | undefined;
}

interface Scene {
  readonly of: AccessCase;
  readonly before: Before;
  readonly callers: readonly Caller[];
  readonly partition: (sets: readonly ReadonlySet<number>[]) => Part[];
  readonly setOf: ReturnType<typeof identitySets>;
  readonly names: readonly (string | undefined)[];
}

/** Whether Kong Mesh lets a caller in. */
function afterOf(caller: Caller, { port, kong }: Port, access: WorkloadAccess, { of, names }: Scene): Decided['after'] {
  // Of a part of an estate it is not known whether the rest of it has an identity or an authority.
  if (access.shows === 'none' && !of.settings.complete) return 'unknown';
  const plain = access.decide({ port, tls: 'none' }).outcome === 'allowed';
  if (caller.kind === 'plaintext') return plain ? 'all' : 'none';
  const certificate = { uris: [caller.after ?? ''], issuer: 'root' };
  if (caller.kind === 'unknown') {
    const arrival = { port, tls: 'mtls', certificate, alpn: ['kuma'] } as const;
    const enters = (sni: string | undefined): boolean =>
      access.decide({ ...arrival, ...(sni === undefined ? {} : { sni }) }).outcome === 'allowed';
    return names.some(enters) ? 'all' : 'none';
  }
  // Proxies without an identity of their own speak plaintext.
  if (kong === undefined || kong.refused !== undefined || kong.mode === undefined) return plain ? 'all' : 'none';
  if (caller.after === undefined || access.shows === 'mtls') return 'unknown';
  return names.some((sni) => kong.judge(certificate, sni).allowed) ? 'all' : 'none';
}

/** What Istio lets a caller do. */
function beforeOf(caller: Caller, index: number, port: Port, server: ServerBefore): Decided['before'] {
  const mode = server.mtls.ports.get(String(port.port)) ?? server.mtls.mode;
  const ask = (who: number | undefined): Reach => server.reach(who, port.port, port.protocol);
  if (caller.kind === 'plaintext') return mode === 'STRICT' ? 'refused' : ask(undefined);
  if (caller.kind === 'unknown') return 'refused';
  // Where Istio takes no mTLS its sidecars come in plaintext.
  return ask(mode === 'DISABLE' ? undefined : index);
}

function rulesOf(server: ServerBefore, { kong }: Port): AccessComparison['rules'] {
  return {
    before: server.policies.map(({ namespace, resource }) => ({
      kind: 'AuthorizationPolicy',
      namespace,
      name: resource.name,
      path: 'spec',
    })),
    after: kong?.policies ?? [],
  };
}

function witnessOf(scene: Scene, server: Server, before: ServerBefore, port: Port, caller: Caller): string | undefined {
  const { estate, settings } = scene.of;
  const mode = before.mtls.ports.get(String(port.port)) ?? before.mtls.mode;
  const plaintext = caller.kind === 'plaintext' || mode === 'DISABLE' || caller.before === undefined;
  const approach = plaintext
    ? { port: port.port, tls: 'none' as const }
    : {
        port: port.port,
        tls: 'mtls' as const,
        certificate: { uris: [caller.before], issuer: 'root' },
        alpn: ['istio-http/1.1', 'istio'],
      };
  const { policies, authentications } = before;
  const searched = { estate, server, policies, authentications, options: settings };
  const found =
    (port.protocol === 'tcp' ? undefined : findRefused(searched, approach, true)) ??
    (port.protocol === 'http' ? undefined : findRefused(searched, approach, false));
  return found?.words;
}

interface Question {
  readonly server: Server;
  readonly own: ServerBefore;
  readonly access: WorkloadAccess;
  readonly port: Port;
  readonly caller: Caller;
}

function verdictOf(
  scene: Scene,
  { server, own, access, port, caller }: Question,
  reach: Decided['before'],
  after: Decided['after'],
): Pick<Decided, 'verdict' | 'request' | 'reason'> {
  const refused = reach === 'none' || reach === 'refused';
  if (after === 'unknown') {
    const reason =
      access.shows === 'none'
        ? uncertain
        : access.shows === 'mtls'
          ? "certificates of the Mesh's own authority name Services and no service accounts"
          : 'it is not known which identity Kong Mesh gives to such callers';
    return reach === 'all' ? { verdict: 'same' } : { verdict: 'undecided', reason };
  }
  if (after === 'none') return { verdict: refused ? 'same' : 'narrower' };
  if (reach === 'all') return { verdict: 'same' };
  if (refused) return { verdict: 'wider' };
  const request = witnessOf(scene, server, own, port, caller);
  if (request !== undefined) return { verdict: 'wider', request };
  const [custom] = own.policies.filter(({ action }) => action === 'CUSTOM');
  const reason =
    custom === undefined
      ? 'no request was found that Istio refuses, and none that it lets through whatever it says'
      : `the external authorizer of ${custom.namespace}/${custom.resource.name} decides about it in Istio`;
  return { verdict: 'undecided', reason };
}

function decide(scene: Scene, server: Server, before: ServerBefore, port: Port, access: WorkloadAccess): Decided[] {
  const { callers, partition, setOf } = scene;
  const sets = [...before.named, ...(port.kong?.identities ?? []).map(setOf)];
  const all = partition(sets);
  // Sidecars of both meshes speak mTLS to Services only: to a port of none everybody comes in plaintext.
  const parts = port.served ? all : all.filter(({ first }) => callers[first]?.kind === 'plaintext');
  const rules = rulesOf(before, port);
  const found = parts.map((part) => {
    const caller = callers[part.first] as Caller;
    const reach = beforeOf(caller, part.first, port, before);
    const after = afterOf(caller, port, access, scene);
    const { verdict, request, reason } = verdictOf(scene, { server, own: before, access, port, caller }, reach, after);
    return { part, bridge: caller.bridge, reach, after, verdict, request, reason };
  });
  const alike = Map.groupBy(found, ({ part: _, ...rest }) => JSON.stringify(Object.values(rest)));
  return [...alike.values()].flatMap((ones): Decided[] => {
    const [one] = ones;
    if (one === undefined) return [];
    const { reach, after, verdict, request, reason } = one;
    return [
      {
        callers: groupOf(
          callers,
          ones.map(({ part }) => part),
        ),
        before: reach,
        after,
        verdict,
        ...(request === undefined ? {} : { request }),
        ...(reason === undefined ? {} : { reason }),
        rules,
      },
    ];
  });
}

function compareTransport(
  server: Server,
  before: ServerBefore,
  { port, kong }: Port,
  complete: boolean,
): TransportComparison | undefined {
  if (kong === undefined) return undefined;
  const was = modes[before.mtls.ports.get(String(port)) ?? before.mtls.mode];
  const is =
    kong.refused !== undefined || kong.mode === undefined
      ? 'plaintext'
      : kong.mode === 'Strict'
        ? 'strict'
        : 'permissive';
  if (is === 'plaintext' && kong.refused === undefined && was !== 'plaintext' && !complete)
    return { server, port, before: was, after: undefined, verdict: 'undecided', reason: uncertain };
  const verdict = rank[is] === rank[was] ? 'same' : rank[is] > rank[was] ? 'narrower' : 'wider';
  return { server, port, before: was, after: is, verdict };
}

/**
 * Compiles both sides of who may call whom: Istio's policies, and Kong Mesh with everything that was emitted (drafts not)
 * applied. A caller comes with its identity of Kong Mesh where it had Istio's; for the bridge it is also asked what Kong Mesh
 * would let it do with Istio's, as if that were trusted.
 */
export function createAccessJudge(of: AccessCase): AccessJudge {
  const { estate, emitted, settings } = of;
  const { target, mesh, zone, systemNamespace, rootNamespace, clusterDomain } = settings;
  const trust = trustOf(estate, { rootNamespace, trustDomain: clusterDomain });
  const objects = objectsAfter(estate, emitted, { version: target, mesh, zone, systemNamespace });
  const after = compileKongMeshAccess(objects, {
    version: target,
    mesh,
    zone,
    systemNamespace,
    inMesh: () => true,
    // That a bundle holds the right root is not asked here, only whose names are trusted.
    rootName: () => 'root',
  });
  const { servers, leftOut, bare } = readServers(estate, { rootNamespace, clusterDomain });
  const accesses = new Map(servers.map((server) => [server, after.of(accessed(server))]));
  const named = [...accesses.values()].flatMap(({ ports }) => ports.flatMap(({ identities }) => identities));
  const identities = [...new Map(named.map((one) => [`${one.exact} ${one.value}`, one])).values()];
  const policies = policiesOf(estate, trust.rootNamespace);
  const callers = callersOf({ estate, trust, policies, identities, after });
  const before = readBefore(estate, trust, policies, callers);
  const scene: Scene = {
    of,
    before,
    callers,
    partition: partitionOf(callers),
    setOf: identitySets(callers),
    names: namesIn(objects),
  };
  const known = new Map<string, Decided[]>();
  return {
    callers,
    servers,
    leftOut,
    bare: bare.map(({ namespace, name }) => `${namespace}/${name}`),
    compare(server) {
      const access = accesses.get(server) ?? after.of(accessed(server));
      const own = before.of(server);
      const byPort = Map.groupBy(access.ports, ({ port }) => port);
      const ports: Port[] = [
        ...[...server.protocols].map(([port, protocol]) => ({
          port,
          protocol,
          served: true,
          kong: byPort.get(port)?.[0],
        })),
        ...server.others.map((port) => ({ port, protocol: 'detected' as const, served: false, kong: undefined })),
        { port: anyOther, protocol: 'detected' as const, served: false, kong: undefined },
      ].sort((a, b) => a.port - b.port);
      const asksPort = own.policies.some(({ rules }) => JSON.stringify(rules).includes('destination.port'));
      return {
        access: ports.flatMap((port) => {
          const mode = own.mtls.ports.get(String(port.port)) ?? own.mtls.mode;
          const { kong } = port;
          const open = kong === undefined && access.decide({ port: port.port, tls: 'none' }).outcome === 'allowed';
          const key = JSON.stringify([
            own.key,
            asksPort ? port.port : 0,
            mode,
            port.protocol,
            kong && [kong.mode, kong.refused, kong.policies.map(({ namespace, name }) => `${namespace}/${name}`)],
            open,
            access.shows,
          ]);
          const found = known.get(key) ?? decide(scene, server, own, port, access);
          known.set(key, found);
          // That nobody gets in where nothing is declared goes without saying.
          const told = port.port === anyOther ? found.filter(({ verdict }) => verdict === 'wider') : found;
          return told.map((one) => ({ ...one, server, port: port.port }));
        }),
        transport: ports.flatMap((port) => compareTransport(server, own, port, settings.complete) ?? []),
      };
    },
  };
}

const accessed = ({ namespace, labels, serviceAccount }: Server) => ({
  namespace,
  labels,
  ...(serviceAccount === undefined ? {} : { serviceAccount }),
});
