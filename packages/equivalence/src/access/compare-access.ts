import type { Rule } from '@isthmus/behavior';
import type { WorkloadAccess } from '@isthmus/kong-mesh';
import { notFollowed } from '../proxy-changes.ts';
import { accessPredictions } from './access-predictions.ts';
import type { Reach, ServerBefore } from './before.ts';
import { type CallerGroup, groupOf } from './caller-groups.ts';
import type { Caller } from './callers.ts';
import { type PlaintextClients, plaintextClientsOf } from './plaintext.ts';
import { findRefused } from './requests.ts';
import {
  type AccessCase,
  type After,
  afterOf,
  anyOther,
  approachTo,
  beforeOf,
  createScene,
  modeOf,
  type Port,
  rulesOf,
  type Scene,
  uncertain,
  whyUndecided,
  withChanges,
} from './scene.ts';
import type { LeftOut, Server } from './servers.ts';

/** Whether somebody may call: *wider* lets in whom Istio kept out, if only for some requests. */
export type AccessVerdict = 'same' | 'narrower' | 'wider' | 'undecided';

/** A port of a workload, and callers who are treated alike on it. */
export interface AccessComparison {
  readonly server: Server;
  readonly port: number;
  readonly callers: CallerGroup;
  readonly before: Reach | 'refused';
  readonly after: After;
  readonly verdict: AccessVerdict;
  /** A request that Istio refuses of such a caller, where only some are refused. */
  readonly request?: string;
  /** Why it is undecided. */
  readonly reason?: string;
  /** What decides, in both meshes. */
  readonly rules: { readonly before: readonly Rule[]; readonly after: readonly Rule[] };
  /** Of a verdict other than *same*: the codes of the findings that foretold it, sorted. */
  readonly predictedBy?: readonly string[];
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
  /** As of access. */
  readonly predictedBy?: readonly string[];
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
  /** Who may come to a server in plaintext. */
  plaintextClients(server: Server): PlaintextClients;
  compare(server: Server): ServerComparison;
}

/** Istio's modes of mTLS in the words of both meshes. */
export const modes = { DISABLE: 'plaintext', PERMISSIVE: 'permissive', STRICT: 'strict' } as const;
/** Which of two modes asks for more. */
export const strength: Readonly<Record<TransportMode, number>> = { plaintext: 0, permissive: 1, strict: 2 };

/** What a group of callers is found to be allowed. */
type Decided = Omit<AccessComparison, 'server' | 'port'>;

function witnessOf(scene: Scene, server: Server, before: ServerBefore, port: Port, caller: Caller): string | undefined {
  const { estate, settings } = scene.of;
  const approach = approachTo(before, port, caller.before);
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
  return { verdict: 'undecided', reason: whyUndecided(own) };
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
    const { verdict, request, reason } = withChanges(
      verdictOf(scene, { server, own: before, access, port, caller }, reach, after),
      before,
      access,
      after === 'none',
    );
    // Other findings foretell what becomes of plaintext.
    const isBare = verdict !== 'same' && caller.kind === 'plaintext';
    return { part, bridge: caller.bridge, isBare, reach, after, verdict, request, reason };
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
  where: Port,
  complete: boolean,
): TransportComparison | undefined {
  const { port, kong } = where;
  if (kong === undefined) return undefined;
  const was = modes[modeOf(before, where)];
  const is =
    kong.refused !== undefined || kong.mode === undefined
      ? 'plaintext'
      : kong.mode === 'Strict'
        ? 'strict'
        : 'permissive';
  if (is === 'plaintext' && kong.refused === undefined && was !== 'plaintext' && !complete)
    return { server, port, before: was, after: undefined, verdict: 'undecided', reason: uncertain };
  const verdict = strength[is] === strength[was] ? 'same' : strength[is] > strength[was] ? 'narrower' : 'wider';
  const [changed] = before.changes.transport;
  if (changed !== undefined && verdict !== 'wider')
    return { server, port, before: was, after: undefined, verdict: 'undecided', reason: notFollowed([changed]) };
  return { server, port, before: was, after: is, verdict };
}

/**
 * Compiles both sides of who may call whom: Istio's policies, and Kong Mesh with everything that was emitted (drafts not)
 * applied. A caller comes with its identity of Kong Mesh where it had Istio's; for the bridge it is also asked what Kong Mesh
 * would let it do with Istio's, as if that were trusted.
 */
export function createAccessJudge(of: AccessCase): AccessJudge {
  const scene = createScene(of);
  const { callers, before } = scene;
  const { servers, leftOut, bare } = scene.servers;
  const known = new Map<string, Decided[]>();
  const foretell = accessPredictions(of.findings ?? []);
  return {
    callers,
    servers,
    leftOut,
    plaintextClients: plaintextClientsOf(
      bare.map(({ namespace, name }) => `${namespace}/${name}`),
      of.calls ?? [],
    ),
    compare(server) {
      const access = scene.accessOf(server);
      const own = before.of(server);
      const ports = scene.portsOf(server);
      const asksPort = own.policies.some(({ rules }) => JSON.stringify(rules).includes('destination.port'));
      return {
        access: ports.flatMap((port) => {
          const { kong } = port;
          const open = kong === undefined && access.decide({ port: port.port, tls: 'none' }).outcome === 'allowed';
          const key = JSON.stringify([
            own.key,
            asksPort ? port.port : 0,
            modeOf(own, port),
            port.protocol,
            kong && [kong.mode, kong.refused, kong.policies.map(({ namespace, name }) => `${namespace}/${name}`)],
            open,
            access.shows,
            access.unknown?.reason,
          ]);
          const found = known.get(key) ?? decide(scene, server, own, port, access);
          known.set(key, found);
          // That nobody gets in where nothing is declared goes without saying.
          const told = port.port === anyOther ? found.filter(({ verdict }) => verdict === 'wider') : found;
          return told.map((one) => ({
            ...one,
            server,
            port: port.port,
            ...(one.verdict === 'same'
              ? {}
              : {
                  predictedBy: foretell({
                    server,
                    own,
                    after: one.rules.after,
                    about: one.callers.take(1)[0]?.kind === 'plaintext' ? 'plaintext' : 'identity',
                  }),
                }),
          }));
        }),
        transport: ports.flatMap((port): TransportComparison[] => {
          const found = compareTransport(server, own, port, of.settings.complete);
          if (found === undefined || found.verdict === 'same') return found === undefined ? [] : [found];
          return [{ ...found, predictedBy: foretell({ server, own, after: [], about: 'transport' }) }];
        }),
      };
    },
  };
}
