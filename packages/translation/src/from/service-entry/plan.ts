import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
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

/**
 * Decides what becomes of each port of an exact host that Istio resolves (edge.md 3.3 S1). A MeshExternalService where one
 * is needed, or where the host has a single HTTP port, since it alone can carry policies; else a MeshPassthrough, which
 * leaves the name alone. In a mesh that closes what it does not know, a single TLS port becomes a MeshExternalService too:
 * a MeshPassthrough would trust the address that the caller chose. All ports of a host go one way where they can, as a host name can stand for one address only.
 */
export function planHost(context: Context, entry: Entry, host: Field<string>, closed: boolean): Fate[] {
  const ports = entry.ports.filter(({ family }) => family !== 'none');
  const originations = new Map(ports.map((port) => [port, originationOf(context, entry, host.value, port)]));
  const single = ports.length === 1;
  return ports.map((port): Fate => {
    const origination = originations.get(port);
    if (needsUpstream(entry, port, origination) || (single && (port.family === 'http' || closed)))
      return { kind: 'external', port, ...(origination === undefined ? {} : { origination }) };
    return { kind: 'passthrough', port };
  });
}
