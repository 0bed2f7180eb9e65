import { entries, type Field } from './field.ts';

/** A field that a translator does not understand: then nothing of what it belongs to may be emitted. */
export class Unhandled extends Error {
  readonly field: Field;
  constructor(field: Field) {
    super(field.path);
    this.field = field;
  }
}

/** Throws `Unhandled` at the first key of a map that is not known. */
export function only(field: Field, ...known: readonly string[]): void {
  for (const [key, part] of entries(field)) if (!known.includes(key)) throw new Unhandled(part);
}
