import { type Static, Type } from 'typebox';
import { FieldChange, Phase } from './common.ts';
import { Snapshot } from './migration.ts';

/** Two snapshots by their numbers, the newest two where nothing is said; `live`: the clusters as they were read for this. */
export const ChangesQuery = Type.Object({
  from: Type.Optional(Type.Integer({ minimum: 1 })),
  to: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('live')])),
});
export type ChangesQuery = Static<typeof ChangesQuery>;

/** One resource of a snapshot, or of what is emitted from it, that another snapshot has otherwise or not at all. */
export const ChangedResource = Type.Object({
  id: Type.String(),
  change: Type.Enum(['added', 'changed', 'removed']),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  cluster: Type.Optional(Type.String()),
  /** Where it stands, in the newer snapshot if it is there. */
  file: Type.Optional(Type.String()),
  /** Its place among the Istio resources of the newer snapshot, for the workbench. */
  index: Type.Optional(Type.Integer()),
  /** Where both differ, with both values as JSON, cut where they are long. */
  fields: Type.Array(
    Type.Object({
      ...FieldChange.properties,
      before: Type.Optional(Type.String()),
      after: Type.Optional(Type.String()),
    }),
  ),
  /** Fields beyond those. */
  more: Type.Integer(),
});
export type ChangedResource = Static<typeof ChangedResource>;

const ChangeCounts = Type.Object({
  added: Type.Integer(),
  changed: Type.Integer(),
  removed: Type.Integer(),
  same: Type.Integer(),
});

/** What is compared with a snapshot: another one, or the clusters as they were read, which is none and has no number. */
export const Compared = Type.Object({ ...Snapshot.properties, number: Type.Union([Type.Integer(), Type.Null()]) });
export type Compared = Static<typeof Compared>;

/** How the resources of two snapshots differ, and what is emitted from them under today's settings. */
export const Changes = Type.Object({
  from: Snapshot,
  to: Compared,
  source: ChangeCounts,
  result: ChangeCounts,
  sources: Type.Array(ChangedResource),
  results: Type.Array(ChangedResource),
});
export type Changes = Static<typeof Changes>;

/** A verdict that is another one, or about something that only one snapshot has. */
export const ChangedVerdict = Type.Object({
  id: Type.String(),
  /** `<namespace>/<name>` of a service, or of the workload that is called. */
  subject: Type.String(),
  aspect: Type.Enum(['routing', 'resilience', 'access', 'transport']),
  before: Type.Union([Type.String(), Type.Null()]),
  after: Type.Union([Type.String(), Type.Null()]),
  /** What the newer snapshot's verdict says; the older one's where there is none. */
  sentence: Type.String(),
});
export type ChangedVerdict = Static<typeof ChangedVerdict>;

/** Something that people decided, and whether it stands with the newer snapshot. */
export const Decision = Type.Object({
  id: Type.String(),
  what: Type.Enum(['phase', 'approval', 'finding', 'difference']),
  /** A service, or what a finding is about. */
  subject: Type.String(),
  /** The service's phase, or the code of the finding. */
  detail: Type.String(),
  by: Type.Union([Type.String(), Type.Null()]),
  at: Type.Union([Type.String(), Type.Null()]),
  holds: Type.Boolean(),
  why: Type.String(),
  phase: Type.Optional(Phase),
});
export type Decision = Static<typeof Decision>;

/** Verdicts and decisions so far: both snapshots are compared in slices, one with each request. */
export const ChangedVerdicts = Type.Object({
  complete: Type.Boolean(),
  /** Comparisons made so far of both snapshots, and all of them. */
  compared: Type.Integer(),
  total: Type.Integer(),
  same: Type.Integer(),
  verdicts: Type.Array(ChangedVerdict),
  /** Only once it is complete. */
  decisions: Type.Array(Decision),
});
export type ChangedVerdicts = Static<typeof ChangedVerdicts>;
