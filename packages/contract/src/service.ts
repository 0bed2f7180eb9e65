import { type Static, Type } from 'typebox';
import { Outcomes, Phase, SeverityCounts } from './common.ts';
import { Gate } from './gate.ts';

/** The unit that migrates, with where it stands. */
export const Service = Type.Object({
  /** `<namespace>/<name>` */
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  origin: Type.Union([Type.Literal('service'), Type.Literal('service-entry'), Type.Literal('workload-group')]),
  phase: Phase,
  /** The share of its requests that Kong Mesh takes, in percent; counts while it is shifting. */
  share: Type.Integer(),
  owner: Type.String(),
  note: Type.String(),
  /** Grows with every change; a change names the revision it saw. 0: never changed. */
  revision: Type.Integer(),
  updatedAt: Type.Union([Type.String(), Type.Null()]),
  updatedBy: Type.Union([Type.String(), Type.Null()]),
  /** The wave of the plan that it moves in; null where it stays in Istio. */
  wave: Type.Union([Type.Integer(), Type.Null()]),
  /** Istio resources that are about it. */
  resources: Type.Integer(),
  outcomes: Outcomes,
  /** All of them, and those of them that somebody accepted. */
  findings: SeverityCounts,
  accepted: SeverityCounts,
  /** Ids of the overrides of resources that are emitted for it. */
  overrides: Type.Array(Type.String()),
});
export type Service = Static<typeof Service>;

export const ServiceList = Type.Object({ services: Type.Array(Service) });
export type ServiceList = Static<typeof ServiceList>;

const changeable = {
  phase: Type.Optional(Phase),
  share: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  owner: Type.Optional(Type.String({ maxLength: 200 })),
  note: Type.Optional(Type.String({ maxLength: 10_000 })),
};

/** Enters a phase although its gate is shut; the history keeps the reason. */
export const Override = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type Override = Static<typeof Override>;

/**
 * A change of one service; refused with 409 and both values where `revision` is not the stored one, and with 422 and the
 * `gate` where that of the phase is shut and nothing overrides it.
 */
export const ServiceChange = Type.Object(
  { revision: Type.Integer(), ...changeable, override: Type.Optional(Override) },
  { additionalProperties: false },
);
export type ServiceChange = Static<typeof ServiceChange>;

/** One change of many services; those that changed meanwhile, or whose gate is shut, are left alone and returned. */
export const BulkChange = Type.Object(
  {
    services: Type.Array(Type.Object({ id: Type.String(), revision: Type.Integer() }), {
      minItems: 1,
      maxItems: 20_000,
    }),
    set: Type.Object(changeable, { additionalProperties: false, minProperties: 1 }),
    override: Type.Optional(Override),
  },
  { additionalProperties: false },
);
export type BulkChange = Static<typeof BulkChange>;

export const BulkResult = Type.Object({
  changed: Type.Array(Service),
  conflicts: Type.Array(Service),
  /** Gates that kept services from the phase. */
  refused: Type.Array(Gate),
});
export type BulkResult = Static<typeof BulkResult>;

/** Filters, order and columns of a page under a name; everybody who works on the migration sees it. */
export const SavedView = Type.Object({
  page: Type.Literal('services'),
  name: Type.String(),
  /** The query of its address. */
  query: Type.String(),
  at: Type.String(),
  by: Type.String(),
});
export type SavedView = Static<typeof SavedView>;

export const SavedViews = Type.Object({ views: Type.Array(SavedView) });
export type SavedViews = Static<typeof SavedViews>;

export const NewSavedView = Type.Object(
  {
    page: Type.Literal('services'),
    name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
    query: Type.String({ maxLength: 4000, pattern: '^(?:\\?.*)?$' }),
  },
  { additionalProperties: false },
);
export type NewSavedView = Static<typeof NewSavedView>;

/** One step of the append-only history. `verified` is false for self-chosen names. */
export const HistoryEntry = Type.Object({
  sequence: Type.Integer(),
  at: Type.String(),
  by: Type.String(),
  verified: Type.Boolean(),
  /** `migration`, `snapshot`, `finding`, or a service's id */
  subject: Type.String(),
  /** `phase`, `owner`, `note`, `name`, `settings`, `archived`, `imported`, `created`; of a finding what it is and where */
  field: Type.String(),
  before: Type.Union([Type.String(), Type.Null()]),
  after: Type.Union([Type.String(), Type.Null()]),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

/** Newest first; `next` continues with `?before=`. */
export const History = Type.Object({
  entries: Type.Array(HistoryEntry),
  next: Type.Union([Type.Integer(), Type.Null()]),
});
export type History = Static<typeof History>;

/** Who speaks. Without accounts the name is self-chosen and unverified. */
export const Session = Type.Object({
  name: Type.String(),
  /** Whether the server asks for a token. */
  tokenRequired: Type.Boolean(),
  signedIn: Type.Boolean(),
  version: Type.String(),
});
export type Session = Static<typeof Session>;

export const SignIn = Type.Object(
  { name: Type.Optional(Type.String({ maxLength: 100 })), token: Type.Optional(Type.String({ maxLength: 1000 })) },
  { additionalProperties: false },
);
export type SignIn = Static<typeof SignIn>;
