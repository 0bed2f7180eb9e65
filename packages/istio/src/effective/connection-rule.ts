import { child, type Field, type JsonObject, number, text } from '@isthmus/kubernetes';
import { type EffectiveRouteDestination, readRoute } from './destination.ts';
import { given, objectField, objectItems, textItems } from './fields.ts';
import type { MeshSettings } from './mesh-settings.ts';
import { labelsOf } from './workloads.ts';

/** A match of a `tcp` or `tls` rule. All of it has to hold; `sourceSubnet` has no effect (routing.md 3.5) and is not here. */
export interface EffectiveConnectionMatch {
  readonly field: Field<JsonObject>;
  readonly sniHosts: readonly Field<string>[];
  readonly destinationSubnets: readonly Field<string>[];
  readonly port: Field<number> | undefined;
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: Field<string> | undefined;
  readonly gateways: readonly Field<string>[];
}

/** A `tcp` or `tls` rule. */
export interface EffectiveConnectionRule {
  readonly field: Field<JsonObject>;
  /** Empty: every connection. */
  readonly matches: readonly EffectiveConnectionMatch[];
  readonly route: readonly EffectiveRouteDestination[];
}

export function readConnectionRules(list: Field | undefined, mesh: MeshSettings): EffectiveConnectionRule[] {
  // Most VirtualServices have none.
  if (list === undefined) return [];
  return objectItems(list).map((field) => ({
    field,
    matches: objectItems(child(field, 'match')).map((match) => ({
      field: match,
      sniHosts: textItems(child(match, 'sniHosts')),
      destinationSubnets: textItems(child(match, 'destinationSubnets')),
      port: number(given(match, 'port')),
      sourceLabels: labelsOf(objectField(child(match, 'sourceLabels'))?.value),
      sourceNamespace: text(given(match, 'sourceNamespace')),
      gateways: textItems(child(match, 'gateways')),
    })),
    route: readRoute(child(field, 'route'), mesh),
  }));
}
