import type { Context } from '../../context.ts';
import { child, type Field, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf, sidecarsOf } from '../sidecar/read.ts';

/** What becomes of connections to addresses that the mesh does not know. */
export interface Outbound {
  /** `closed`: refused (REGISTRY_ONLY); `open`: passed on (ALLOW_ANY and what resembles it). */
  readonly mode: 'open' | 'closed';
  /** The field that says so; undefined where Istio's default holds, or where the import does not hold the MeshConfig. */
  readonly field: Field | undefined;
}

/** Reads an `outboundTrafficPolicy`: a block without a mode is REGISTRY_ONLY, the zero value of the enum (edge.md T02). */
export function readOutbound(policy: Field): Outbound {
  const mode = text(child(policy, 'mode'));
  const open = mode?.value === 'ALLOW_ANY' || mode?.value === 'ALLOW_ANY_DYNAMIC_DNS';
  return { mode: open ? 'open' : 'closed', field: mode ?? policy };
}

/** What holds for the mesh, and for the namespaces whose Sidecar says something else. */
export interface OutboundModes {
  readonly mesh: Outbound;
  readonly namespaces: ReadonlyMap<string, Outbound>;
  /** Whether any workload is kept from what the mesh does not know. */
  readonly anyClosed: boolean;
}

/**
 * The modes of an estate: that of the MeshConfig (Istio's default is ALLOW_ANY, istio/pkg/config/mesh/mesh.go, 1.32), in its
 * place that of the root namespace's Sidecar, and those of the namespaces' own Sidecars without a selector.
 */
export const outboundModes = oncePerContext((context: Context): OutboundModes => {
  const [policy] = meshSettings(context, 'outboundTrafficPolicy');
  const configured: Outbound = policy === undefined ? { mode: 'open', field: undefined } : readOutbound(policy);
  const root = rootNamespaceOf(context);
  const sidecars = sidecarsOf(context);
  const own = new Map<string, Outbound>();
  for (const { namespace, selector, spec } of sidecars) {
    const block = child(spec, 'outboundTrafficPolicy');
    if (selector === undefined && block !== undefined && !own.has(namespace)) own.set(namespace, readOutbound(block));
  }
  const mesh = own.get(root) ?? configured;
  const closedWorkload = sidecars.some(({ selector, spec }) => {
    const block = child(spec, 'outboundTrafficPolicy');
    return selector !== undefined && block !== undefined && readOutbound(block).mode === 'closed';
  });
  own.delete(root);
  return {
    mesh,
    namespaces: own,
    anyClosed: closedWorkload || [mesh, ...own.values()].some(({ mode }) => mode === 'closed'),
  };
});
