import {
  child,
  effectiveNamespace,
  type Field,
  type JsonObject,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import { type ExportTo, readExportTo } from './export-to.ts';
import { objectField, objectItems } from './fields.ts';
import { type HostField, readHost } from './host-field.ts';
import type { MeshSettings } from './mesh-settings.ts';
import { labelsOf } from './workloads.ts';

/** A subset of a service's endpoints. */
export interface EffectiveSubset {
  readonly field: Field<JsonObject>;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly trafficPolicy: Field<JsonObject> | undefined;
}

/** What one or several DestinationRules of a namespace say about a host. Each part keeps the resource that it is from. */
export interface EffectiveDestinationRule {
  /** The resources that it is made of, the first first. */
  readonly resources: readonly [Resource, ...Resource[]];
  readonly namespace: string;
  readonly host: HostField;
  /** As written; empty where nothing is. With a workload selector always `.`. */
  readonly exportTo: ExportTo;
  /** Labels that the client needs; undefined where there is no selector. */
  readonly workloadSelector: Readonly<Record<string, string>> | undefined;
  readonly trafficPolicy: Field<JsonObject> | undefined;
  readonly subsets: readonly EffectiveSubset[];
}

/** Reads one DestinationRule as written; undefined where it has no host. */
export function readDestinationRule(resource: Resource, mesh: MeshSettings): EffectiveDestinationRule | undefined {
  const spec = child(rootField(resource), 'spec');
  const host = readHost(child(spec, 'host'), mesh);
  if (host === undefined) return undefined;
  const selector = objectField(child(spec, 'workloadSelector'));
  return {
    resources: [resource],
    namespace: effectiveNamespace(resource),
    host,
    exportTo: selector === undefined ? (readExportTo(child(spec, 'exportTo')) ?? new Set()) : new Set(['.']),
    workloadSelector: selector && labelsOf(selector.value.matchLabels),
    trafficPolicy: objectField(child(spec, 'trafficPolicy')),
    subsets: objectItems(child(spec, 'subsets')).map((field) => ({
      field,
      name: text(child(field, 'name'))?.value ?? '',
      labels: labelsOf(objectField(child(field, 'labels'))?.value),
      trafficPolicy: objectField(child(field, 'trafficPolicy')),
    })),
  };
}

/** The rule with what another of the same host adds: subsets of new names, and the traffic policy where it has none. */
export function mergeDestinationRules(
  rule: EffectiveDestinationRule,
  other: EffectiveDestinationRule,
): EffectiveDestinationRule {
  const names = new Set(rule.subsets.map(({ name }) => name));
  return {
    ...rule,
    resources: [...rule.resources, ...other.resources],
    trafficPolicy: rule.trafficPolicy ?? other.trafficPolicy,
    subsets: [...rule.subsets, ...other.subsets.filter(({ name }) => !names.has(name))],
  };
}
