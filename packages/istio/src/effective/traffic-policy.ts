import { child, descend, type Field, type JsonObject, number } from '@isthmus/kubernetes';
import type { EffectiveDestinationRule, EffectiveSubset } from './destination-rule.ts';
import { objectField, objectItems } from './fields.ts';
import type { MeshSettings } from './mesh-settings.ts';

/** Blocks that `portLevelSettings` replace all together: what a port's entry leaves out has its default there. */
const portBlocks = ['connectionPool', 'outlierDetection', 'loadBalancer', 'tls'] as const;
const allBlocks = [...portBlocks, 'tunnel', 'proxyProtocol', 'retryBudget'] as const;

export type PolicyBlock = (typeof allBlocks)[number];

/** The blocks of a traffic policy in force for one port and subset, each where it was written. */
export type EffectivePolicy = Readonly<Partial<Record<PolicyBlock, Field<JsonObject>>>>;

/** The entry of `portLevelSettings` for a port. */
export function portEntry(policy: Field | undefined, port: number): Field<JsonObject> | undefined {
  const entries = child(policy, 'portLevelSettings');
  // Most policies have none.
  if (entries === undefined) return undefined;
  return objectItems(entries).find((entry) => number(descend(entry, 'port', 'number'))?.value === port);
}

function blocksOf(
  policy: Field | undefined,
  port: number,
): { readonly blocks: Partial<Record<PolicyBlock, Field<JsonObject>>>; readonly ofPort: boolean } {
  const entry = portEntry(policy, port);
  const blocks: Partial<Record<PolicyBlock, Field<JsonObject>>> = {};
  for (const name of entry === undefined ? allBlocks : portBlocks) {
    const block = objectField(child(entry ?? policy, name));
    if (block !== undefined) blocks[name] = block;
  }
  return { blocks, ofPort: entry !== undefined };
}

/** What a rule without subsets says for a port, and MeshConfig where it says nothing. */
function policyOf(rule: EffectiveDestinationRule | undefined, port: number, mesh: MeshSettings): EffectivePolicy {
  const policy: Partial<Record<PolicyBlock, Field<JsonObject>>> = blocksOf(rule?.trafficPolicy, port).blocks;
  const defaults = child(mesh.config, 'defaultTrafficPolicy');
  if (defaults === undefined) return policy;
  for (const name of ['connectionPool', 'outlierDetection'] as const) {
    const fallback = objectField(child(defaults, name));
    if (policy[name] === undefined && fallback !== undefined) policy[name] = fallback;
  }
  return policy;
}

const noRule = {};
const known = new WeakMap<MeshSettings, WeakMap<object, Map<number, EffectivePolicy>>>();

/** The same, kept: each subset and each of the questions about a destination asks for it. */
function keptPolicyOf(rule: EffectiveDestinationRule | undefined, port: number, mesh: MeshSettings): EffectivePolicy {
  const before = known
    .get(mesh)
    ?.get(rule ?? noRule)
    ?.get(port);
  if (before !== undefined) return before;
  const ofMesh = known.get(mesh) ?? new WeakMap<object, Map<number, EffectivePolicy>>();
  known.set(mesh, ofMesh);
  const ofRule = ofMesh.get(rule ?? noRule) ?? new Map<number, EffectivePolicy>();
  ofMesh.set(rule ?? noRule, ofRule);
  const policy = policyOf(rule, port, mesh);
  ofRule.set(port, policy);
  return policy;
}

/**
 * The policy of a DestinationRule for a port, or for a subset on it (istio/pilot/pkg/networking/util/util.go
 * MergeSubsetTrafficPolicy, pilot/pkg/model/destination_rule.go MergeTrafficPolicy, 1.32): the port's entry instead of the
 * top level, MeshConfig's `defaultTrafficPolicy` for blocks that are absent, then what the subset sets.
 */
export function effectivePolicy(
  rule: EffectiveDestinationRule | undefined,
  port: number,
  subset: EffectiveSubset | undefined,
  mesh: MeshSettings,
): EffectivePolicy {
  const policy = keptPolicyOf(rule, port, mesh);
  if (subset?.trafficPolicy === undefined) return policy;
  const own = blocksOf(subset.trafficPolicy, port);
  if (!own.ofPort) return { ...policy, ...own.blocks };
  const rest: Partial<Record<PolicyBlock, Field<JsonObject>>> = { ...policy };
  for (const name of portBlocks) delete rest[name];
  return { ...rest, ...own.blocks };
}
