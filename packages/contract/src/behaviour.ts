import { type Static, Type } from 'typebox';
import { ResourceForm } from './common.ts';

export const Aspect = Type.Union([Type.Literal('routing'), Type.Literal('resilience')]);
export type Aspect = Static<typeof Aspect>;

/** A rule of either mesh, and where the workbench shows it. */
export const LinkedRule = Type.Object({
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  /** Such as `spec.http[0].match[1]`. */
  path: Type.String(),
  /** Of an Istio resource: its index. */
  resource: Type.Optional(Type.Integer()),
  /** Of an emitted resource: the line of the rule in its text. */
  line: Type.Optional(Type.Integer()),
});
export type LinkedRule = Static<typeof LinkedRule>;

const Labels = Type.Record(Type.String(), Type.String());
const Headers = Type.Record(Type.String(), Type.Array(Type.String()));

export const Difference = Type.Object({ what: Type.String(), before: Type.String(), after: Type.String() });

const Decided = Type.Object({ decision: Type.String(), rule: Type.Optional(LinkedRule) });

/** A request that the meshes treat differently, with what each does. */
export const Counterexample = Type.Object({
  client: Type.Object({ namespace: Type.String(), labels: Labels }),
  request: Type.Object({ method: Type.String(), authority: Type.String(), path: Type.String(), headers: Headers }),
  before: Decided,
  after: Decided,
  differences: Type.Array(Difference),
});
export type Counterexample = Static<typeof Counterexample>;

/** What a comparison found for a port of a service and clients that are treated alike. */
export const Verdict = Type.Object({
  service: Type.String(),
  /** Where the snapshot holds several and none is chosen. */
  cluster: Type.Optional(Type.String()),
  port: Type.Integer(),
  /** In words. */
  clients: Type.String(),
  aspect: Aspect,
  verdict: Type.Enum(['same', 'differs', 'undecided']),
  sentence: Type.String(),
  counterexample: Type.Optional(Counterexample),
  reason: Type.Optional(Type.String()),
  /** Codes of the findings that foretold a difference. */
  predictedBy: Type.Optional(Type.Array(Type.String())),
  /** Why somebody accepted it. */
  accepted: Type.Optional(Type.String()),
});
export type Verdict = Static<typeof Verdict>;

/** The worst verdict that nobody accepted, or `accepted` where only accepted ones are left beside *same*. */
export const BehaviourState = Type.Enum(['same', 'differs', 'undecided', 'accepted']);
export type BehaviourState = 'same' | 'differs' | 'undecided' | 'accepted';

const AspectSummary = Type.Object({
  verdict: BehaviourState,
  /** Of its ports and groups of clients so many are the same, and so many are not. */
  same: Type.Integer(),
  others: Type.Integer(),
  /** Differences that no finding foretold. */
  unpredicted: Type.Integer(),
  sentence: Type.String(),
});

/** A service as one row. */
export const BehaviourRow = Type.Object({
  service: Type.String(),
  ports: Type.Array(Type.Integer()),
  routing: AspectSummary,
  resilience: AspectSummary,
  /** Groups of clients that Istio keeps from knowing the service (Sidecar, exportTo), so that they are not compared. */
  notCompared: Type.Integer(),
});
export type BehaviourRow = Static<typeof BehaviourRow>;

const AspectTally = Type.Object({
  same: Type.Integer(),
  differs: Type.Integer(),
  undecided: Type.Integer(),
  accepted: Type.Integer(),
  unpredicted: Type.Integer(),
});

/** The cluster that is looked at of those that the snapshot holds; 404 where it holds none of that name. */
export const ChosenCluster = Type.String({ minLength: 1, maxLength: 253 });

/** The names of the clusters that the snapshot holds; none where it is of one. */
export const Clusters = Type.Array(Type.String());

/** Verdicts so far: a large estate is compared in slices, one with each request, until it is complete. */
export const Behaviour = Type.Object({
  complete: Type.Boolean(),
  /** Services compared so far, and all of them. */
  verified: Type.Integer(),
  services: Type.Integer(),
  /** Each is compared by itself, and a verdict says of which it is, unless one is chosen. */
  clusters: Clusters,
  /** Verdicts by aspect, of what is compared so far, whatever the filters. */
  tally: Type.Object({ routing: AspectTally, resilience: AspectTally }),
  /**
   * Services with something to compare (UDP and other names of hosts have nothing) that meet the filters, from the one asked for on; in an
   * order that later slices only add to.
   */
  rows: Type.Array(BehaviourRow),
  /** What `from` is to be to go on. */
  next: Type.Integer(),
});
export type Behaviour = Static<typeof Behaviour>;

