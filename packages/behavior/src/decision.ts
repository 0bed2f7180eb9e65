import type { HeaderMatch, TextMatch } from './predicate.ts';

/** Milliseconds; 0 means none. */
export type Milliseconds = number;

/** Who answers at a destination: what two meshes are compared by, whatever they call it. */
export type Endpoints =
  /** The workloads of a namespace that have these labels, on a port of theirs (number or name). */
  | {
      readonly kind: 'workloads';
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly port: number | string;
    }
  /** A host outside of the cluster. */
  | { readonly kind: 'external'; readonly host: string; readonly port: number }
  /** The address that the client dialled. */
  | { readonly kind: 'original' }
  /** Workloads of several of these together. */
  | { readonly kind: 'any'; readonly of: readonly Endpoints[] }
  /** Nobody: the proxy answers itself, with 503 unless another status is given. */
  | { readonly kind: 'none'; readonly reason: string; readonly status?: number };

/** Where a request goes. */
export interface Destination {
  /** As the mesh calls it: a FQDN with its subset, or a MeshService. */
  readonly host: string;
  readonly subset?: string;
  readonly port: number;
  readonly endpoints: Endpoints;
}

/** Changes to the headers of a message: remove, then set, then add. */
export interface HeaderChanges {
  readonly remove: readonly string[];
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
}

/** A failure that a server's proxy makes on purpose: to the client's proxy it looks like the server's own. */
export interface ServerFault extends Fault {
  /** Only for clients whose identity is like this (a SPIFFE ID); undefined: for all. */
  readonly identity?: TextMatch;
  /** Only where the client asks for this name when it sets TLS up. */
  readonly sni?: string;
  /** The answer comes at this speed at most. */
  readonly bandwidth?: { readonly percentage: number; readonly limit: string };
  /** How often the dice are thrown for one request; undefined: once. */
  readonly times?: number;
  /** Not on all servers of the destination. */
  readonly partly?: true;
}

/** Which clients something is for. Of several such things the first that fits a client counts. */
export interface ForIdentity {
  /** Undefined: for all that no other one is for. */
  readonly identity?: TextMatch;
  readonly sni?: string;
}

/** A limit on the requests that one server takes: a bucket that is full at first. */
export interface RateLimit {
  /** That come into the bucket in each interval. */
  readonly requests: number;
  readonly interval: Milliseconds;
  /** That the bucket holds; undefined: as many as come into it. */
  readonly most?: number;
  /** Of the answer to a request beyond it. */
  readonly status: number;
  /** What that answer has beside; undefined: nothing. */
  readonly headers?: HeaderChanges;
  /** Not on all servers of the destination. */
  readonly partly?: true;
}

/** What the proxies of a destination's servers do to requests by themselves; undefined: nothing. */
export interface ServerEffects {
  /** Why they may do more than is said here; undefined: they do not. */
  readonly unknown?: string;
  /** When they give up. */
  readonly timeouts?: readonly (ForIdentity & { readonly timeout: Milliseconds })[];
  readonly rateLimits?: readonly (ForIdentity & RateLimit)[];
  /** All of them that are for a client. */
  readonly faults?: readonly ServerFault[];
}

/** A destination with its part of the requests, relative to the others'; its header changes come before the route's. */
export interface WeightedDestination {
  readonly destination: Destination;
  readonly weight: number;
  /** The authority that this destination sees, where the route sets none. */
  readonly authority?: string;
  /** Undefined: its servers' proxies add nothing. */
  readonly server?: ServerEffects;
  readonly requestHeaders?: HeaderChanges;
  readonly responseHeaders?: HeaderChanges;
}

/** How the path changes on the way; the query stays. */
export type PathRewrite =
  /** Replaces the `length` first characters of the path, which the route's predicate matched. */
  | { readonly kind: 'prefix'; readonly length: number; readonly replacement: string }
  | { readonly kind: 'full'; readonly value: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly substitution: string };

/** How long to wait after an answer that names a time; the header that is found first counts. */
export interface RateLimitedBackOff {
  readonly headers: readonly { readonly name: string; readonly format: 'seconds' | 'unix-timestamp' }[];
  readonly max?: Milliseconds;
}

