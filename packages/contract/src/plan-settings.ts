import { type Static, Type } from 'typebox';
import { WaveDay } from './stage.ts';

const ServiceId = Type.String({ minLength: 3, maxLength: 320, pattern: '^[^/=,\\s]+/[^/=,\\s]+$' });
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' });
const Reason = Type.String({ minLength: 1, maxLength: 2000 });
const Nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(schema: T) =>
  // Null first: the server's validation turns values into what the first schema asks for.
  Type.Union([Type.Null(), schema]);

/** A time in which no wave moves; both days count. */
export const Freeze = Type.Object({ from: Day, to: Day, reason: Reason }, { additionalProperties: false });
export type Freeze = Static<typeof Freeze>;

export const Topology = Type.Enum(['same-cluster', 'separate-clusters']);
export type Topology = 'same-cluster' | 'separate-clusters';

/** What a migration's plan and bridge have to keep to, kept for everybody. */
export const PlanSettings = Type.Object(
  {
    order: Type.Enum(['callees-first', 'callers-first']),
    /** Services per wave; null: as many as are ready. */
    most: Nullable(Type.Integer({ minimum: 1, maximum: 100_000 })),
    oneNamespace: Type.Boolean(),
    /** Services that stay in Istio. */
    excluded: Type.Array(ServiceId, { maxItems: 20_000 }),
    /** Waves, from 1, that services are to move in. */
    pinned: Type.Record(ServiceId, Type.Integer({ minimum: 1, maximum: 99_999 }), { additionalProperties: false }),
    /** The least confidence of calls that order the waves. */
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    /** Waves as somebody arranged them, in the place of those that are planned; null: as planned. */
    arrangement: Type.Union([
      Type.Null(),
      Type.Array(Type.Array(ServiceId, { maxItems: 20_000 }), { maxItems: 20_000 }),
    ]),
    /** The day of the first wave; null: no days. */
    start: Nullable(Day),
    /** Days from one wave to the next. */
    everyDays: Type.Integer({ minimum: 1, maximum: 365 }),
    freezes: Type.Array(Freeze, { maxItems: 100 }),
    /** Approvals that a service needs before its traffic shifts. */
    approvals: Type.Integer({ minimum: 0, maximum: 5 }),
    topology: Topology,
    /** DNS suffix of bridged services of separate clusters. */
    domain: Type.String({ minLength: 1, maxLength: 200, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' }),
    /** Namespace of Kong Gateway. */
    gatewayNamespace: Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    /** Shares of requests, in percent and growing, that a service takes in Kong Mesh step by step; the last is 100. */
    shift: Type.Array(Type.Integer({ minimum: 1, maximum: 100 }), { minItems: 1, maxItems: 20 }),
    /** Services of which somebody decided that the bridge may treat all callers alike. */
    widened: Type.Array(Type.Object({ service: ServiceId, reason: Reason }, { additionalProperties: false }), {
      maxItems: 10_000,
    }),
  },
  { additionalProperties: false },
);
export type PlanSettings = Static<typeof PlanSettings>;

/** A certificate of a mesh's authority. Times are ISO 8601. */
export const CertificateInfo = Type.Object({
  subject: Type.String(),
  issuer: Type.String(),
  serial: Type.String(),
  notBefore: Type.String(),
  notAfter: Type.String(),
  /** SHA-256, hexadecimal. */
  fingerprint: Type.String(),
  keyType: Type.String(),
  /** As the server's clock has it now; `expires-soon`: within 30 days. */
  validity: Type.Enum(['valid', 'expired', 'not-yet', 'expires-soon']),
});
export type CertificateInfo = Static<typeof CertificateInfo>;

/** Traffic that was seen and is taken as evidence of calls. */
export const Observed = Type.Object({
  source: Type.Enum(['prometheus', 'kiali']),
  /** Samples or edges of the dump. */
  samples: Type.Integer(),
  /** Those that show who calls whom. */
  calls: Type.Integer(),
  at: Type.String(),
  by: Type.String(),
});
export type Observed = Static<typeof Observed>;

/** A migration's plan as it is kept. */
export const StoredPlan = Type.Object({
  /** Grows with every change; a change names the revision it saw. 0: never changed. */
  revision: Type.Integer(),
  updatedAt: Type.Union([Type.String(), Type.Null()]),
  updatedBy: Type.Union([Type.String(), Type.Null()]),
  settings: PlanSettings,
  certificates: Type.Object({ istio: Type.Array(CertificateInfo), kong: Type.Array(CertificateInfo) }),
  observed: Type.Union([Observed, Type.Null()]),
});
export type StoredPlan = Static<typeof StoredPlan>;

/** A change of the plan; refused with 409 and both values where `revision` is not the stored one. */
export const PlanChange = Type.Object(
  { revision: Type.Integer(), settings: Type.Partial(PlanSettings, { additionalProperties: false }) },
  { additionalProperties: false },
);
export type PlanChange = Static<typeof PlanChange>;

/** Certificates of the authority of one mesh, as PEM; they take the place of those before. Private keys are refused. */
export const CertificateUpload = Type.Object(
  {
    revision: Type.Integer(),
    side: Type.Enum(['istio', 'kong']),
    /** Empty: none any more. */
    pem: Type.String({ maxLength: 200_000 }),
  },
  { additionalProperties: false },
);
export type CertificateUpload = Static<typeof CertificateUpload>;

/** A plan to be assessed without keeping it: what would be other than what is kept, with waves or as they would be planned. */
export const Arrangement = Type.Object(
  {
    waves: Type.Optional(
      Type.Array(Type.Array(Type.String({ maxLength: 320 }), { maxItems: 20_000 }), { maxItems: 20_000 }),
    ),
    settings: Type.Optional(Type.Partial(PlanSettings, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type Arrangement = Static<typeof Arrangement>;

const Crossing = Type.Object({ toKong: Type.Integer(), toIstio: Type.Integer() });

export const Unkept = Type.Object({
  kind: Type.Enum(['order', 'limit', 'namespace', 'pin', 'unknown', 'circle', 'apart', 'twice', 'unplaced']),
  services: Type.Array(Type.String()),
  reason: Type.String(),
});
export type Unkept = Static<typeof Unkept>;

/** What follows from an arrangement of waves, or from other settings. */
export const PlanAssessment = Type.Object({
  waves: Type.Array(
    Type.Object({
      number: Type.Integer(),
      services: Type.Array(Type.String()),
      namespaces: Type.Array(Type.String()),
      /** Calls that cross once the wave has moved. */
      crossing: Crossing,
      /** When it would move; absent where the plan has no start. */
      day: Type.Optional(WaveDay),
    }),
  ),
  /** The most calls that cross at once. */
  crossing: Type.Integer(),
  unkept: Type.Array(Unkept),
});
export type PlanAssessment = Static<typeof PlanAssessment>;
