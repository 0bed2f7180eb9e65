import { type Static, Type } from 'typebox';
import { FieldChange, Phase } from './common.ts';

/** What the server's credentials reach; none of them is ever part of it. */
export const ClusterContexts = Type.Object({
  contexts: Type.Array(
    Type.Object({
      name: Type.String(),
      server: Type.String(),
      isCurrent: Type.Boolean(),
      /** Why it cannot be used here. */
      refused: Type.Optional(Type.String()),
    }),
  ),
  /** Whether the server runs in a pod with a service account. */
  inCluster: Type.Boolean(),
  /** Why the server's kubeconfig cannot be read. */
  problem: Type.Optional(Type.String()),
  /** The ClusterRole that suffices, as YAML; `isthmus rbac` prints the same. */
  rights: Type.String(),
});
export type ClusterContexts = Static<typeof ClusterContexts>;

export const ClusterName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' });

/** How a cluster is reached: a reference to credentials that stay where they are. */
export const ClusterConnection = Type.Union([
  Type.Object(
    { kind: Type.Literal('context'), context: Type.String({ minLength: 1, maxLength: 500 }) },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal('in-cluster') }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal('file'),
      path: Type.String({ minLength: 1, maxLength: 4096 }),
      context: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    },
    { additionalProperties: false },
  ),
]);
export type ClusterConnection = Static<typeof ClusterConnection>;

export const NewCluster = Type.Object(
  { name: ClusterName, connection: ClusterConnection },
  { additionalProperties: false },
);
export type NewCluster = Static<typeof NewCluster>;

export const Cluster = Type.Object({
  name: Type.String(),
  connection: ClusterConnection,
  addedAt: Type.String(),
  addedBy: Type.String(),
});
export type Cluster = Static<typeof Cluster>;

export const ClusterList = Type.Object({ clusters: Type.Array(Cluster) });
export type ClusterList = Static<typeof ClusterList>;

/** What could not be read, and what would grant it. */
export const UnreadKind = Type.Object({
  group: Type.String(),
  kind: Type.String(),
  resource: Type.String(),
  verb: Type.Enum(['get', 'list', 'watch']),
  namespace: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  failure: Type.String(),
  reason: Type.String(),
  grant: Type.Optional(Type.String()),
});
export type UnreadKind = Static<typeof UnreadKind>;

/** How far the reading of a kind is. */
export const KindProgress = Type.Object({
  group: Type.String(),
  kind: Type.String(),
  state: Type.Enum(['waiting', 'reading', 'read', 'failed']),
  read: Type.Integer(),
  total: Type.Optional(Type.Integer()),
  /** Why what is shown may be old. */
  lost: Type.Optional(Type.String()),
});
export type KindProgress = Static<typeof KindProgress>;

const MeshClaim = Type.Enum(['istio', 'ambient', 'kong-mesh', 'both', 'none']);
export type MeshClaim = Static<typeof MeshClaim>;

/** Pods or endpoints by the mesh that takes their traffic. */
export const ByMesh = Type.Object({
  istio: Type.Integer(),
  ambient: Type.Integer(),
  'kong-mesh': Type.Integer(),
  both: Type.Integer(),
  none: Type.Integer(),
});
export type ByMesh = Static<typeof ByMesh>;

export const LivePod = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  phase: Type.String(),
  ready: Type.Boolean(),
  workload: Type.String(),
  claim: MeshClaim,
  injected: MeshClaim,
  proxies: Type.Array(Type.Object({ mesh: Type.String(), version: Type.String(), revision: Type.String() })),
});
export type LivePod = Static<typeof LivePod>;

