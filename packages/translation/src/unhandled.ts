import type { Field } from './field.ts';

/** A field that a translator does not understand: then nothing of what it belongs to may be emitted. */
export class Unhandled extends Error {
  readonly field: Field;
  constructor(field: Field) {
    super(field.path);
    this.field = field;
  }
}
