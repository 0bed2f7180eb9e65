import { type Static, Type } from 'typebox';
import { ChosenCluster, Clusters } from './behaviour.ts';
import { Phase, PlanForms, ResourceForm } from './common.ts';

/** How a call gets from one mesh into the other. */
export const Way = Type.Object({
  from: Type.String(),
  to: Type.String(),
  /** Whether it starts at a Gateway of Istio. */
  gateway: Type.Boolean(),
  direction: Type.Enum(['to-kong', 'to-istio']),
  kind: Type.Enum(['direct-mtls', 'direct-plaintext', 'kong-gateway', 'external-service', 'closed']),
  sentence: Type.String(),
  /** Why it is closed. */
  reason: Type.Optional(Type.String()),
  hosts: Type.Array(Type.String()),
  cautions: Type.Array(Type.String()),
});
export type Way = Static<typeof Way>;

export const Command = Type.Object({
  tool: Type.Enum(['kubectl', 'istioctl', 'kumactl', 'sh']),
  /** Which cluster it is for where there are two. */
  cluster: Type.Optional(Type.Enum(['istio', 'kong'])),
  text: Type.String(),
  why: Type.Optional(Type.String()),
});
export type Command = Static<typeof Command>;

export const Step = Type.Object({
  title: Type.String(),
  why: Type.String(),
  commands: Type.Array(Command),
  verify: Type.Array(Command),
  rollback: Type.Array(Command),
});
export type Step = Static<typeof Step>;

const Cluster = Type.Enum(['shared', 'istio', 'kong']);

/** An object that a stage adds, changes or removes. */
export const ChangedObject = Type.Object({
  cluster: Cluster,
  apiVersion: Type.String(),
  kind: Type.String(),
  /** Empty where the kind has none. */
  namespace: Type.String(),
  name: Type.String(),
  /** The service that it is there for; empty where it is there for several. */
  service: Type.String(),
  /** YAML before the stage; only of what it changes. */
  before: Type.Optional(Type.String()),
  /** YAML after it; absent where it is removed. */
  after: Type.Optional(Type.String()),
});
export type ChangedObject = Static<typeof ChangedObject>;

/** A stage of a wave: what it changes, what to run, how to verify and how to go back. */
export const Stage = Type.Object({
  /** `bridge`, `apply`, `shift-10`, …, `cut-over`, `clean-up`; of the last wave also `end`. */
  id: Type.String(),
  title: Type.String(),
  /** The phase of the wave's services once it is done. */
  phase: Phase,
  /** Where the plan's bundle has its files. */
  folder: Type.String(),
  /** The share of requests that Kong Mesh takes, in percent. */
  share: Type.Integer(),
  affected: Type.Array(Type.String()),
  safeToStop: Type.Boolean(),
  stop: Type.String(),
  steps: Type.Array(Step),
  /** Ways of the wave's calls across the meshes once it is done. */
  ways: Type.Array(Way),
  added: Type.Array(ChangedObject),
  changed: Type.Array(ChangedObject),
  removed: Type.Array(ChangedObject),
});
export type Stage = Static<typeof Stage>;

export const WaveDay = Type.Object({
  day: Type.String(),
  /** Freezes that it was moved behind. */
  behind: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), reason: Type.String() })),
});
export type WaveDay = Static<typeof WaveDay>;

/** Of several clusters each has stages of its own. */
export const WaveQuery = Type.Object({
  form: Type.Optional(ResourceForm),
  /** The first one in which something moves where absent; 404 where nothing does in it. */
  cluster: Type.Optional(ChosenCluster),
  /** Only clusters that hold this service are looked at. */
  service: Type.Optional(Type.String({ maxLength: 320 })),
});
export type WaveQuery = Static<typeof WaveQuery>;

/** One wave with all of its stages. */
export const WaveStages = Type.Object({
  wave: Type.Integer(),
  waves: Type.Integer(),
  services: Type.Array(Type.String()),
  day: Type.Union([WaveDay, Type.Null()]),
  forms: PlanForms,
  /** Those in which something moves; none where the snapshot is of one. */
  clusters: Clusters,
  /** The one that stages and commands are of; absent where the snapshot is of one. */
  cluster: Type.Optional(Type.String()),
  stages: Type.Array(Stage),
});
export type WaveStages = Static<typeof WaveStages>;

/** A station of a request. */
export const Hop = Type.Object({
  name: Type.String(),
  kind: Type.Enum(['application', 'sidecar', 'gateway', 'zone-egress']),
  mesh: Type.Enum(['istio', 'kong', 'none']),
  arrival: Type.Optional(Type.Enum(['loopback', 'plaintext', 'mtls', 'tls'])),
  endsTls: Type.Boolean(),
  /** The identity that it sees of whoever calls. */
  sees: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});
export type Hop = Static<typeof Hop>;

/** How requests of one service to another travel: a route for each pair of meshes, with its share of the requests. */
export const RequestPath = Type.Object({
  from: Type.String(),
  to: Type.String(),
  port: Type.Integer(),
  host: Type.String(),
  routes: Type.Array(
    Type.Object({
      share: Type.Integer(),
      from: Type.Enum(['istio', 'kong']),
      to: Type.Enum(['istio', 'kong']),
      sentence: Type.String(),
      /** Why no request comes through. */
      closed: Type.Optional(Type.String()),
      hops: Type.Array(Hop),
      /** The identity that the server sees. */
      identity: Type.Optional(Type.String()),
    }),
  ),
  /** The same as a Mermaid flowchart. */
  mermaid: Type.String(),
  /** The cluster that it is in; absent where the snapshot is of one. */
  cluster: Type.Optional(Type.String()),
});
export type RequestPath = Static<typeof RequestPath>;

/** Which moment of the migration is looked at: services as they are recorded, unless a wave (and one of its stages) is named. */
const moment = {
  wave: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
  stage: Type.Optional(Type.String({ maxLength: 40 })),
};

export const BridgeQuery = Type.Object({ namespace: Type.Optional(Type.String()), ...moment });
export type BridgeQuery = Static<typeof BridgeQuery>;

export const RequestPathQuery = Type.Object({
  /** A service (`ns/name`), or a Gateway of Istio that leads to `to`. */
  from: Type.String({ maxLength: 320 }),
  to: Type.String({ maxLength: 320 }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  /** The first that knows the path where absent. */
  cluster: Type.Optional(ChosenCluster),
  ...moment,
});
export type RequestPathQuery = Static<typeof RequestPathQuery>;
