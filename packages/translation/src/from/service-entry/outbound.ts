import type { Context } from '../../context.ts';
import { child, type Field, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';

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

/** The mesh's own setting; Istio's default is ALLOW_ANY (istio/pkg/config/mesh/mesh.go, 1.32). */
export function meshOutbound(context: Context): Outbound {
  const [policy] = meshSettings(context, 'outboundTrafficPolicy');
  return policy === undefined ? { mode: 'open', field: undefined } : readOutbound(policy);
}
