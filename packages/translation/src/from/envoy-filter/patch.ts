import type { Resource } from '@isthmus/kubernetes';
import { camelCase } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { onlyPortOf } from './ports.ts';

/** Which proxies and which side of them a patch is for. */
export type Side = 'inbound' | 'outbound';

/** One item of `configPatches`, as far as translating it asks. */
export interface Patch {
  readonly resource: Resource;
  readonly field: Field;
  readonly applyTo: string;
  /** `ANY`, `SIDECAR_INBOUND`, `SIDECAR_OUTBOUND`, `GATEWAY` or `WAYPOINT`. */
  readonly place: string;
  readonly sides: readonly Side[];
  readonly operation: string;
  readonly match: Field | undefined;
  readonly value: Field | undefined;
  /** The filter that the patch adds or changes, by its own name. */
  readonly name: string | undefined;
  /** The settings of that filter, out of what wraps them. */
  readonly config: Field | undefined;
  readonly configType: string | undefined;
}

/** A field of Envoy's API, which has two spellings. */
export function part(field: Field | undefined, ...path: readonly string[]): Field | undefined {
  let at = field;
  for (const name of path) at = child(at, name) ?? child(at, camelCase(name));
  return at;
}

/** The names of a map's fields in the spelling of the API. */
export const partNames = (field: Field | undefined): string[] =>
  entries(field)
    .map(([name]) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    .filter((name) => name !== '@type');

const sidesOf: Readonly<Record<string, readonly Side[]>> = {
  ANY: ['inbound', 'outbound'],
  SIDECAR_INBOUND: ['inbound'],
  SIDECAR_OUTBOUND: ['outbound'],
};

function readPatch(resource: Resource, field: Field): Patch {
  const value = descend(field, 'patch', 'value');
  const place = text(descend(field, 'match', 'context'))?.value ?? 'ANY';
  const typed = part(value, 'typed_config');
  const type = text(child(typed, '@type'))?.value;
  const wrapped = type?.endsWith('TypedStruct') === true;
  return {
    resource,
    field,
    applyTo: text(child(field, 'applyTo'))?.value ?? '',
    place,
    sides: sidesOf[place] ?? [],
    operation: text(descend(field, 'patch', 'operation'))?.value ?? '',
    match: child(field, 'match'),
    value,
    name: text(child(value, 'name'))?.value,
    config: wrapped ? child(typed, 'value') : typed,
    configType: wrapped ? text(part(typed, 'type_url'))?.value : type,
  };
}

/** The patches of an EnvoyFilter, in the order written. */
export const patchesOf = (resource: Resource): Patch[] =>
  items(descend(rootField(resource), 'spec', 'configPatches')).map((field) => readPatch(resource, field));

/** Whether an EnvoyFilter is for sidecars: `targetRefs` name gateways or waypoints. */
export const isForSidecars = (resource: Resource): boolean =>
  items(descend(rootField(resource), 'spec', 'targetRefs')).length === 0;

const filterOf = (match: Field | undefined): Field | undefined => descend(match, 'listener', 'filterChain', 'filter');

/** The filter of a listener that a patch is for, or stands beside; undefined where it names none. */
export const filterName = ({ match }: Patch): string | undefined => text(child(filterOf(match), 'name'))?.value;

/** The filter of the HTTP connection manager that a patch is for, or stands beside. */
export const subFilterName = ({ match }: Patch): string | undefined =>
  text(descend(filterOf(match), 'subFilter', 'name'))?.value;

/** What a patch asks of its place that Kong Mesh cannot tell; undefined where it is for all that its side has. */
export function narrowing(context: Context, { match, resource, sides }: Patch): string | undefined {
  const listener = child(match, 'listener');
  const chain = child(listener, 'filterChain');
  if (child(match, 'proxy') !== undefined) return 'it is for some versions or kinds of proxies only';
  const port = number(child(listener, 'portNumber'))?.value;
  const isOnly = sides.join() === 'inbound' && port !== undefined && onlyPortOf(context, resource) === port;
  if (port !== undefined && !isOnly)
    return `it is for port ${port} only, and listeners of Kong Mesh have no common name by port`;
  if (entries(listener).some(([name]) => name !== 'filterChain' && name !== 'portNumber'))
    return 'it names a listener of Istio';
  if (entries(chain).some(([name]) => name !== 'filter')) return 'it is for some filter chains of Istio only';
  return undefined;
}