/** Retries after a failed try. */
export interface Retries {
  readonly attempts: number;
  /** Tokens of Envoy's `retry_on`, as the mesh orders them. */
  readonly on: readonly string[];
  readonly statusCodes: readonly number[];
  /** Undefined: each try may take as long as the whole request. */
  readonly perTryTimeout?: Milliseconds;
  readonly backOff?: { readonly base: Milliseconds; readonly max: Milliseconds };
  /** Only requests of these methods, or with one of `requestHeaders` where those are given; neither: all. */
  readonly methods?: readonly string[];
  readonly requestHeaders?: readonly HeaderMatch[];
  /** Answers with one of these headers are retried too. */
  readonly responseHeaders?: readonly HeaderMatch[];
  readonly rateLimitedBackOff?: RateLimitedBackOff;
  readonly previousHosts?: 'omit' | 'use';
  /** Endpoints with all of these labels are not tried again; one set of labels each. */
  readonly omitLabels?: readonly Readonly<Record<string, string>>[];
  /** After this many tries, endpoints of the next priority are preferred. */
  readonly previousPriorities?: number;
  readonly hostSelectionAttempts?: number;
}

/** A copy of the request that nobody waits for. */
export interface Mirror {
  readonly destination: Destination;
  /** 0 to 100. */
  readonly percentage: number;
  /** What the proxy puts behind the host, before a port, in the authority of the copy; undefined: nothing. */
  readonly hostSuffix?: string;
}

/** Failures made on purpose, by the client's proxy or (Kong Mesh) by the server's. */
export interface Fault {
  readonly delay?: { readonly percentage: number; readonly duration: Milliseconds };
  readonly abort?: { readonly percentage: number; readonly status?: number; readonly grpcStatus?: string };
}

/** What the choice of an endpoint depends on, as in Envoy's `hash_policy`. */
export type HashPolicy = { readonly terminal?: true } & (
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string; readonly path?: string; readonly ttl?: Milliseconds }
  | { readonly kind: 'query'; readonly name: string }
  | { readonly kind: 'sourceIp' }
  | { readonly kind: 'filterState'; readonly key: string }
);

/** What browsers on pages of other origins are told, by the proxy. */
export interface Cors {
  readonly allowOrigins: readonly TextMatch[];
  /** As the headers say it: names joined with commas. */
  readonly allowMethods?: string;
  readonly allowHeaders?: string;
  readonly exposeHeaders?: string;
  /** Seconds. */
  readonly maxAge?: string;
  readonly allowCredentials?: boolean;
  /** Preflight requests of other origins go on to the destination; else the proxy answers them. */
  readonly forwardsOtherPreflights: boolean;
}

/** The request goes on. */
export interface Forward {
  readonly kind: 'forward';
  /** All of them share the requests by weight; one without others gets all. */
  readonly destinations: readonly WeightedDestination[];
  readonly rewrite?: PathRewrite;
  /** The authority that the destination sees; undefined: the client's. */
  readonly authority?: string;
  readonly requestHeaders: HeaderChanges;
  readonly responseHeaders: HeaderChanges;
  readonly timeout: Milliseconds;
  /** Of one stream; undefined where the mesh sets none on the route. */
  readonly idleTimeout?: Milliseconds;
  /** How long a connection whose bytes nobody reads may last; absent: for ever. */
  readonly maxConnectionDuration?: Milliseconds;
  readonly retries?: Retries;
  readonly mirrors: readonly Mirror[];
  readonly fault?: Fault;
  readonly cors?: Cors;
  readonly hash: readonly HashPolicy[];
}

/** The proxy answers with a redirect. What is undefined stays as in the request. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly status: number;
  readonly scheme?: string;
  readonly host?: string;
  readonly port?: number;
  /** `full` replaces path and, where it holds a question mark, query. */
  readonly path?: PathRewrite;
  readonly responseHeaders?: HeaderChanges;
  readonly cors?: Cors;
}

/** What a proxy does with a request. */
export type Decision =
  | Forward
  | Redirect
  /** The proxy answers itself. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body?: string;
      readonly fault?: Fault;
      readonly responseHeaders?: HeaderChanges;
    }
  /** The request goes to where the client dialled, without any route. */
  | { readonly kind: 'passthrough' }
  /** The proxy has no listener for the destination: the connection bypasses every route. */
  | { readonly kind: 'no listener' }
  /** The proxy takes the connection and closes it. */
  | { readonly kind: 'closed'; readonly reason: string }
  /** The proxy refuses this configuration, or never gets it: it goes on with what it had before, which may be nothing. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** What the proxy does cannot be told: its configuration holds what the model does not follow. */
  | { readonly kind: 'unknown'; readonly reason: string };

export const noHeaderChanges: HeaderChanges = { remove: [], set: [], add: [] };
