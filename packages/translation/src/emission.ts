import { writtenAt } from '@isthmus/istio';
import type { Emitted, EmittedObject, EmittedRole, Origin } from './emitted.ts';
import { type Traceable, untrace } from './trace.ts';

/** A resource to emit, with the source fields of its parts marked. */
export type Emission = EmittedRole & {
  readonly object: Traceable<EmittedObject>;
  /** Services (`<namespace>/<name>`) that the resource is about; empty for mesh-wide ones. */
  readonly services: readonly string[];
};

/** An emission without its marks. */
export interface Finished {
  readonly emitted: Emitted;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
}

const isIn = (fields: readonly Origin[], { resource, path }: Origin): boolean =>
  fields.some((known) => known.resource === resource && known.path === path);

/** Takes the marks out of an emission. */
export function finish(emission: Emission): Finished {
  const origins = new Map<string, readonly Origin[]>();
  const object = untrace(emission.object, '', (path, found) => {
    const before = origins.get(path);
    const [field] = found;
    // Nearly all marks: one field for a place.
    if (before === undefined && found.length === 1 && field !== undefined) {
      origins.set(path, [writtenAt(field)]);
      return;
    }
    const of = [...(before ?? [])];
    for (const one of found.map(writtenAt)) if (!isIn(of, one)) of.push(one);
    origins.set(path, of);
  }) as EmittedObject;
  const { services } = emission;
  const emitted = { ...emission, object, services: services.length < 2 ? services : [...services].sort() };
  return { emitted: emitted as Emitted, origins };
}
