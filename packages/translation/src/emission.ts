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

/** Takes the marks out of an emission. */
export function finish(emission: Emission): Finished {
  const origins = new Map<string, Origin[]>();
  const object = untrace(emission.object, '', (path, found) => {
    const of = origins.get(path) ?? [];
    for (const field of found.map(writtenAt))
      if (!of.some((known) => known.resource === field.resource && known.path === field.path)) of.push(field);
    origins.set(path, of);
  }) as EmittedObject;
  const { services, object: _, ...role } = emission;
  return { emitted: { ...role, object, services: [...services].sort() } as Emitted, origins };
}
