import { child, type Field, type JsonObject, number, text } from '@isthmus/kubernetes';
import { given, objectField, objectItems } from './fields.ts';
import { type HostField, readHost } from './host-field.ts';
import type { MeshSettings } from './mesh-settings.ts';

/** Where traffic is to go, as a VirtualService names it. */
export interface EffectiveDestination {
  readonly field: Field<JsonObject>;
  readonly host: HostField;
  readonly subset: Field<string> | undefined;
  readonly port: Field<number> | undefined;
}

/** A destination with its part of the traffic. */
export interface EffectiveRouteDestination {
  /** The entry of `route`. */
  readonly field: Field<JsonObject>;
  readonly destination: EffectiveDestination;
  readonly weight: Field<number> | undefined;
  readonly headers: Field<JsonObject> | undefined;
}

export function readDestination(field: Field | undefined, mesh: MeshSettings): EffectiveDestination | undefined {
  const object = objectField(field);
  const host = readHost(child(object, 'host'), mesh);
  if (object === undefined || host === undefined) return undefined;
  const subset = text(given(object, 'subset'));
  return {
    field: object,
    host,
    subset: subset?.value === '' ? undefined : subset,
    port: number(given(given(object, 'port'), 'number')),
  };
}

/** Reads `route`; entries without a host, which admission refuses, are left out. */
export function readRoute(field: Field | undefined, mesh: MeshSettings): EffectiveRouteDestination[] {
  const route: EffectiveRouteDestination[] = [];
  for (const entry of objectItems(field)) {
    const destination = readDestination(child(entry, 'destination'), mesh);
    if (destination === undefined) continue;
    const weight = number(given(entry, 'weight'));
    route.push({ field: entry, destination, weight, headers: objectField(child(entry, 'headers')) });
  }
  return route;
}
