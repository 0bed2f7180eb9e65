import type { Rule } from '@isthmus/behavior';
import { type Approach, type Estate, trustOf } from '@isthmus/istio';
import {
  compileKongMeshAccess,
  type KongMeshAccess,
  type PortAccess,
  type TargetVersion,
  type WorkloadAccess,
} from '@isthmus/kong-mesh';
import { isMap, type JsonObject } from '@isthmus/kubernetes';
import { type Emitted, objectsAfter } from '../mesh-after.ts';
import type { Finding } from '../predictions.ts';
import { notFollowed } from '../proxy-changes.ts';
import { type Before, type Protocol, policiesOf, type Reach, readBefore, type ServerBefore } from './before.ts';
import { type Part, partitionOf } from './caller-groups.ts';
import { type Account, type Caller, callersOf } from './callers.ts';
import type { WorkloadCall } from './plaintext.ts';
import { readServers, type Server, type Servers } from './servers.ts';

/** What is compared: an estate, and what a translation made of it. */
export interface AccessCase {
  readonly estate: Estate;
  readonly emitted: readonly Emitted[];
  /** What was found about the estate, to tell which findings foretold a verdict. */
  readonly findings?: readonly Finding[];
  /** Calls that something in the estate shows, to tell where plaintext comes from. */
  readonly calls?: readonly WorkloadCall[];
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

/** Stands for every port that neither a Service nor a container declares. */
export const anyOther = 0;

export const uncertain =
  'the import is not declared complete and gives no identity to workloads, without which Kong Mesh asks no permission';

/** A port of a workload as both meshes know it. */
export interface Port {
  readonly port: number;
  readonly protocol: Protocol;
  /** Whether a Service sends to it. */
  readonly served: boolean;
  /** Undefined where Kong Mesh knows no such port. */
  readonly kong: PortAccess | undefined;
}

/** Both sides of who may call whom, compiled: the ground of every comparison. */
export interface Scene {
  readonly of: AccessCase;
  readonly before: Before;
  readonly after: KongMeshAccess;
  readonly callers: readonly Caller[];
  readonly servers: Servers;
  readonly partition: (sets: readonly ReadonlySet<number>[]) => Part[];
  /** Callers whose identity in Kong Mesh a permission names. */
  readonly setOf: (identity: Identity) => ReadonlySet<number>;
  /** Names that permissions look for in a client's TLS greeting; a client may send any, or none. */
  readonly names: readonly (string | undefined)[];
  accessOf(server: Server): WorkloadAccess;
  portsOf(server: Server): readonly Port[];
}

type Identity = PortAccess['identities'][number];

/**
 * The sets of callers that a permission's identities hold, found once for each identity.
 * @param idOf the identity by which a caller is known
 */
export function identitySets(
  callers: readonly Caller[],
  idOf: (caller: Caller) => string | undefined,
): (identity: Identity) => ReadonlySet<number> {
  const known = new Map<string, ReadonlySet<number>>();
  const ids = callers.map(idOf);
  const exact = new Map<string, number[]>();
  for (const [index, id] of ids.entries()) if (id !== undefined) exact.set(id, [...(exact.get(id) ?? []), index]);
  return (one) => {
    const key = `${one.exact} ${one.value}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = new Set(
      one.exact
        ? (exact.get(one.value) ?? [])
        : [...ids.keys()].filter((index) => ids[index]?.startsWith(one.value) === true),
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

const accessed = ({ namespace, labels, serviceAccount }: Server) => ({
  namespace,
  labels,
  ...(serviceAccount === undefined ? {} : { serviceAccount }),
});

/**
 * Compiles both sides: Istio's policies, and Kong Mesh with everything that was emitted (drafts not) applied.
 * @param gateways accounts that hand calls on under their own name, to be among the callers
 */
export function createScene(of: AccessCase, gateways: readonly Account[] = []): Scene {
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
  const servers = readServers(estate, { rootNamespace, clusterDomain });
  const accesses = new Map(servers.servers.map((server) => [server, after.of(accessed(server))]));
  const named = [...accesses.values()].flatMap(({ ports }) => ports.flatMap(({ identities }) => identities));
  const identities = [...new Map(named.map((one) => [`${one.exact} ${one.value}`, one])).values()];
  const policies = policiesOf(estate, trust.rootNamespace);
  const callers = callersOf({ estate, trust, policies, identities, after, gateways });
  const accessOf = (server: Server): WorkloadAccess => accesses.get(server) ?? after.of(accessed(server));
  return {
    of,
    before: readBefore(estate, trust, policies, callers),
    after,
    callers,
    servers,
    partition: partitionOf(callers),
    setOf: identitySets(callers, (caller) => caller.after),
    names: namesIn(objects),
    accessOf,
    portsOf(server) {
      const byPort = Map.groupBy(accessOf(server).ports, ({ port }) => port);
      return [
        ...[...server.protocols].map(([port, protocol]) => ({
          port,
          protocol,
          served: true,
          kong: byPort.get(port)?.[0],
        })),
        ...server.others.map((port) => ({ port, protocol: 'detected' as const, served: false, kong: undefined })),
        { port: anyOther, protocol: 'detected' as const, served: false, kong: undefined },
      ].sort((a, b) => a.port - b.port);
    },
  };
}

/** How Istio takes connections on a port. */
export const modeOf = ({ mtls }: ServerBefore, { port }: Port): ServerBefore['mtls']['mode'] =>
  mtls.ports.get(String(port)) ?? mtls.mode;

/** What Kong Mesh lets somebody do; `unknown` where that depends on what the import does not hold. */
export type After = 'all' | 'none' | 'unknown';

/** Whether Kong Mesh lets a caller in who comes with its own identity there. */
export function afterOf(caller: Caller, { port, kong }: Port, access: WorkloadAccess, { of, names }: Scene): After {
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
export function beforeOf(caller: Caller, index: number, port: Port, server: ServerBefore): Reach | 'refused' {
  const mode = modeOf(server, port);
  const ask = (who: number | undefined): Reach => server.reach(who, port.port, port.protocol);
  if (caller.kind === 'plaintext') return mode === 'STRICT' ? 'refused' : ask(undefined);
  if (caller.kind === 'unknown') return 'refused';
  // Where Istio takes no mTLS its sidecars come in plaintext.
  return ask(mode === 'DISABLE' ? undefined : index);
}

/** The policies that decide about a port, in both meshes. */
export function rulesOf(
  server: ServerBefore,
  { kong }: Port,
): { readonly before: readonly Rule[]; readonly after: readonly Rule[] } {
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

/** How somebody comes to a port in Istio: by a sidecar with an identity, or without one in plaintext. */
export function approachTo(
  server: ServerBefore,
  port: Port,
  identity: string | undefined,
): Pick<Approach, 'port' | 'tls' | 'certificate' | 'alpn'> {
  if (identity === undefined || modeOf(server, port) === 'DISABLE') return { port: port.port, tls: 'none' };
  return {
    port: port.port,
    tls: 'mtls',
    certificate: { uris: [identity], issuer: 'root' },
    alpn: ['istio-http/1.1', 'istio'],
  };
}

/**
 * The verdict as it is where proxies are changed in ways that neither model follows: *same* is undecided then, and *narrower* where
 * Kong Mesh may be opened by it. What only refuses more is no matter where both meshes refuse already.
 */
export function withChanges<V extends { readonly verdict: string }>(
  found: V,
  { changes }: ServerBefore,
  { unknown }: Pick<WorkloadAccess, 'unknown'>,
  refused: boolean,
): V | (Omit<V, 'verdict'> & { readonly verdict: 'undecided'; readonly reason: string }) {
  const before = changes.access.filter(({ opens }) => opens || !refused);
  const after = unknown !== undefined && (unknown.opens || !refused) ? unknown : undefined;
  if (found.verdict === 'same' && before.length > 0)
    return { ...found, verdict: 'undecided', reason: notFollowed(before) };
  if (after !== undefined && (found.verdict === 'same' || (found.verdict === 'narrower' && after.opens)))
    return { ...found, verdict: 'undecided', reason: after.reason };
  return found;
}

/** Why it stays open whether some request gets through that was refused, where none was found. */
export function whyUndecided({ policies }: ServerBefore): string {
  const custom = policies.find(({ action }) => action === 'CUSTOM');
  return custom === undefined
    ? 'no request was found that Istio refuses, and none that it lets through whatever it says'
    : `the external authorizer of ${custom.namespace}/${custom.resource.name} decides about it in Istio`;
}
