import { type Static, Type } from 'typebox';
import { KindProgress, UnreadKind } from './clusters.ts';
import { TargetVersion } from './common.ts';

/** A difference in behaviour that somebody accepted. */
export const AcceptedDifference = Type.Object(
  {
    /** `<namespace>/<name>`; of `access` and `transport` the workload that is called. */
    service: Type.String({ minLength: 3, maxLength: 320, pattern: '^[^/]+/[^/]+$' }),
    /** All of its ports where absent; 0 stands for those that nothing declares. */
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
    aspect: Type.Union([
      Type.Literal('routing'),
      Type.Literal('resilience'),
      Type.Literal('access'),
      Type.Literal('transport'),
    ]),
    /** Of `access` and `transport`: which verdict; *narrower* where absent. */
    verdict: Type.Optional(Type.Union([Type.Literal('narrower'), Type.Literal('wider'), Type.Literal('undecided')])),
    /** Of `access`: whose, by the names of the row; without them everybody's, but for *wider*, which needs them. */
    callers: Type.Optional(Type.Array(Type.String({ maxLength: 600 }), { maxItems: 1000 })),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
  },
  { additionalProperties: false },
);
export type AcceptedDifference = Static<typeof AcceptedDifference>;

/** A migration's settings; a change of them changes every translation of its snapshots. */
export const Settings = Type.Object(
  {
    target: TargetVersion,
    complete: Type.Boolean(),
    mesh: Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    zone: Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    systemNamespace: Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    rootNamespace: Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    clusterDomain: Type.String({ minLength: 1, maxLength: 253 }),
    defaults: Type.Union([Type.Literal('keep'), Type.Literal('adopt')]),
    /** `router_flavor` of Kong Gateway. */
    router: Type.Union([Type.Literal('expressions'), Type.Literal('traditional_compatible')]),
    accepted: Type.Array(AcceptedDifference, { maxItems: 10_000 }),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;

export const Snapshot = Type.Object({
  /** SHA-256 of the content. */
  id: Type.String(),
  /** Counts from 1 within the migration. */
  number: Type.Integer(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  files: Type.Integer(),
  documents: Type.Integer(),
  resources: Type.Integer(),
  istio: Type.Integer(),
  skipped: Type.Integer(),
});
export type Snapshot = Static<typeof Snapshot>;

export const Migration = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdAt: Type.String(),
  archivedAt: Type.Union([Type.String(), Type.Null()]),
  /** Grows with every change of name, settings or archive state; a change names the revision it saw. */
  revision: Type.Integer(),
  settings: Settings,
  /** The newest one. */
  snapshot: Type.Union([Snapshot, Type.Null()]),
});
export type Migration = Static<typeof Migration>;

export const MigrationName = Type.String({ minLength: 1, maxLength: 120 });

export const NewMigration = Type.Object({ name: MigrationName }, { additionalProperties: false });
export type NewMigration = Static<typeof NewMigration>;

export const MigrationChange = Type.Object(
  {
    revision: Type.Integer(),
    name: Type.Optional(MigrationName),
    archived: Type.Optional(Type.Boolean()),
    settings: Type.Optional(Type.Partial(Settings)),
  },
  { additionalProperties: false },
);
export type MigrationChange = Static<typeof MigrationChange>;

/** What deleting a migration removes. */
export const Deletion = Type.Object({
  snapshots: Type.Integer(),
  services: Type.Integer(),
  history: Type.Integer(),
  bytes: Type.Integer(),
});
export type Deletion = Static<typeof Deletion>;

/** An import in progress. The server sends it as `progress` events and a last `end` event. */
export const ImportJob = Type.Object({
  id: Type.String(),
  migration: Type.String(),
  state: Type.Enum(['receiving', 'reading', 'translating', 'done', 'failed', 'cancelled']),
  files: Type.Integer(),
  documents: Type.Integer(),
  resources: Type.Integer(),
  bytes: Type.Integer(),
  /** The file being read. */
  current: Type.Optional(Type.String()),
  /** Of a snapshot of clusters: how far the reading of each is. */
  clusters: Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), kinds: Type.Array(KindProgress), unread: Type.Array(UnreadKind) })),
  ),
  /** The snapshot made, once done. */
  snapshot: Type.Optional(Type.String()),
  /** Why it failed. */
  detail: Type.Optional(Type.String()),
});
export type ImportJob = Static<typeof ImportJob>;
