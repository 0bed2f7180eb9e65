import { type Static, Type } from 'typebox';

const Outcome = Type.Union([
  Type.Literal('exact'),
  Type.Literal('approximate'),
  Type.Literal('unsupported'),
  Type.Literal('inert'),
  Type.Literal('untranslated'),
]);

/** What becomes of a field: always, or in the contexts, for the versions and values that are named. */
export const FieldResult = Type.Object({
  outcome: Outcome,
  code: Type.Optional(Type.String()),
  /** Kinds and paths of emitted resources. */
  targets: Type.Array(Type.String()),
  contexts: Type.Optional(Type.Array(Type.String())),
  versions: Type.Optional(Type.Array(Type.String())),
  values: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
});
export type FieldResult = Static<typeof FieldResult>;

/** What becomes of each field of each kind of Istio, found out with an example of each. */
export const Coverage = Type.Object({
  kinds: Type.Array(
    Type.Object({
      group: Type.String(),
      version: Type.String(),
      kind: Type.String(),
      /** `[]` in a path stands for every item of a list, `{}` for every entry of an open map. */
      fields: Type.Array(Type.Object({ field: Type.String(), results: Type.Array(FieldResult) })),
    }),
  ),
});
export type Coverage = Static<typeof Coverage>;
