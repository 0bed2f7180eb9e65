import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import { detourOf, isBehindDetour } from '../egress-gateway/detours.ts';
import type { Entry, EntryPort } from './read.ts';
import { type Origination, originationOf } from './tls.ts';

/** What a port of a host becomes. */
export type Fate =
  | { readonly kind: 'external'; readonly port: EntryPort; readonly origination?: Origination }
  | { readonly kind: 'passthrough'; readonly port: EntryPort };

/** Whether a port needs an upstream of Kong Mesh's own: another address, another port, or TLS that starts in the mesh. */
function needsUpstream(entry: Entry, port: EntryPort, origination: Origination | undefined): boolean {
  if (entry.endpoints.length > 0 || entry.resolution === 'STATIC') return true;
  if (port.targetPort !== undefined && port.targetPort.value !== port.number.value) return true;
  return origination !== undefined || port.family === 'tcp';
}

interface Way {
  /** The port with the one that it is called on in the end. */
  readonly port: EntryPort;
  /** The port whose settings hold for the last leg. */
  readonly called: EntryPort;
  readonly isDetoured: boolean;
}

/** A port with the number that an egress gateway calls the host on for it. */
function throughDetour(context: Context, host: Field<string>, port: EntryPort): Way {
  const detour = detourOf(context, host.value, port.family, port.number.value);
  const to = detour?.to;
  if (to === undefined || to.value === port.number.value)
    return { port, called: port, isDetoured: detour !== undefined };
  return { port: { ...port, targetPort: to }, called: { ...port, number: to }, isDetoured: true };
}

/** Whether a port is there for an egress gateway alone: called directly it would be TLS inside of TLS (edge.md T10). */
export const isForGateway = (
  context: Context,
  host: Field<string>,
  { number, family }: EntryPort,
  origination: Origination | undefined,
): boolean => family === 'tls' && origination !== undefined && isBehindDetour(context, host.value, number.value);

/**
 * Decides what becomes of each port of an exact host that Istio resolves (edge.md 3.3 S1). A MeshExternalService where one
 * is needed, or where the host has a single HTTP port, since it alone can carry policies; else a MeshPassthrough, which
 * leaves the name alone. In a mesh that closes what it does not know, a single TLS port becomes a MeshExternalService too:
 * a MeshPassthrough would trust the address that the caller chose. All ports of a host go one way where they can, as a host name can stand for one address only.
 */
export function planHost(context: Context, entry: Entry, host: Field<string>, closed: boolean): Fate[] {
  const all = entry.ports.filter(({ family }) => family !== 'none').map((port) => throughDetour(context, host, port));
  const originations = new Map(
    all.map(({ port, called }) => [port, originationOf(context, entry, host.value, called)]),
  );
  const ports = all
    .filter(({ port }) => !isForGateway(context, host, port, originations.get(port)))
    .map(({ port }) => port);
  const detoured = new Set(all.flatMap(({ port, isDetoured }) => (isDetoured ? [port] : [])));
  const single = ports.length === 1;
  return ports.map((port): Fate => {
    const origination = originations.get(port);
    if (detoured.has(port) || needsUpstream(entry, port, origination) || (single && (port.family === 'http' || closed)))
      return {
        kind: 'external',
        port,
        // Behind a detour the gateway is the only client.
        ...(origination === undefined
          ? {}
          : { origination: detoured.has(port) ? { ...origination, others: [] } : origination }),
      };
    return { kind: 'passthrough', port };
  });
}
