import { type Static, Type } from 'typebox';

/** What one proxy holds. */
export const Load = Type.Object({
  listeners: Type.Integer(),
  clusters: Type.Integer(),
  routes: Type.Integer(),
  endpoints: Type.Integer(),
  /** Of its configuration as protobuf. */
  bytes: Type.Integer(),
});
export type Load = Static<typeof Load>;

const OfBoth = Type.Object({ istio: Type.Number(), kong: Type.Number() });

export const NamespaceFanOut = Type.Object({
  namespace: Type.String(),
  services: Type.Integer(),
  proxies: Type.Integer(),
  /** Of the proxy that holds most; absent where there is no proxy. */
  istio: Type.Optional(Load),
  kong: Type.Optional(Load),
  /** Bytes of all of its proxies together. */
  totals: OfBoth,
  /** Proxies of the mesh that know a service of the namespace, in the mean. */
  touched: OfBoth,
});
export type NamespaceFanOut = Static<typeof NamespaceFanOut>;

export const ScopedFanOut = Type.Object({
  mesh: Type.Enum(['istio', 'kong']),
  /** As written or translated, without any limit, the own namespace only, known calls only. */
  scope: Type.Enum(['written', 'none', 'namespace', 'calls']),
  /** Of the mean proxy. */
  load: Load,
  /** Bytes of all proxies together. */
  total: Type.Number(),
  /** Proxies that get something when the endpoints of a service change, in the mean. */
  touched: Type.Number(),
  /** The same estate at other sizes. */
  projection: Type.Array(
    Type.Object({
      services: Type.Integer(),
      proxies: Type.Integer(),
      load: Load,
      total: Type.Number(),
      touched: Type.Number(),
    }),
  ),
});
export type ScopedFanOut = Static<typeof ScopedFanOut>;

export const FanOutChange = Type.Object({
  mesh: Type.Enum(['istio', 'kong']),
  change: Type.String(),
  /** Proxies that something is sent to: in the mean, and at most. */
  proxies: Type.Number(),
  most: Type.Number(),
  /** Proxies whose configuration the control plane makes anew. */
  regenerated: Type.Number(),
  /** Bytes that one of them gets, in the mean. */
  bytes: Type.Integer(),
  sent: Type.String(),
});
export type FanOutChange = Static<typeof FanOutChange>;

/** How far configuration spreads, in Istio and then in Kong Mesh. */
export const FanOut = Type.Object({
  sentence: Type.String(),
  version: Type.String(),
  services: Type.Integer(),
  /** What Kong Mesh's proxies have listeners for. */
  destinations: Type.Integer(),
  proxies: Type.Integer(),
  namespaces: Type.Array(NamespaceFanOut),
  scopings: Type.Array(ScopedFanOut),
  changes: Type.Array(FanOutChange),
  /** What the numbers follow from. */
  formulas: Type.Array(Type.Object({ mesh: Type.Enum(['istio', 'kong']), of: Type.String(), formula: Type.String() })),
  assumptions: Type.Array(Type.String()),
});
export type FanOut = Static<typeof FanOut>;
