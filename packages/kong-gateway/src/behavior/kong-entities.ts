import type { ClusterObject } from './cluster.ts';

/** A condition on a text: equal, with this beginning, with this end, or found by this expression of Rust's regex crate. */
export interface Condition {
  readonly op: '==' | '^=' | '=^' | '~';
  readonly value: string;
}

/** A condition on a header or a query parameter: one of `any` holds. */
export interface NamedCondition {
  /** Headers: lower case, with hyphens. */
  readonly name: string;
  readonly any: readonly Condition[];
}

/** A match of a route object that a Kong route was made of. */
export interface Origin {
  readonly rule: number;
  readonly match: number;
  /** What it asks of the path, where the Kong route joins several. */
  readonly paths?: readonly Condition[];
}

/** Changes to headers by the transformer plugins: `set` replaces and adds, `add` appends. */
export interface HeaderChange {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** The plugins that filters of Gateway API become. */
export interface RoutePlugins {
  readonly request?: HeaderChange & { readonly uri?: string };
  readonly response?: HeaderChange;
  readonly redirect?: { readonly status: number; readonly location: string; readonly keepPath: boolean };
  /** Names of KongPlugins of the route's namespace. */
  readonly named: readonly string[];
}

/** A route of Kong's. An empty list of conditions asks nothing. */
export interface KongRoute {
  readonly name: string;
  readonly id: string;
  /** Which of the routes into which the router has divided it by its paths; 0: the first, or all of it. */
  readonly part: number;
  readonly of: ClusterObject;
  readonly origins: readonly Origin[];
  readonly hosts: readonly Condition[];
  readonly snis: readonly string[];
  readonly methods: readonly string[];
  readonly paths: readonly Condition[];
  readonly headers: readonly NamedCondition[];
  readonly queries: readonly NamedCondition[];
  readonly protocols: readonly string[];
  /** The higher is tried first; equal ones by id, the larger first. */
  readonly priority: bigint;
  readonly httpsRedirectStatus: number;
  /** Undefined: Kong's default, false. */
  readonly preserveHost: boolean | undefined;
  readonly stripPath: boolean;
  readonly plugins: RoutePlugins;
}

/** A Service of Kubernetes behind a route, by its port. */
export interface Backend {
  readonly namespace: string;
  readonly name: string;
  readonly port: number | string | undefined;
  /** Undefined: Kong's default, 100. */
  readonly weight: number | undefined;
}

/** A service of Kong's with the routes to it. */
export interface KongService {
  readonly name: string;
  readonly parent: ClusterObject;
  readonly backends: readonly Backend[];
  /** There are references to backends, but none that can be used: every request gets 500. */
  readonly terminated: boolean;
  readonly timeoutMs: number;
  /** How often a request is sent again after a failed try. */
  readonly retries: number;
  readonly routes: readonly KongRoute[];
}

export const noPlugins: RoutePlugins = { named: [] };
export const defaultTimeoutMs = 60_000;
/** Of every service of the controller (subtranslator/subtranslator_vars.go DefaultRetries, 3.5). */
export const defaultRetries = 5;
