import { writtenAt } from '@isthmus/istio';
import type { Emitted, EmittedObject, EmittedRole, Origin, Provenance } from './emitted.ts';
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
  /** Those of one emitted field stand together. */
  readonly origins: readonly Provenance[];
}

/** Whether an emitted field is known to come from a source field. What is known of one field stands together. */
function isAmongLast(known: readonly Provenance[], path: string, { resource, path: from }: Origin): boolean {
  for (let index = known.length - 1; known[index]?.path === path; index--) {
    const origin = known[index]?.origin;
    if (origin?.resource === resource && origin.path === from) return true;
  }
  return false;
}

/** Takes the marks out of an emission. */
export function finish(emission: Emission): Finished {
  const origins: Provenance[] = [];
  const object = untrace(emission.object, '', (path, found) => {
    for (const field of found) {
      const origin = writtenAt(field);
      if (!isAmongLast(origins, path, origin)) origins.push({ path, origin });
    }
  }) as EmittedObject;
  const { services } = emission;
  const emitted = { ...emission, object, services: services.length < 2 ? services : [...services].sort() };
  return { emitted: emitted as Emitted, origins };
}