/** What a cluster shows now, as far as it was read; watched from then on. */
export const LiveInventory = Type.Object({
  cluster: Type.String(),
  state: Type.Enum(['reading', 'watching', 'failed']),
  problem: Type.Optional(Type.String()),
  version: Type.String(),
  progress: Type.Array(KindProgress),
  unread: Type.Array(UnreadKind),
  namespaces: Type.Array(
    Type.Object({
      name: Type.String(),
      claim: MeshClaim,
      revision: Type.String(),
      services: Type.Integer(),
      workloads: Type.Integer(),
      pods: Type.Integer(),
      injected: ByMesh,
    }),
  ),
  workloads: Type.Array(
    Type.Object({
      kind: Type.String(),
      namespace: Type.String(),
      name: Type.String(),
      replicas: Type.Integer(),
      ready: Type.Integer(),
      injected: ByMesh,
    }),
  ),
  services: Type.Array(
    Type.Object({ namespace: Type.String(), name: Type.String(), endpoints: Type.Integer(), ready: ByMesh }),
  ),
  /** Of the namespaces asked for; none where none is. */
  pods: Type.Array(LivePod),
  podsTotal: Type.Integer(),
  kinds: Type.Array(
    Type.Object({
      group: Type.String(),
      kind: Type.String(),
      version: Type.String(),
      versions: Type.Array(Type.String()),
      count: Type.Integer(),
    }),
  ),
  controlPlanes: Type.Array(
    Type.Object({
      mesh: Type.Enum(['istio', 'kong-mesh']),
      role: Type.String(),
      namespace: Type.String(),
      name: Type.String(),
      version: Type.String(),
      revision: Type.String(),
      replicas: Type.Integer(),
      ready: Type.Integer(),
    }),
  ),
  gateways: Type.Array(
    Type.Object({
      kind: Type.Enum(['istio', 'gateway-api', 'kong']),
      namespace: Type.String(),
      name: Type.String(),
      detail: Type.String(),
      addresses: Type.Array(Type.String()),
    }),
  ),
  alarms: Type.Array(Type.Object({ namespace: Type.String(), pod: Type.String(), message: Type.String() })),
});
export type LiveInventory = Static<typeof LiveInventory>;

export const LiveInventoryQuery = Type.Object({
  /** The namespace whose pods are listed; `*` for all. */
  pods: Type.Optional(Type.String({ maxLength: 253 })),
});
export type LiveInventoryQuery = Static<typeof LiveInventoryQuery>;

export const ObjectRef = Type.Object({
  group: Type.String(),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
});
export type ObjectRef = Static<typeof ObjectRef>;

/** How clusters differ from the newest snapshot, and from what the translation emits. */
export const Drift = Type.Object({
  clusters: Type.Array(
    Type.Object({
      name: Type.String(),
      /** Whether all that is compared is read by now. */
      state: Type.Enum(['reading', 'watching', 'failed']),
      problem: Type.Optional(Type.String()),
      /** Whether the snapshot was read from this cluster; where not, all of it is compared. */
      ofSnapshot: Type.Boolean(),
      changes: Type.Array(
        Type.Object({
          change: Type.Enum(['changed', 'new', 'gone']),
          ref: ObjectRef,
          /** Of what changed, the first places. */
          fields: Type.Array(FieldChange),
        }),
      ),
      total: Type.Integer(),
    }),
  ),
  /** Services that changed Istio resources are about, with where they stand: from `reviewed` on the review was of another state. */
  services: Type.Array(Type.Object({ id: Type.String(), phase: Phase })),
  /** Emitted resources in the cluster: those that are not applied as emitted come first. */
  applied: Type.Array(
    Type.Object({
      cluster: Type.String(),
      state: Type.Enum(['missing', 'changed', 'extra', 'unknown']),
      ref: ObjectRef,
      fields: Type.Array(FieldChange),
    }),
  ),
  appliedCounts: Type.Object({
    applied: Type.Integer(),
    missing: Type.Integer(),
    changed: Type.Integer(),
    extra: Type.Integer(),
    unknown: Type.Integer(),
  }),
});
export type Drift = Static<typeof Drift>;

/** What the clusters show of a service beside its recorded phase. */
export const ServiceEvidence = Type.Object({
  service: Type.String(),
  phase: Phase,
  shows: Type.Enum(['istio', 'kong-mesh', 'both', 'no-mesh', 'nothing-ready', 'absent']),
  /** Ready endpoints. */
  istio: Type.Integer(),
  kongMesh: Type.Integer(),
  other: Type.Integer(),
  policies: Type.Object({ applied: Type.Integer(), missing: Type.Integer(), changed: Type.Integer() }),
  /** Why the recorded phase cannot be true. */
  disagreement: Type.Optional(Type.String()),
  /** The phase that the clusters show. */
  suggestion: Type.Optional(Phase),
});
export type ServiceEvidence = Static<typeof ServiceEvidence>;

export const EvidenceList = Type.Object({
  /** `none`: no cluster is connected; `reading`: what is shown is not all yet. */
  state: Type.Enum(['none', 'reading', 'watching', 'failed']),
  problem: Type.Optional(Type.String()),
  services: Type.Array(ServiceEvidence),
});
export type EvidenceList = Static<typeof EvidenceList>;
