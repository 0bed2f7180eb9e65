import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, items, rootField, text } from '../../field.ts';
import { gatewayKey } from '../gateway/read-match.ts';
import { detoursOf } from './detours.ts';

/**
 * Egress gateways (edge.md 3.7): where all that they do is to lead hosts out of the mesh, the MeshExternalServices of these
 * hosts take their place, and nothing of the Gateways and VirtualServices is emitted. What else they demand blocks.
 */
export function translateEgressGateways(context: Context): void {
  const { gateways, replaced, refused } = detoursOf(context);
  const namesOf = (resource: Parameters<typeof rootField>[0]): string[] =>
    items(child(child(rootField(resource), 'spec'), 'gateways')).flatMap((item) => {
      const name = text(item)?.value;
      return name === undefined ? [] : [gatewayKey(name, resource.namespace || 'default')];
    });
  const open = new Set([...refused.keys()].flatMap(namesOf));
  const used = new Set([...replaced].flatMap(namesOf));
  for (const [key, gateway] of gateways) {
    const at = child(gateway.spec, 'selector') ?? gateway.spec;
    const isReplaced = used.has(key) && !open.has(key);
    if (isReplaced) {
      context.report(codes.gateway.egressReplaced, {}, at);
      context.claim(gateway.spec, 'approximate', codes.gateway.egressReplaced);
    } else {
      context.report(codes.gateway.egress, {}, at);
      context.claim(gateway.spec, 'unsupported', codes.gateway.egress);
    }
  }
  for (const resource of replaced) {
    const spec = child(rootField(resource), 'spec');
    const hosts = items(child(spec, 'hosts')).map(({ value }) => String(value));
    if (spec === undefined) continue;
    context.claim(spec, 'approximate', codes.gateway.detour);
    context.report(codes.gateway.detour, { hosts: hosts.join(', ') }, child(spec, 'hosts') ?? spec);
  }
  for (const [resource, reason] of refused) {
    const spec = child(rootField(resource), 'spec');
    if (spec !== undefined) context.unsupported(spec, codes.gateway.egressRoute, { reason });
  }
}
