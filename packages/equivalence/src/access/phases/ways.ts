import type { WorkloadAccess } from '@isthmus/kong-mesh';
import type { Reach, ServerBefore } from '../before.ts';
import type { Caller } from '../callers.ts';
import { type After, afterOf, beforeOf, type Port, type Scene } from '../scene.ts';
import type { Bridge, Side } from './bridge.ts';

/** How a call comes to a server: from a mesh, or from outside of both; and whom the server sees. */
export interface Way {
  readonly from: Side | 'outside';
  readonly to: Side;
  /** `own`: by the client's certificate; `plaintext`: without any; `gateway`: by that of a gateway; `none`: there is no way. */
  readonly by: 'own' | 'plaintext' | 'gateway' | 'none';
  /** The identity that the server sees; undefined where there is none. */
  readonly seen: string | undefined;
}

/** What a caller may do on a way. */
export interface Walked {
  readonly way: Way;
  readonly reach: Reach | 'refused' | After;
}

/** What the ways to a server lead through. */
export interface Ground {
  /** Kong Mesh, and Istio as it was. */
  readonly scene: Scene;
  readonly bridge: Bridge;
  /** Numbers of the gateways' accounts among the callers. */
  readonly gateways: { readonly toKong: number | undefined; readonly toIstio: number | undefined };
}

const closed = { by: 'none', seen: undefined } as const;

interface Place {
  readonly port: Port;
  /** Istio's side in the phase. */
  readonly during: ServerBefore;
  readonly access: WorkloadAccess;
}

const plaintext: Caller = {
  kind: 'plaintext',
  namespace: '',
  account: '',
  before: undefined,
  after: undefined,
  bridge: false,
};

/** From Istio to Kong Mesh without a gateway between them. */
function directToKong(caller: Caller, { port, access }: Place, { scene }: Ground): Walked {
  const { kong } = port;
  const inPlaintext: Way = { from: 'istio', to: 'kong', by: 'plaintext', seen: undefined };
  // Istio's sidecars see no sign of mTLS at Pods of Kong Mesh and come in plaintext; where that is refused, by certificate.
  if (access.shows === 'none' || kong?.mode !== 'Strict' || kong.refused !== undefined)
    return { way: inPlaintext, reach: afterOf(plaintext, port, access, scene) };
  const way: Way = { from: 'istio', to: 'kong', by: 'own', seen: caller.before };
  // The Mesh's own authority takes no other beside it.
  if (access.shows === 'mtls') return { way, reach: 'none' };
  const certificate = { uris: [caller.before ?? ''], issuer: 'root' };
  return { way, reach: scene.names.some((sni) => kong.judge(certificate, sni).allowed) ? 'all' : 'none' };
}

function toKong(caller: Caller, place: Place, ground: Ground): Walked {
  const { scene, gateways, bridge } = ground;
  if (bridge.toKong === 'closed') return { way: { from: 'istio', to: 'kong', ...closed }, reach: 'none' };
  const gateway = gateways.toKong === undefined ? undefined : scene.callers[gateways.toKong];
  if (gateway === undefined) return directToKong(caller, place, ground);
  const way: Way = { from: 'istio', to: 'kong', by: 'gateway', seen: gateway.after };
  return { way, reach: afterOf(gateway, place.port, place.access, scene) };
}

function toIstio(caller: Caller, { port, during }: Place, { scene, gateways, bridge }: Ground): Walked {
  if (bridge.toIstio === 'closed') return { way: { from: 'kong', to: 'istio', ...closed }, reach: 'none' };
  const index = gateways.toIstio;
  const gateway = index === undefined ? undefined : scene.callers[index];
  if (index === undefined || gateway === undefined) {
    const way: Way = { from: 'kong', to: 'istio', by: 'plaintext', seen: undefined };
    return { way, reach: beforeOf(plaintext, -1, port, during) };
  }
  const way: Way = { from: 'kong', to: 'istio', by: 'gateway', seen: gateway.before };
  const certificate = { uris: [caller.after ?? ''], issuer: 'root' };
  const names = bridge.serverNames?.(port.port) ?? scene.names;
  if (!names.some((sni) => scene.after.egress(certificate, sni))) return { way, reach: 'none' };
  return { way, reach: beforeOf(gateway, index, port, during) };
}

/** What a caller may do that comes from one mesh, or from none, to the Pods of a server in another or the same. */
export function walk(ground: Ground, caller: Caller, index: number, from: Way['from'], to: Side, place: Place): Walked {
  const { scene } = ground;
  const by = caller.kind === 'plaintext' ? 'plaintext' : 'own';
  if (from === 'outside' || from === to) {
    const own = { from, to, by } as const;
    return to === 'istio'
      ? { way: { ...own, seen: caller.before }, reach: beforeOf(caller, index, place.port, place.during) }
      : { way: { ...own, seen: caller.after }, reach: afterOf(caller, place.port, place.access, scene) };
  }
  return to === 'kong' ? toKong(caller, place, ground) : toIstio(caller, place, ground);
}
