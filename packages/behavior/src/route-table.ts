import type { Decision, Milliseconds } from './decision.ts';
import { firstMiss, type Miss, type Predicate } from './predicate.ts';
import type { Request } from './request.ts';

/** The rule of a configuration that a route comes from; undefined for what the mesh adds by itself. */
export interface Rule {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Path of the rule, or of the match where it has one: `spec.http[0].match[1]`. */
  readonly path: string;
}

/** One step of the list: what requests it takes and what becomes of them. */
export interface Route {
  readonly predicate: Predicate;
  readonly decision: Decision;
  readonly rule?: Rule;
}

/**
 * The routes of some hosts. A domain is compared with the request's authority without its port and without regard to case:
 * as it is, as a suffix (`*.shop`), as a prefix (`shop.*`) or any (`*`), in this order, the longest first (Envoy's
 * `virtual_hosts.domains`).
 */
export interface VirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
  /** The first whose predicate holds decides; none: the proxy answers 404. */
  readonly routes: readonly Route[];
}

/** How long a proxy waits for its clients before it gives them up; absent or 0: for ever. */
export interface Waits {
  /** For all headers of a request. */
  readonly headers?: Milliseconds;
  /** For all of a request. */
  readonly request?: Milliseconds;
  /** For the next request on a connection. */
  readonly connection?: Milliseconds;
}

/** All that a client's proxy does with HTTP requests that come in on one listener. */
export interface RouteTable {
  readonly virtualHosts: readonly VirtualHost[];
  /** For an authority that no virtual host has. */
  readonly otherwise: Decision;
  /**
   * The proxy passes bytes on without reading requests: of the one decision only the destinations count, and there is a
   * route for whatever is sent.
   */
  readonly opaque?: true;
  /** What was set beside what the mesh says by itself, for the requests of all routes. */
  readonly waits?: Waits;
}

/** What became of a request, with the steps that led there. */
export interface Evaluation {
  readonly decision: Decision;
  readonly virtualHost?: VirtualHost;
  /** The route that decided; undefined where none did. */
  readonly route?: Route;
  /** Routes that were tried before, with the condition that failed. */
  readonly tried: readonly { readonly route: Route; readonly miss: Miss }[];
}

const withoutPort = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

type Fit = readonly [rank: number, length: number];

function fitOf(domain: string, host: string): Fit | undefined {
  const lower = domain.toLowerCase();
  if (lower === '*') return [3, 0];
  if (lower.startsWith('*')) {
    const suffix = lower.slice(1);
    return host.length > suffix.length && host.endsWith(suffix) ? [1, suffix.length] : undefined;
  }
  if (lower.endsWith('*')) {
    const prefix = lower.slice(0, -1);
    return host.length > prefix.length && host.startsWith(prefix) ? [2, prefix.length] : undefined;
  }
  return lower === host ? [0, 0] : undefined;
}

/** The virtual host that takes an authority; undefined where none does. */
export function findVirtualHost(table: RouteTable, authority: string): VirtualHost | undefined {
  const host = withoutPort(authority);
  let best: { fit: Fit; virtualHost: VirtualHost } | undefined;
  for (const virtualHost of table.virtualHosts) {
    for (const domain of virtualHost.domains) {
      const fit = fitOf(domain, host);
      if (fit === undefined) continue;
      if (best === undefined || fit[0] < best.fit[0] || (fit[0] === best.fit[0] && fit[1] > best.fit[1]))
        best = { fit, virtualHost };
    }
  }
  return best?.virtualHost;
}

/** Decides one request, whose path is normalised already (`normalizePath`). */
export function evaluate(table: RouteTable, request: Request): Evaluation {
  const virtualHost = findVirtualHost(table, request.authority);
  if (virtualHost === undefined) return { decision: table.otherwise, tried: [] };
  const tried: { route: Route; miss: Miss }[] = [];
  for (const route of virtualHost.routes) {
    const miss = firstMiss(route.predicate, request);
    if (miss === undefined) return { decision: route.decision, virtualHost, route, tried };
    tried.push({ route, miss });
  }
  return { decision: { kind: 'respond', status: 404 }, virtualHost, tried };
}
