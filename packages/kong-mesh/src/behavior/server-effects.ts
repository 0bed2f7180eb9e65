import type { HeaderChanges, RateLimit, ServerEffects, ServerFault } from '@isthmus/behavior';
import { type Json, type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import type { Destination, DestinationPort } from './destination.ts';
import { isHttp } from './destination.ts';
import { millisecondsOf } from './duration.ts';
import { forEveryone, forIdentities, type InboundQuestion, type InboundRule, inboundRules } from './inbound-rules.ts';
import type { Mesh } from './mesh.ts';
import { notFollowed } from './proxy-patch.ts';
import { decimalOf, filledOf, listOf, mapOf, numberOf, textOf } from './value.ts';

/** Without any rule the code's default holds, which the default policy of a mesh switches off (routing.md 2.7). */
const requestTimeout = 15_000;

const timeoutIn = (conf: JsonObject): number | undefined => millisecondsOf(mapOf(conf.http).requestTimeout);

/** When the servers give up on a request (kuma, meshtimeout/plugin/xds/configurer.go, 2.14). */
function timeoutsOf(rules: readonly InboundRule[]): NonNullable<ServerEffects['timeouts']> {
  // Rules that are all for some clients leave the generator's own limit, which is none.
  const common = rules.length === 0 ? { conf: {} } : forEveryone(rules);
  const timeout = common === undefined ? 0 : (timeoutIn(common.conf) ?? requestTimeout);
  const named = forIdentities(rules, {}).flatMap(({ match, conf }) => {
    const own = timeoutIn(conf);
    return own === undefined ? [] : [{ ...match, timeout: own }];
  });
  return timeout === 0 ? named : [...named, { timeout }];
}

/** What the answer to a request beyond a limit has beside; of several values of one header each is one. */
function headersIn(onRateLimit: Json | undefined): HeaderChanges | undefined {
  const { add, set } = mapOf(mapOf(onRateLimit).headers);
  const pairs = (items: Json | undefined, values: (text: string) => string[]): [string, string][] =>
    listOf(items).flatMap((item) => {
      const { name, value } = mapOf(item);
      return values(textOf(value) ?? '').map((one): [string, string] => [(filledOf(name) ?? '').toLowerCase(), one]);
    });
  const found: HeaderChanges = {
    remove: [],
    set: pairs(set, (text) => text.split(',')),
    add: pairs(add, (text) => [text]),
  };
  return found.set.length + found.add.length === 0 ? undefined : found;
}

function rateLimitIn(conf: JsonObject, partly: boolean): RateLimit | undefined {
  const { disabled, requestRate, onRateLimit } = mapOf(mapOf(conf.local).http);
  const requests = numberOf(mapOf(requestRate).num);
  if (disabled === true || requests === undefined) return undefined;
  const headers = headersIn(onRateLimit);
  return {
    requests,
    interval: millisecondsOf(mapOf(requestRate).interval) ?? 0,
    status: numberOf(mapOf(onRateLimit).status) || 429,
    ...(headers === undefined ? {} : { headers }),
    ...(partly ? { partly: true as const } : {}),
  };
}

/** How many requests a server takes (kuma, meshratelimit/plugin/xds/configurer.go, 2.14). */
function rateLimitsOf(rules: readonly InboundRule[]): NonNullable<ServerEffects['rateLimits']> {
  const common = forEveryone(rules);
  const limit = common === undefined ? undefined : rateLimitIn(common.conf, common.partly);
  const named = forIdentities(rules, common?.conf ?? {}).flatMap(({ match, conf, partly }) => {
    const own = rateLimitIn(conf, partly);
    return own === undefined ? [] : [{ ...match, ...own }];
  });
  return limit === undefined ? named : [...named, limit];
}

/** An absent percentage is 0. */
const share = (value: Json | undefined): number => decimalOf(value) ?? 0;

/** One entry of `default.http[]` of a MeshFaultInjection; undefined where nothing ever comes of it. */
function faultOf({ abort, delay, responseBandwidth }: JsonObject): ServerFault | undefined {
  const aborted = mapOf(abort);
  const delayed = mapOf(delay);
  const slowed = mapOf(responseBandwidth);
  const status = numberOf(aborted.httpStatus);
  const duration = millisecondsOf(delayed.value);
  const limit = filledOf(slowed.limit);
  const parts: ServerFault = {
    ...(duration === undefined || share(delayed.percentage) === 0
      ? {}
      : { delay: { percentage: share(delayed.percentage), duration } }),
    ...(status === undefined || share(aborted.percentage) === 0
      ? {}
      : { abort: { percentage: share(aborted.percentage), status } }),
    ...(limit === undefined || share(slowed.percentage) === 0
      ? {}
      : { bandwidth: { percentage: share(slowed.percentage), limit } }),
  };
  return Object.keys(parts).length === 0 ? undefined : parts;
}

function faultsOf(rules: readonly InboundRule[], times: number): ServerFault[] {
  return rules.flatMap(({ match = {}, conf, partly }) =>
    listOf(conf.http).flatMap((item): ServerFault[] => {
      const fault = faultOf(mapOf(item));
      if (fault === undefined) return [];
      return [{ ...fault, ...match, ...(times === 1 ? {} : { times }), ...(partly ? { partly: true as const } : {}) }];
    }),
  );
}

/** The older `from` counts only where no policy has `rules`, and then merged into one. */
function faultRules(mesh: Mesh, question: InboundQuestion): InboundRule[] {
  const index = mesh.inbound.MeshFaultInjection;
  const rules = inboundRules(index, { ...question, fromAsRules: false });
  if (rules.length > 0) return rules;
  const older = forEveryone(inboundRules(index, question));
  return older === undefined ? [] : [{ match: undefined, ...older }];
}

/**
 * How often a fault is drawn: a Pod that N Services select on one port has N inbounds in 2.14, and each of them gets the
 * filters of all (routing.md 2.5, verified by running 2.14).
 */
function drawsOf({ catalog, options }: Mesh, destination: Destination, { endpoints }: DestinationPort): number {
  if (options.version !== '2.14' || endpoints.kind !== 'workloads') return 1;
  const inbounds = catalog
    .inNamespace(destination.namespace)
    .flatMap(({ ports }) => ports)
    .filter(
      ({ endpoints: other }) =>
        other.kind === 'workloads' && other.port === endpoints.port && matchesLabels(other.labels, endpoints.labels),
    ).length;
  return inbounds * inbounds;
}

/** Ports belong to one mesh each. */
const found = new WeakMap<DestinationPort, { readonly effects: ServerEffects | undefined }>();

/**
 * What the proxies of a destination's servers do to requests by themselves (routing.md 5.2 G); undefined: nothing.
 */
export function serverEffectsOf(
  mesh: Mesh,
  destination: Destination,
  port: DestinationPort,
): ServerEffects | undefined {
  const before = found.get(port);
  if (before !== undefined) return before.effects;
  const effects = findEffects(mesh, destination, port);
  found.set(port, { effects });
  return effects;
}

function findEffects(mesh: Mesh, destination: Destination, port: DestinationPort): ServerEffects | undefined {
  const { endpoints, protocol } = port;
  if (endpoints.kind !== 'workloads' || !isHttp(protocol)) return undefined;
  const { version } = mesh.options;
  const server = mesh.viewOf({ namespace: endpoints.namespace, labels: endpoints.labels });
  const question = { server, port: endpoints.port, version, fromAsRules: true, matching: version !== '2.13' };
  const timeouts = timeoutsOf(inboundRules(mesh.inbound.MeshTimeout, question));
  const rateLimits = rateLimitsOf(inboundRules(mesh.inbound.MeshRateLimit, question));
  const faulty = faultRules(mesh, { ...question, matching: true });
  const faults = faulty.length === 0 ? [] : faultsOf(faulty, drawsOf(mesh, destination, port));
  const [patch] = mesh.inboundPatchesOf(server);
  const effects: ServerEffects = {
    ...(patch === undefined ? {} : { unknown: notFollowed(patch, 'it may change what servers do') }),
    ...(timeouts.length === 0 ? {} : { timeouts }),
    ...(rateLimits.length === 0 ? {} : { rateLimits }),
    ...(faults.length === 0 ? {} : { faults }),
  };
  return Object.keys(effects).length === 0 ? undefined : effects;
}
