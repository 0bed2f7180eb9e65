import { type Static, Type } from 'typebox';
import { ChosenCluster, Clusters, LinkedRule } from './behaviour.ts';

export const AccessVerdict = Type.Enum(['same', 'narrower', 'wider', 'undecided']);
export type AccessVerdict = 'same' | 'narrower' | 'wider' | 'undecided';

/** Who may call a port of a workload in both meshes, for callers who are treated alike; or how the port takes connections. */
export const AccessRow = Type.Object({
  /** Tells it from the other rows of the snapshot. */
  id: Type.String(),
  aspect: Type.Enum(['access', 'transport']),
  /** `<namespace>/<name>` */
  workload: Type.String(),
  /** Where the snapshot holds several: that of the workload. */
  cluster: Type.Optional(Type.String()),
  /** The service account that it runs as, of its namespace; absent where the import does not hold its Pods' template. */
  account: Type.Optional(Type.String()),
  /** Services (`<namespace>/<name>`) that send to it. */
  services: Type.Array(Type.String()),
  /** 0 stands for every port that nothing declares. */
  port: Type.Integer(),
  /** How many callers there are; 1 for `transport`. */
  count: Type.Integer(),
  /** In a list some of them, of one workload all: `<namespace>/<account>`, or in words. */
  callers: Type.Array(Type.String()),
  /** They come with a certificate of Istio, as during the bridge. */
  bridge: Type.Optional(Type.Literal(true)),
  before: Type.String(),
  after: Type.String(),
  verdict: AccessVerdict,
  sentence: Type.String(),
  /** A request that Istio refuses and Kong Mesh lets through. */
  request: Type.Optional(Type.String()),
  /** In a phase of the migration: the way of the calls that `after` is about, and whom the server sees. */
  way: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  rules: Type.Optional(Type.Object({ before: Type.Array(LinkedRule), after: Type.Array(LinkedRule) })),
  /** Codes of the findings that foretold a verdict other than *same*; absent in phases. */
  predictedBy: Type.Optional(Type.Array(Type.String())),
  /** Why somebody accepted it. */
  accepted: Type.Optional(Type.String()),
});
export type AccessRow = Static<typeof AccessRow>;

const AccessCounts = Type.Object({
  same: Type.Integer(),
  narrower: Type.Integer(),
  wider: Type.Integer(),
  undecided: Type.Integer(),
  accepted: Type.Integer(),
});

/** What is known so far: a large estate is compared in slices, one with each request, until it is complete. */
export const AccessView = Type.Object({
  complete: Type.Boolean(),
  /** Workloads compared so far, and all of them. */
  compared: Type.Integer(),
  workloads: Type.Integer(),
  /** Each is compared by itself; calls from one to another are not. */
  clusters: Clusters,
  /** Whether access widens, of what is compared so far, in a sentence. */
  answer: Type.String(),
  /** Pairs of caller and port, and ports, of what is compared so far, whatever the filters. */
  tally: Type.Object({ access: AccessCounts, transport: AccessCounts }),
  /** Workloads that are not compared, by the reason; some are named. */
  leftOut: Type.Array(
    Type.Object({ reason: Type.String(), count: Type.Integer(), workloads: Type.Array(Type.String()) }),
  ),
  /** Those that meet the filters, from the one asked for on; in an order that later slices only add to. */
  rows: Type.Array(AccessRow),
  /** What `from` is to be to go on. */
  next: Type.Integer(),
});
export type AccessView = Static<typeof AccessView>;

/**
 * Which state of the migration is meant; the last where absent. `recorded`: as far as the services have come. The others are the
 * same for every service, with callers in either mesh, so that they hold whatever the order is: Pods in Istio, in both
 * meshes, in Kong Mesh.
 */
export const AccessPhase = Type.Enum(['discovered', 'bridged', 'migrated', 'recorded']);
export type AccessPhase = 'discovered' | 'bridged' | 'migrated' | 'recorded';

/** How calls cross between the meshes: within a cluster from Pod to Pod, or by the gateways of both meshes. */
export const AccessBridge = Type.Enum(['direct', 'gateways']);
export type AccessBridge = 'direct' | 'gateways';

export const WorkloadAccessQuery = Type.Object({
  /** All clusters where absent. */
  cluster: Type.Optional(ChosenCluster),
  phase: Type.Optional(AccessPhase),
  /** `direct` where absent; of phases only. */
  bridge: Type.Optional(AccessBridge),
});
export type WorkloadAccessQuery = {
  readonly cluster?: string;
  readonly phase?: AccessPhase;
  readonly bridge?: AccessBridge;
};

export const AccessQuery = Type.Object({
  /** All clusters where absent. */
  cluster: Type.Optional(ChosenCluster),
  phase: Type.Optional(AccessPhase),
  /** `direct` where absent; of phases only. */
  bridge: Type.Optional(AccessBridge),
  /** Some of `same`, `narrower`, `wider`, `undecided`, with commas between them. */
  verdict: Type.Optional(Type.String()),
  aspect: Type.Optional(Type.Enum(['access', 'transport'])),
  /** Of the workload. */
  namespace: Type.Optional(Type.String()),
  from: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type AccessQuery = WorkloadAccessQuery & {
  readonly verdict?: string;
  readonly aspect?: 'access' | 'transport';
  readonly namespace?: string;
  readonly from?: number;
};

/** Everything about one workload, with every caller. */
export const WorkloadAccess = Type.Object({ workload: Type.String(), rows: Type.Array(AccessRow) });
export type WorkloadAccess = Static<typeof WorkloadAccess>;
