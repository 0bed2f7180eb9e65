import { type Static, Type } from 'typebox';

const Name = Type.String({ minLength: 1, maxLength: 320 });
const Words = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });
/** A resource as YAML. */
const Text = Type.String({ maxLength: 1_000_001 });

/** Which emitted resource is meant; `place` is `global` or `zone/<name>` where the import holds several clusters. */
export const OverrideSubject = Type.Object(
  {
    apiVersion: Name,
    kind: Name,
    namespace: Type.String({ maxLength: 320 }),
    name: Name,
    place: Type.Optional(Name),
  },
  { additionalProperties: false },
);
export type OverrideSubject = Static<typeof OverrideSubject>;

export const OverrideChange = Type.Union([Type.Literal('edit'), Type.Literal('leave-out'), Type.Literal('add')]);
export type OverrideChange = Static<typeof OverrideChange>;

/**
 * `applied`: it is in the translation; `idle`: the translation does by itself what it asks for; `gone`: what was edited is not
 * emitted any more; `conflict`: its ground has changed; `refused`: the target version would not admit it. The last three block.
 */
export const OverrideOutcome = Type.Union([
  Type.Literal('applied'),
  Type.Literal('idle'),
  Type.Literal('gone'),
  Type.Literal('conflict'),
  Type.Literal('refused'),
]);
export type OverrideOutcome = Static<typeof OverrideOutcome>;

/** What a person decided about an emitted resource, and what became of it in the newest snapshot. */
export const ResourceOverride = Type.Object({
  id: Type.String(),
  subject: OverrideSubject,
  change: OverrideChange,
  reason: Type.String(),
  /** Why it is meant where it may let through who was kept out. */
  acceptsWidening: Type.Optional(Type.String()),
  by: Type.String(),
  /** ISO 8601. */
  at: Type.String(),
  /** Grows with every change; a change names the revision it saw. */
  revision: Type.Integer(),
  state: OverrideOutcome,
  /** Fields that are not as they were translated, or of a conflict those whose ground has changed. */
  paths: Type.Array(Type.String()),
  /** Whether it may let through who was kept out. */
  widens: Type.Boolean(),
  /** Why it is refused. */
  refusal: Type.Optional(Type.String()),
});
export type ResourceOverride = Static<typeof ResourceOverride>;

export const ResourceOverrides = Type.Object({ overrides: Type.Array(ResourceOverride) });
export type ResourceOverrides = Static<typeof ResourceOverrides>;

/** Three versions of one resource, as YAML: absent where there is none. */
export const OverrideVersions = Type.Object({
  override: ResourceOverride,
  /** What the translation emitted when the decision was made. */
  ground: Type.Optional(Type.String()),
  /** What it emits now. */
  now: Type.Optional(Type.String()),
  /** What was made of the ground. */
  edit: Type.Optional(Type.String()),
  /** What is emitted now, with all fields of the edit that do not conflict and the edit's value where they do. */
  merged: Type.Optional(Type.String()),
  /** What is emitted now, for a decision about it. */
  emitted: Type.Optional(Type.String()),
  conflicts: Type.Array(
    Type.Object({
      path: Type.String(),
      ground: Type.Optional(Type.String()),
      now: Type.Optional(Type.String()),
      edit: Type.Optional(Type.String()),
    }),
  ),
});
export type OverrideVersions = Static<typeof OverrideVersions>;

/** What somebody writes, to be looked at without keeping it. */
export const OverrideDraft = Type.Object(
  {
    /** Absent where a resource is added: its text says what it is. */
    subject: Type.Optional(OverrideSubject),
    change: OverrideChange,
    /** Absent where a resource is left out. */
    text: Type.Optional(Text),
  },
  { additionalProperties: false },
);
export type OverrideDraft = Static<typeof OverrideDraft>;

/** What is against a text, and what would follow from it. Lines and columns count from 1. */
export const OverrideAssessment = Type.Object({
  problems: Type.Array(
    Type.Object({ line: Type.Integer(), column: Type.Integer(), path: Type.String(), message: Type.String() }),
  ),
  /** Fields that would not be as they are translated. */
  paths: Type.Array(Type.String()),
  widens: Type.Boolean(),
});
export type OverrideAssessment = Static<typeof OverrideAssessment>;

export const NewOverride = Type.Object(
  {
    ...OverrideDraft.properties,
    reason: Words,
    acceptsWidening: Type.Optional(Words),
    /** Of the override that was seen; 0 where there was none. */
    revision: Type.Integer({ minimum: 0 }),
    /** `emitted` of the resource that was seen; absent where one is added. */
    emitted: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);
export type NewOverride = Static<typeof NewOverride>;

/** A file of overrides, as `isthmus --overrides` reads it. */
export const OverrideFile = Type.Object(
  { text: Type.String({ maxLength: 4_000_000 }) },
  { additionalProperties: false },
);
export type OverrideFile = Static<typeof OverrideFile>;

/** What an import of a file did: conflicts are resources that have another override already, which stays. */
export const OverrideImport = Type.Object({
  added: Type.Integer(),
  same: Type.Integer(),
  conflicts: Type.Array(OverrideSubject),
});
export type OverrideImport = Static<typeof OverrideImport>;
