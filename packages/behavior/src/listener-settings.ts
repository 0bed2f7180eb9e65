/**
 * How a client's proxy treats the connections of its application to one destination, beside the routes: Envoy's HTTP
 * connection manager or its TCP proxy, spelled as in its API (proto JSON); what is absent has Envoy's default.
 */
export type ListenerSettings =
  | {
      readonly kind: 'http';
      readonly commonHttpProtocolOptions: { readonly idleTimeout?: string };
      readonly requestHeadersTimeout?: string;
      /** Of a stream that has no route's own. */
      readonly streamIdleTimeout?: string;
    }
  | { readonly kind: 'tcp'; readonly idleTimeout?: string; readonly maxConnectAttempts?: number };