export const BehaviourQuery = Type.Object({
  /** All clusters where absent. */
  cluster: Type.Optional(ChosenCluster),
  /** Some of `same`, `differs`, `undecided`, `accepted`, `unpredicted`, with commas between them. */
  verdict: Type.Optional(Type.String()),
  /** Only verdicts on this aspect count for the filter. */
  aspect: Type.Optional(Aspect),
  namespace: Type.Optional(Type.String()),
  from: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type BehaviourQuery = Static<typeof BehaviourQuery>;

export const ServiceBehaviourQuery = Type.Object({
  /** All clusters where absent. */
  cluster: Type.Optional(ChosenCluster),
});
export type ServiceBehaviourQuery = Static<typeof ServiceBehaviourQuery>;

export const ServiceBehaviour = Type.Object({
  service: Type.String(),
  verdicts: Type.Array(Verdict),
  /** Clients that Istio keeps from knowing the service, in words. */
  notCompared: Type.Array(Type.String()),
});
export type ServiceBehaviour = Static<typeof ServiceBehaviour>;

/** With `verify` the report holds the verdicts on all services, which may take a while for thousands of them. */
export const ReportQuery = Type.Object({
  verify: Type.Optional(Type.Boolean()),
  /** Pseudonyms for names, under the migration's own key: the same in all of its reports. */
  pseudonyms: Type.Optional(Type.Boolean()),
  /** The form of the bundle whose files it names. */
  form: Type.Optional(ResourceForm),
});
export type ReportQuery = Static<typeof ReportQuery>;

/** A request to simulate. */
export const SimulatedRequest = Type.Object(
  {
    /** `<namespace>/<name>` */
    service: Type.String({ maxLength: 320, pattern: '^[^/]+/[^/]+$' }),
    /** The first one that has the service where absent. */
    cluster: Type.Optional(ChosenCluster),
    /** The first one of the service where absent. */
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    client: Type.Object(
      { namespace: Type.String({ minLength: 1, maxLength: 63 }), labels: Labels },
      { additionalProperties: false },
    ),
    method: Type.String({ minLength: 1, maxLength: 40 }),
    /** The name by which the client calls the service; `<name>.<namespace>` where absent. */
    authority: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    path: Type.String({ maxLength: 8192, pattern: '^/' }),
    /** By lower-case name. */
    headers: Headers,
  },
  { additionalProperties: false },
);
export type SimulatedRequest = Static<typeof SimulatedRequest>;

/** Whose requests to what are to be simulated. */
export const SimulatedSubject = Type.Object(
  {
    service: SimulatedRequest.properties.service,
    cluster: SimulatedRequest.properties.cluster,
    port: SimulatedRequest.properties.port,
    client: SimulatedRequest.properties.client,
  },
  { additionalProperties: false },
);
export type SimulatedSubject = Static<typeof SimulatedSubject>;

/** What decides every request of a client to a port of a service, so that requests can be simulated without asking again. */
export const SimulationModel = Type.Object({
  ports: Type.Array(Type.Integer()),
  port: Type.Integer(),
  /** What `simulate` of `@isthmus/equivalence` takes, with rules that are `LinkedRule`s. */
  model: Type.Unknown(),
});
export type SimulationModel = Static<typeof SimulationModel>;

const Step = Type.Object({
  takes: Type.String(),
  /** Why it did not take the request; absent for the one that decided. */
  missed: Type.Optional(Type.String()),
  does: Type.String(),
  rule: Type.Optional(LinkedRule),
});

export const SimulatedSide = Type.Object({
  /** Whether the proxy reads requests at all. */
  reads: Type.Boolean(),
  virtualHost: Type.Optional(Type.Object({ name: Type.String(), domains: Type.Array(Type.String()) })),
  steps: Type.Array(Step),
  decision: Type.String(),
  kind: Type.String(),
  rule: Type.Optional(LinkedRule),
  seen: Type.Array(
    Type.Object({
      destination: Type.String(),
      endpoints: Type.String(),
      /** Percent. */
      share: Type.Number(),
      path: Type.String(),
      authority: Type.String(),
      headers: Headers,
    }),
  ),
  answer: Type.Optional(
    Type.Object({
      status: Type.Integer(),
      location: Type.Optional(Type.String()),
      body: Type.Optional(Type.String()),
    }),
  ),
  settings: Type.Array(Type.Object({ what: Type.String(), value: Type.String() })),
});
export type SimulatedSide = Static<typeof SimulatedSide>;

/** What both meshes do with a request, step by step. */
export const Simulation = Type.Object({
  /** The ports of the service, and the one that was asked. */
  ports: Type.Array(Type.Integer()),
  port: Type.Integer(),
  authority: Type.String(),
  before: SimulatedSide,
  after: SimulatedSide,
  differences: Type.Array(
    Type.Object({ aspect: Aspect, what: Type.String(), before: Type.String(), after: Type.String() }),
  ),
  undecided: Type.Array(Type.String()),
});
export type Simulation = Static<typeof Simulation>;
