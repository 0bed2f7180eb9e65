import { type Static, Type } from 'typebox';
import { Clusters } from './behaviour.ts';
import { PlanForms } from './common.ts';
import { Unkept } from './plan-settings.ts';
import { WaveDay } from './stage.ts';

/** Where it is said that one service calls another. */
export const CallEvidence = Type.Object({
  kind: Type.Enum([
    'gateway',
    'route',
    'mirror',
    'client',
    'egress',
    'principal',
    'environment',
    'argument',
    'observed',
  ]),
  /** From 0 to 1. */
  confidence: Type.Number(),
  detail: Type.String(),
  /** Absent for observed traffic, and so are its places. */
  resource: Type.Optional(Type.Object({ kind: Type.String(), namespace: Type.String(), name: Type.String() })),
  /** Index into the snapshot's list of Istio resources, where it is one. */
  index: Type.Optional(Type.Integer()),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  path: Type.Optional(Type.String()),
});
export type CallEvidence = Static<typeof CallEvidence>;

/** Calls of one service to another, with the best evidence; `total` counts all of it. */
export const Call = Type.Object({
  from: Type.String(),
  to: Type.String(),
  confidence: Type.Number(),
  /** Whether it orders the waves, and counts where it crosses between the meshes. */
  counts: Type.Boolean(),
  evidence: Type.Array(CallEvidence),
  total: Type.Integer(),
});
export type Call = Static<typeof Call>;

export const Wave = Type.Object({
  number: Type.Integer(),
  services: Type.Integer(),
  namespaces: Type.Array(Type.String()),
  groups: Type.Array(
    Type.Object({
      services: Type.Array(Type.String()),
      /** Why several services move together: calls from the first back to itself, … */
      circle: Type.Array(Type.String()),
      /** … and workloads that stand behind several of them. */
      workloads: Type.Array(Type.String()),
    }),
  ),
  /** Calls that cross between the meshes once the wave has moved, by the mesh that they go to. */
  crossing: Type.Object({ toKong: Type.Integer(), toIstio: Type.Integer(), total: Type.Integer() }),
  /** When it moves; absent where the plan has no start. */
  day: Type.Optional(WaveDay),
});
export type Wave = Static<typeof Wave>;

/** In which order the services move. */
export const Plan = Type.Object({
  /** The answer in a sentence. */
  sentence: Type.String(),
  order: Type.Enum(['callees-first', 'callers-first']),
  /** What the order means for traffic. */
  reason: Type.String(),
  summary: Type.Object({
    services: Type.Integer(),
    waves: Type.Integer(),
    /** Groups of several services. */
    groups: Type.Integer(),
    /** Calls that order the waves. */
    calls: Type.Integer(),
    /** Calls with too little evidence. */
    weak: Type.Integer(),
    /** The most calls that cross at once. */
    crossing: Type.Integer(),
  }),
  waves: Type.Array(Wave),
  forms: PlanForms,
  clusters: Clusters,
  /** What of order, limits and pins could not be kept. */
  unkept: Type.Array(Unkept),
  /** Services that stay in Istio, with the calls that therefore cross for good. */
  excluded: Type.Array(Type.Object({ service: Type.String(), calls: Type.Integer() })),
  /** Services of Istio itself, which do not move. */
  replaced: Type.Array(Type.Object({ service: Type.String(), reason: Type.String() })),
  /** Services of which no call is known well enough to say when they are to move. */
  unconnected: Type.Array(Type.String()),
  calls: Type.Array(Call),
  /** Traffic that enters; `from` is a Gateway. */
  entries: Type.Array(Call),
  /** Calls of what is outside of the mesh; `to` is a host. */
  externals: Type.Array(Call),
});
export type Plan = Static<typeof Plan>;

const services = '[^/=,\\s]+/[^/=,\\s]+';

/** What a plan has to keep to, in the place of what is kept for the migration; only what differs. */
export const PlanQuery = Type.Object({
  order: Type.Optional(Type.Enum(['callees-first', 'callers-first'])),
  /** Services per wave. */
  most: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  oneNamespace: Type.Optional(Type.Boolean()),
  /** Services (`ns/name`) that stay in Istio, with commas between. */
  excluded: Type.Optional(Type.String({ maxLength: 10_000, pattern: `^(?:${services}(?:,${services})*)?$` })),
  /** Waves that services are to move in (`ns/name=3`), with commas between. */
  pinned: Type.Optional(
    Type.String({
      maxLength: 10_000,
      pattern: `^(?:${services}=[1-9][0-9]{0,4}(?:,${services}=[1-9][0-9]{0,4})*)?$`,
    }),
  ),
  /** The least confidence of calls that order the waves. */
  confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type PlanQuery = Static<typeof PlanQuery>;
