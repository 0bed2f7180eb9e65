import { type Static, Type } from 'typebox';

/** An RFC 9457 problem document. `code` is stable and machine-readable; no stack trace is ever part of it. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    /** Of a conflict: what is stored now and what was asked for. */
    current: Type.Optional(Type.Unknown()),
    attempted: Type.Optional(Type.Unknown()),
    /** Of a phase that a service may not enter: the conditions with their evidence (`Gate`). */
    gate: Type.Optional(Type.Unknown()),
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;
