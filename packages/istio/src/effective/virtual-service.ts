import {
  child,
  effectiveNamespace,
  type Field,
  items,
  type JsonObject,
  type Resource,
  rootField,
} from '@isthmus/kubernetes';
import { type EffectiveConnectionRule, readConnectionRules } from './connection-rule.ts';
import { type ExportTo, readExportTo, withOwnNamespace } from './export-to.ts';
import { objectItems, textItems } from './fields.ts';
import { type HostField, readHost } from './host-field.ts';
import { type EffectiveHttpRule, readHttpRule } from './http-rule.ts';
import type { MeshSettings } from './mesh-settings.ts';

/** A rule that does not count because of delegation. */
export interface LostRule {
  /** The root's rule that delegates; with the reason `conflict` the delegate's rule that no match of the root allows. */
  readonly field: Field<JsonObject>;
  readonly reason: 'delegate missing' | 'delegate not exported' | 'conflict';
}

/** A VirtualService with hosts, after delegation, its names completed. */
export interface EffectiveVirtualService {
  readonly resource: Resource;
  readonly namespace: string;
  readonly hosts: readonly HostField[];
  readonly gateways: readonly Field<string>[];
  /** Whether it concerns sidecars: no gateways, or `mesh` among them. */
  readonly inMesh: boolean;
  /** `.` written out. */
  readonly exportTo: ExportTo;
  readonly http: readonly EffectiveHttpRule[];
  readonly tls: readonly EffectiveConnectionRule[];
  readonly tcp: readonly EffectiveConnectionRule[];
  readonly lost: readonly LostRule[];
}

/** Reads one VirtualService as written, without delegation. */
export function readVirtualService(resource: Resource, mesh: MeshSettings): EffectiveVirtualService {
  const namespace = effectiveNamespace(resource);
  const spec = child(rootField(resource), 'spec');
  const gateways = textItems(child(spec, 'gateways'));
  return {
    resource,
    namespace,
    hosts: items(child(spec, 'hosts'))
      .map((item) => readHost(item, mesh))
      .filter((host) => host !== undefined),
    gateways,
    inMesh: gateways.length === 0 || gateways.some(({ value }) => value === 'mesh'),
    exportTo: withOwnNamespace(readExportTo(child(spec, 'exportTo')) ?? mesh.virtualServiceExportTo, namespace),
    http: objectItems(child(spec, 'http')).map((rule) => readHttpRule(rule, mesh)),
    tls: readConnectionRules(child(spec, 'tls'), mesh),
    tcp: readConnectionRules(child(spec, 'tcp'), mesh),
    lost: [],
  };
}
