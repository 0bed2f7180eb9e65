import type { Client, RouteTable } from '@isthmus/behavior';
import {
  type ClientGroup,
  type CompiledService,
  type Concern,
  type EffectiveConfig,
  indexProxyChanges,
  isMember,
  type ProxyChange,
  type ProxyChanges,
  type RegistryService,
  type Selection,
} from '@isthmus/istio';
import type { Verdict } from './difference.ts';

const known = new WeakMap<EffectiveConfig, ProxyChanges>();

/** What changes the proxies of an estate, read once. */
export function proxyChangesOf(config: EffectiveConfig): ProxyChanges {
  const found = known.get(config) ?? indexProxyChanges(config.estate, config.mesh.rootNamespace);
  known.set(config, found);
  return found;
}

const hostsIn = ({ virtualHosts, otherwise }: RouteTable): Set<string> =>
  new Set(
    [otherwise, ...virtualHosts.flatMap(({ routes }) => routes.map(({ decision }) => decision))].flatMap((decision) =>
      decision.kind === 'forward' ? decision.destinations.map(({ destination }) => destination.host) : [],
    ),
  );

/** A group of clients, for finding what changes their proxies. */
export const callersIn = (group: ClientGroup): Selection => ({
  namespaces: group.namespaces,
  labels: Object.assign({}, ...group.meets),
  has: (workload) => isMember(group, workload),
});

/** A service on a port, as some clients call it. */
export interface Called {
  readonly config: EffectiveConfig;
  readonly client: Client;
  /** The clients, of whom `client` is one. */
  readonly callers: Selection;
  readonly service: RegistryService;
  readonly port: number;
  /** Undefined where the clients do not know the service. */
  readonly compiled: CompiledService | undefined;
}

/** The changes to proxies that requests to a service meet on their way and the model of Istio does not follow, by concern. */
export function changesOnTheWay({
  config,
  client,
  callers,
  service,
  port,
  compiled,
}: Called): (about: Concern) => ProxyChange[] {
  const { of } = proxyChangesOf(config);
  const hosts = compiled === undefined ? new Set<string>() : hostsIn(compiled.table);
  // A listener of a Sidecar's own may take what is for other ports.
  const usual = config.scopeOf(client).listeners.every((listener) => listener.port === undefined);
  const meets = (change: ProxyChange): boolean => !(change.ofRequests && compiled?.kind === 'connections');
  const isOnTheWay = ({ port: only, host }: ProxyChange): boolean =>
    (only === undefined || only === port || !usual || host !== undefined) &&
    (host === undefined || host === service.host || hosts.has(host));
  const servers = { namespaces: [service.namespace], labels: service.selector ?? {} };
  return (about) => [
    ...of('outbound', about, callers).filter((one) => isOnTheWay(one) && meets(one)),
    ...of('inbound', about, servers).filter(meets),
  ];
}

const limitsApart = 'but for limits of rates, which are not compared';

/** Why a verdict on what is the same so far cannot be given. */
export function notFollowed(changes: readonly ProxyChange[]): string {
  const names = [...new Set(changes.map(({ words }) => words))];
  const more = names.length > 1 ? ` and ${names.length - 1} more change${names.length > 2 ? 's' : ''}` : '';
  return `${names[0]}${more} may change this in Istio, which the comparison does not follow`;
}

/**
 * A verdict as it is where proxies are changed: what is the same but for a change that nobody follows is undecided; so is a
 * difference where a change writes just such settings, as it may not be one. Any other difference stays.
 */
export function withProxyChanges(
  verdict: Verdict,
  changes: readonly ProxyChange[],
  limits: readonly ProxyChange[],
): Verdict {
  if (verdict.verdict === 'undecided') return verdict;
  if (verdict.verdict === 'differs') {
    const settings = changes.filter(({ concerns }) => concerns.join() === 'resilience');
    const [first] = verdict.counterexample.differences;
    return settings.length === 0 || first === undefined
      ? verdict
      : {
          verdict: 'undecided',
          reason: `${notFollowed(settings)}; without it, the ${first.what} would be ${first.before} in Istio and ${first.after} in Kong Mesh`,
        };
  }
  if (changes.length > 0) return { verdict: 'undecided', reason: notFollowed(changes) };
  return limits.length > 0 ? { verdict: 'same', but: limitsApart } : verdict;
}
