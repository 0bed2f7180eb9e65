import { matchesLabels, sameLabels } from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../estate.ts';
import { compareCreation } from './creation-order.ts';
import { type EffectiveDestinationRule, mergeDestinationRules, readDestinationRule } from './destination-rule.ts';
import { type ExportTo, sameExportTo } from './export-to.ts';
import { createHostMap, type HostMap, mostSpecific, partFor } from './host.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { RegistryService } from './registry.ts';

type Rules = HostMap<EffectiveDestinationRule[]>;

type Labels = Readonly<Record<string, string>>;

const includes = (outer: ExportTo, inner: ExportTo): boolean => [...inner].every((name) => outer.has(name));

/**
 * Adds a rule to those of its host: into each whose exportTo is the same or a part of its own, and beside them where it
 * went into none as an equal (istio/pilot/pkg/model/destination_rule.go mergeDestinationRule, 1.32, with
 * ENABLE_ENHANCED_DESTINATIONRULE_MERGE as it is by default).
 */
function consolidate(rules: Rules, rule: EffectiveDestinationRule): void {
  const part = partFor(rules, rule.host.host);
  const known = part.get(rule.host.host);
  if (known === undefined) {
    part.set(rule.host.host, [rule]);
    return;
  }
  let separately = true;
  for (const [index, existing] of known.entries()) {
    const same = sameExportTo(rule.exportTo, existing.exportTo);
    separately = !same;
    if (!same && !(existing.exportTo.size > 0 && includes(rule.exportTo, existing.exportTo))) continue;
    const [own, other] = [rule.workloadSelector, existing.workloadSelector];
    if (own !== undefined && other !== undefined && !sameLabels(own, other)) {
      separately = true;
      continue;
    }
    if ((own === undefined) === (other === undefined)) separately = false;
    known[index] = mergeDestinationRules(existing, rule);
  }
  if (separately) known.push(rule);
}

/** The DestinationRules of an estate, consolidated, as clients look for them. */
export interface DestinationRuleIndex {
  /** Every DestinationRule as written, in the order in which they count. */
  readonly all: readonly EffectiveDestinationRule[];
  /** The rule for a client's connections to a service; undefined where none applies. */
  find(
    client: { readonly namespace: string; readonly labels: Labels },
    service: RegistryService,
  ): EffectiveDestinationRule | undefined;
  /** The rules that a client namespace finds for a service, whatever the client's labels. */
  candidates(namespace: string, service: RegistryService): readonly EffectiveDestinationRule[];
}

const visibleIn = (rule: EffectiveDestinationRule, namespace: string): boolean =>
  rule.exportTo.size === 0 || rule.exportTo.has('*') || rule.exportTo.has(namespace);

const rulesOf = (map: Map<string, Rules>, namespace: string): Rules => {
  const rules = map.get(namespace) ?? createHostMap<EffectiveDestinationRule[]>();
  map.set(namespace, rules);
  return rules;
};

/** Reads and consolidates the DestinationRules of an estate (istio/pilot/pkg/model/push_context.go setDestinationRules, 1.32). */
export function indexDestinationRules(estate: Estate, mesh: MeshSettings): DestinationRuleIndex {
  const all = ofKind(estate.istio, 'DestinationRule')
    .filter(({ group }) => group === 'networking.istio.io')
    .flatMap((resource) => readDestinationRule(resource, mesh) ?? [])
    .sort(
      (a, b) =>
        Number(a.workloadSelector === undefined) - Number(b.workloadSelector === undefined) ||
        compareCreation(a.resources[0], b.resources[0]),
    );
  const local = new Map<string, Rules>();
  const exported = new Map<string, Rules>();
  const rootLocal: Rules = createHostMap();
  for (const rule of all) {
    const { exportTo, namespace } = rule;
    if (exportTo.has('.') || visibleIn(rule, namespace)) consolidate(rulesOf(local, namespace), rule);
    const isPrivate =
      exportTo.size === 0
        ? mesh.destinationRuleExportTo.has('.')
        : exportTo.size === 1 && (exportTo.has('.') || exportTo.has(namespace));
    if (!isPrivate) consolidate(rulesOf(exported, namespace), rule);
    else if (namespace === mesh.rootNamespace) consolidate(rootLocal, rule);
  }
  const exportedBy = (owner: string, host: string, client: string): readonly EffectiveDestinationRule[] => {
    const rules = exported.get(owner);
    const found = (rules && mostSpecific(rules, host)) ?? [];
    for (const rule of found) if (!visibleIn(rule, client)) return found.filter((one) => visibleIn(one, client));
    return found;
  };
  const index: DestinationRuleIndex = {
    all,
    candidates(namespace, { host, namespace: owner }) {
      const rules = namespace === mesh.rootNamespace ? rootLocal : local.get(namespace);
      const own = rules && mostSpecific(rules, host);
      if (own !== undefined) return own;
      const ofService = exportedBy(owner, host, namespace);
      return ofService.length > 0 ? ofService : exportedBy(mesh.rootNamespace, host, namespace);
    },
    find(client, service) {
      const candidates = index.candidates(client.namespace, service);
      const selected = candidates.find(
        ({ workloadSelector, namespace }) =>
          workloadSelector !== undefined &&
          namespace === client.namespace &&
          matchesLabels(workloadSelector, client.labels),
      );
      return selected ?? candidates.findLast(({ workloadSelector }) => workloadSelector === undefined);
    },
  };
  return index;
}
