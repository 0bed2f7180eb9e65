import type { Decision } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import type { ClientView } from './client-view.ts';
import { mergeConfs } from './merge.ts';
import { metaOf } from './object.ts';
import type { MeshOptions } from './options.ts';
import type { Policy } from './policy.ts';
import { comparePolicies } from './precedence.ts';
import { candidates, indexBySelection, selects } from './selection.ts';
import { filledOf, listOf, mapOf } from './value.ts';

/** What a client dials: a port of a Service by any of its names, for which its proxy has no listener. */
export interface Dialled {
  readonly port: number;
  readonly names: readonly string[];
}

/** What becomes of connections for which a proxy has no listener. */
export type UnlistenedOf = (client: ClientView, dialled: Dialled) => Decision;

const closed: Decision = { kind: 'closed', reason: 'only what the mesh knows is passed on' };

/** Whether an entry may be about a port of a Service: one for another port or another name is not (edge.md 1.2). */
function mayMean(dialled: Dialled, { type, port, value }: JsonObject): boolean {
  if (port !== undefined && port !== dialled.port) return false;
  if (type !== 'Domain') return true;
  const domain = filledOf(value) ?? '';
  return dialled.names.some((name) => (domain.startsWith('*') ? name.endsWith(domain.slice(1)) : name === domain));
}

/** Whether connections to anywhere are passed on where no MeshPassthrough says so; in 3.0 they are (edge.md 1). */
function meshDefault(objects: readonly JsonObject[], { mesh, version }: MeshOptions): boolean {
  if (version === '3.0') return true;
  const found = objects.find((object) => object.kind === 'Mesh' && metaOf(object).name === mesh);
  return mapOf(mapOf(mapOf(found?.spec).networking).outbound).passthrough !== false;
}

/**
 * Reads what proxies do with what they have no listener for (kuma, meshpassthrough/plugin/v1alpha1/plugin.go, 2.14; edge.md 1.2):
 * it goes to the address that was dialled, in plain text, or the connection is closed.
 */
export function readPassthrough(
  objects: readonly JsonObject[],
  policies: readonly Policy[],
  options: MeshOptions,
): UnlistenedOf {
  const index = indexBySelection(policies, (policy) => policy);
  const isOpen = meshDefault(objects, options);
  return (client, dialled) => {
    const selected = candidates(index, client)
      .filter((policy) => selects(policy, client))
      .sort(comparePolicies);
    if (selected.length === 0) return isOpen ? { kind: 'passthrough' } : closed;
    const confs = selected.map(({ spec }) => mapOf(spec.default));
    const mode = filledOf(mergeConfs(confs).passthroughMode) ?? 'Matched';
    if (mode === 'All') return { kind: 'passthrough' };
    const entries = confs.flatMap(({ appendMatch }) => listOf(appendMatch)).map((entry) => mapOf(entry));
    if (mode === 'None' || !entries.some((entry) => mayMean(dialled, entry))) return closed;
    return { kind: 'unknown', reason: 'whether an entry of a MeshPassthrough means the address is not modelled' };
  };
}
