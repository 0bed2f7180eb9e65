import type { Client, Decision, Retries, RouteTable } from '@isthmus/behavior';
import {
  type CompiledService,
  type EffectiveConfig,
  indexProxyChanges,
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

const decisionsOf = ({ virtualHosts, otherwise }: RouteTable): Decision[] => [
  otherwise,
  ...virtualHosts.flatMap(({ routes }) => routes.map(({ decision }) => decision)),
];

const hostsIn = (table: RouteTable): Set<string> =>
  new Set(
    decisionsOf(table).flatMap((decision) =>
      decision.kind === 'forward' ? decision.destinations.map(({ destination }) => destination.host) : [],
    ),
  );

/** A service on a port, as some clients call it. */
export interface Called {
  readonly config: EffectiveConfig;
  readonly client: Client;
  readonly service: RegistryService;
  readonly port: number;
  /** Undefined where the clients do not know the service. */
  readonly compiled: CompiledService | undefined;
}

/** Whether a change is for what is sent to a service: what is done with requests nobody does with other connections. */
export const isMet = (change: ProxyChange, compiled: CompiledService | undefined): boolean =>
  !(change.ofRequests && compiled?.kind === 'connections');

/** Whether what is sent to a port comes to a listener for it: one of a Sidecar's own may take what is for other ports. */
const listensAsUsual = (config: EffectiveConfig, client: Client): boolean =>
  config.scopeOf(client).listeners.every((listener) => listener.port === undefined);

/** The changes to the proxies of clients that their requests to a service meet. */
export function changesOfClients(
  { config, client, service, port, compiled }: Called,
  callers: Selection,
): readonly ProxyChange[] {
  const proxies = proxyChangesOf(config);
  if (proxies.isEmpty) return [];
  const hosts = compiled === undefined ? new Set<string>() : hostsIn(compiled.table);
  const usual = listensAsUsual(config, client);
  return proxies
    .all('outbound', callers)
    .filter(
      (change) =>
        isMet(change, compiled) &&
        (change.port === undefined || change.port === port || !usual || change.host !== undefined) &&
        (change.host === undefined || change.host === service.host || hosts.has(change.host)),
    );
}

/** Of changes the ones that set the same as another one: which of them counts depends on their order. */
export function rivals(changes: readonly ProxyChange[]): ReadonlySet<ProxyChange> {
  const settings = (idiom: NonNullable<ProxyChange['idiom']>): string[] => {
    if (idiom.kind === 'cluster') return Object.keys(idiom.settings).map((name) => `cluster ${name}`);
    return idiom.kind === 'waits'
      ? [...Object.keys(idiom.waits), ...(idiom.streamIdle === undefined ? [] : ['streamIdle'])]
      : [idiom.kind];
  };
  const setting = new Map<string, ProxyChange[]>();
  for (const change of changes)
    for (const name of change.idiom === undefined ? [] : settings(change.idiom))
      setting.set(name, [...(setting.get(name) ?? []), change]);
  return new Set([...setting.values()].filter(({ length }) => length > 1).flat());
}

/**
 * Which changes to the proxies of clients, or of gateways, the model follows: of what only one of them sets, timeouts.
 * @param isPortKnown whether one for a port is for the requests that are compared
 */
export function followedAmong(changes: readonly ProxyChange[], isPortKnown: boolean): (change: ProxyChange) => boolean {
  const competing = rivals(changes);
  return (change) =>
    change.idiom?.kind === 'waits' && !competing.has(change) && (change.port === undefined || isPortKnown);
}

/**
 * The same for clients that call a service, of whom settings of connections are followed too. Nobody reads requests for a
 * service that they do not know.
 */
export function followedOfClients(
  { config, client, compiled }: Called,
  changes: readonly ProxyChange[],
): (change: ProxyChange) => boolean {
  if (compiled === undefined) return () => false;
  const competing = rivals(changes);
  const ofWaits = followedAmong(changes, listensAsUsual(config, client));
  // What is merged into the action of a route makes one that redirects or answers another action.
  const forwards = compiled.table.virtualHosts.every(({ routes }) =>
    routes.every(({ decision }) => decision.kind === 'forward'),
  );
  return (change) => {
    const kind = change.idiom?.kind;
    if (kind === 'retries') return forwards && !competing.has(change);
    return kind === 'cluster' ? !competing.has(change) : ofWaits(change);
  };
}

type RetriesIdiom = Extract<ProxyChange['idiom'], { readonly kind: 'retries' }>;

/** Retries with what a merge sets of them; where there were none Envoy's own defaults hold, and nothing without conditions. */
function mergedRetries(before: Retries | undefined, { retries }: RetriesIdiom): Retries | undefined {
  if (before !== undefined) return { ...before, ...retries };
  return retries.on === undefined
    ? undefined
    : {
        attempts: 1,
        statusCodes: [],
        backOff: { base: 25, max: 250 },
        previousHosts: 'use',
        ...retries,
        on: retries.on,
      };
}

/** A table with the retries that changes merge into its routes. */
export function withRetries(table: RouteTable, changes: readonly ProxyChange[]): RouteTable {
  const idioms = changes.flatMap(({ idiom }) => (idiom?.kind === 'retries' ? [idiom] : []));
  if (idioms.length === 0 || table.opaque === true) return table;
  return mapDecisions(table, (decision) => {
    if (decision.kind !== 'forward') return decision;
    const { retries, ...rest } = decision;
    const merged = idioms.reduce(mergedRetries, retries);
    return merged === undefined ? rest : { ...rest, retries: merged };
  });
}

/** A table with the timeouts that changes set: what is set for streams is each route's, none of which Istio gives one. */
export function withWaits(table: RouteTable, changes: readonly ProxyChange[]): RouteTable {
  const idioms = changes.flatMap(({ idiom }) => (idiom?.kind === 'waits' ? [idiom] : []));
  if (idioms.length === 0 || table.opaque === true) return table;
  const waits = Object.assign({}, ...idioms.map((idiom) => idiom.waits));
  const idleTimeout = idioms.find(({ streamIdle }) => streamIdle !== undefined)?.streamIdle;
  const timed = (decision: Decision): Decision =>
    decision.kind === 'forward' && idleTimeout !== undefined ? { ...decision, idleTimeout } : decision;
  return { ...mapDecisions(table, timed), ...(Object.keys(waits).length === 0 ? {} : { waits }) };
}

/** A table with other decisions; each is made anew once, however many routes share it. */
export function mapDecisions(table: RouteTable, change: (decision: Decision) => Decision): RouteTable {
  const made = new Map<Decision, Decision>();
  const changed = (decision: Decision): Decision => {
    const found = made.get(decision) ?? change(decision);
    made.set(decision, found);
    return found;
  };
  return {
    ...table,
    otherwise: changed(table.otherwise),
    virtualHosts: table.virtualHosts.map((host) => ({
      ...host,
      routes: host.routes.map((route) => ({ ...route, decision: changed(route.decision) })),
    })),
  };
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
