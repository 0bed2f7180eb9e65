import { type Static, Type } from 'typebox';

const PhaseCounts = Type.Record(Type.String(), Type.Integer());

/** Services that have something in common: where they stand, and how many of them have a blocker that nobody accepted. */
export const ProgressGroup = Type.Object({
  /** A namespace, an owner (empty for nobody), or the number of a wave (empty for none). */
  name: Type.String(),
  services: Type.Integer(),
  blocked: Type.Integer(),
  phases: PhaseCounts,
});
export type ProgressGroup = Static<typeof ProgressGroup>;

/** Whose course is asked for: of services with something in common; of all where absent. */
export const ProgressQuery = Type.Object({
  by: Type.Optional(Type.Enum(['namespace', 'owner', 'wave'])),
  /** As groups are named; empty where absent. */
  name: Type.Optional(Type.String({ maxLength: 320 })),
});
export type ProgressQuery = Static<typeof ProgressQuery>;

/** Where the services of the newest snapshot stand, and stood at the end of each day since the first import. */
export const Progress = Type.Object({
  /** Those whose course is asked for. */
  services: Type.Integer(),
  /** Days (UTC) on which a phase changed, the first import's and today's, oldest first; all of these services are counted on each. */
  days: Type.Array(Type.Object({ day: Type.String(), phases: PhaseCounts })),
  /** All services of the snapshot. */
  namespaces: Type.Array(ProgressGroup),
  owners: Type.Array(ProgressGroup),
  waves: Type.Array(ProgressGroup),
});
export type Progress = Static<typeof Progress>;
