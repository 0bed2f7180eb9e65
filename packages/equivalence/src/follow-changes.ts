import type { RouteTable } from '@isthmus/behavior';
import type { Concern, ProxyChange } from '@isthmus/istio';
import { type Called, mapDecisions, proxyChangesOf, withRetries, withWaits } from './proxy-changes.ts';
import { changesOfServers, withServers } from './server-changes.ts';

/** What requests meet on their way in Istio that Istio's own configuration does not say. */
export interface OnTheWay {
  /** The clients' routes with what the model follows of it. */
  readonly table: RouteTable;
  /** What it follows. */
  readonly followed: readonly ProxyChange[];
  /** What it does not follow, by what that is about. */
  unfollowed(about: Concern): ProxyChange[];
}

/** Whether nothing can be told of requests to a service, whatever changes the proxies of the clients. */
export function isOpenAtServers(called: Called, table: RouteTable): boolean {
  const { unfollowed } = changesOfServers(called, table);
  return (['routing', 'resilience'] as const).every((aspect) =>
    unfollowed.some(({ concerns }) => concerns.includes(aspect)),
  );
}

/**
 * Follows the changes to proxies on the way of requests to a service as far as the model can: timeouts of the clients'
 * proxies, limits of rates and faults of the servers'.
 * @param table what the clients' proxies do with the requests without a change
 * @param outbound the changes to the clients' proxies
 * @param isFollowed which of these the model follows
 */
export function followChanges(
  called: Called,
  table: RouteTable,
  outbound: readonly ProxyChange[],
  isFollowed: (change: ProxyChange) => boolean,
): OnTheWay {
  const { config, compiled } = called;
  if (proxyChangesOf(config).isEmpty) return { table, followed: [], unfollowed: () => [] };
  const servers = changesOfServers(called, table);
  const ofClients = outbound.filter(isFollowed);
  const unfollowed = [...new Set([...outbound.filter((one) => !isFollowed(one)), ...servers.unfollowed])];
  const isOfBytes = compiled?.kind === 'connections';
  const changed = isOfBytes ? table : mapDecisions(table, (decision) => withServers(config, decision));
  return {
    table: withRetries(withWaits(changed, ofClients), ofClients),
    followed: [...ofClients, ...servers.followed],
    unfollowed: (about) => unfollowed.filter(({ concerns }) => concerns.includes(about)),
  };
}
