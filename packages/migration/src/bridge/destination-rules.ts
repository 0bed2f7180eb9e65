import { isList, isMap, type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';
import { type BridgedPort, type BridgedService, type BridgeFacts, demandsMtls } from './facts.ts';
import { bridgeObject } from './object.ts';
import { shiftName } from './place-name.ts';
import { isSame, type Placed } from './placed.ts';
import { remembered } from './remembered.ts';
import { isRouted } from './routed.ts';
import { ownTrustDomain } from './settings.ts';
import type { Halves } from './share.ts';

/** What tells pods of both meshes apart: Istio's injector sets the first, the bridge the second. */
const inIstioLabels = { 'security.istio.io/tlsMode': 'istio' } as const;
export const inKongLabels = { 'kuma.io/sidecar-injection': 'enabled' } as const;

/** Names of Istio's half and of Kong Mesh's half of a subset; `''` is the service without a subset. */
const half = (subset: string, mesh: 'istio' | 'kong'): string => (subset === '' ? mesh : `${subset}-${mesh}`);

const subsetOf = ({ subset }: JsonObject): string => (typeof subset === 'string' ? subset : '');

/** Both halves stand behind one Service, so that they are told apart by subsets. */
export const bySubset: Halves = {
  istio: (destination) => ({ ...destination, subset: half(subsetOf(destination), 'istio') }),
  kong: (destination) => ({ destination: { ...destination, subset: half(subsetOf(destination), 'kong') } }),
};

const policyOf = ({ trafficPolicy }: JsonObject): JsonObject => mapOf(trafficPolicy);
const portsOf = ({ portLevelSettings }: JsonObject): readonly JsonObject[] =>
  isList(portLevelSettings) ? portLevelSettings.filter(isMap) : [];
const numberOf = ({ port }: JsonObject): Json | undefined => mapOf(port).number;

/** TLS of Istio's client proxies as a rule says it; undefined where they choose for themselves. */
type ClientTls = JsonObject | undefined;

const tlsIn = ({ tls }: JsonObject): ClientTls => (isMap(tls) ? tls : undefined);
const hasMode = (tls: ClientTls, ...modes: readonly string[]): boolean => modes.includes(String(tls?.mode));

/** Whether proxies make TLS that is none of the mesh's: the application ends it. */
const isForApplication = (tls: ClientTls): boolean => hasMode(tls, 'SIMPLE', 'MUTUAL');

const withTls = ({ tls: _, ...policy }: JsonObject, tls: ClientTls): JsonObject =>
  tls === undefined ? policy : { ...policy, tls };

function identities(service: BridgedService, domains: readonly string[]): JsonObject {
  const names = service.accounts.flatMap((account) => {
    const [namespace, name] = account.split('/');
    return domains.map((domain) => `spiffe://${domain}/ns/${namespace}/sa/${name}`);
  });
  return { mode: 'ISTIO_MUTUAL', ...(names.length === 0 ? {} : { subjectAltNames: names }) };
}

/**
 * How Istio's sidecars connect to pods of Kong Mesh. They choose plaintext by themselves, since these pods lack the label of
 * Istio's mTLS; a proxy that demands mTLS accepts theirs, with the identities of both trust domains (security.md 4.1.1, B1), and
 * one that does not ends none of it (security.md 4.1.4). What the application itself ends is kept where it comes through.
 */
function tlsToKong(service: BridgedService, { input }: BridgeFacts): (own: ClientTls) => JsonObject {
  const tls = demandsMtls(service) ? identities(service, [ownTrustDomain(input.names)]) : { mode: 'DISABLE' };
  return (own) => (own !== undefined && isForApplication(own) && !demandsMtls(service) ? own : tls);
}

/**
 * How they connect to pods of both meshes behind one host, which are not told apart: with mTLS where it is demanded, which accepts
 * the identities of both meshes; else as each pod takes it, which no rule may overrule by Istio's mTLS.
 */
function tlsToBoth(service: BridgedService, facts: BridgeFacts): (own: ClientTls) => ClientTls {
  const both = identities(service, [facts.trust.trustDomain, ownTrustDomain(facts.input.names)]);
  return (own) => (demandsMtls(service) ? both : hasMode(own, 'ISTIO_MUTUAL') ? undefined : own);
}

/** Blocks that the settings of a port replace as a whole: what they leave out is the default, not what stands above. */
const blocks = ['connectionPool', 'outlierDetection', 'loadBalancer'] as const;

/**
 * The policy of Kong Mesh's half of a subset. Settings of a port replace those above them, TLS included, and a subset's own stand
 * over those of the rule (istio, pilot/pkg/networking/util, MergeSubsetTrafficPolicy, 1.32): each says what the half takes.
 */
function policyInKong(rule: JsonObject, subset: JsonObject, tlsOf: (own: ClientTls) => JsonObject): JsonObject {
  const tls = tlsOf(tlsIn(subset) ?? tlsIn(rule));
  const own = portsOf(subset);
  const numbers = new Set(own.map(numberOf));
  const ofSubset = own.map((entry) => withTls(entry, tlsOf(tlsIn(entry))));
  const above = Object.fromEntries(
    blocks.flatMap((block) => (subset[block] === undefined ? [] : [[block, subset[block]]])),
  );
  const ofRule = portsOf(rule).flatMap((entry) => {
    const needed = tlsOf(tlsIn(subset) ?? tlsIn(entry));
    return numbers.has(numberOf(entry)) || isSame(needed, tls) ? [] : [withTls({ ...entry, ...above }, needed)];
  });
  const ports = [...ofSubset, ...ofRule];
  return { ...subset, tls, ...(ports.length === 0 ? {} : { portLevelSettings: ports }) };
}

interface Subset {
  readonly name: string;
  readonly labels: JsonObject;
  readonly rest: JsonObject;
}

/** The settings of a port of which the connections go to both halves alike. */
function undivided(policy: JsonObject, { port }: BridgedPort, tlsOf: (own: ClientTls) => ClientTls): JsonObject {
  const entries = portsOf(policy);
  const entry = entries.find((one) => numberOf(one) === port);
  const own = entry === undefined ? tlsIn(policy) : tlsIn(entry);
  const tls = tlsOf(own);
  if (isSame(tls ?? {}, own ?? {})) return policy;
  const { portLevelSettings: _, ...above } = policy;
  const rest = Object.fromEntries(
    blocks.flatMap((block) => (above[block] === undefined ? [] : [[block, above[block]]])),
  );
  const made = withTls(entry ?? { port: { number: port }, ...rest }, tls);
  return { ...policy, portLevelSettings: [...entries.filter((one) => one !== entry), made] };
}

/** A DestinationRule with both halves of each of its subsets, and of the service without one. */
function withHalves(object: JsonObject, service: BridgedService, facts: BridgeFacts): JsonObject {
  const spec = mapOf(object.spec);
  const own = isList(spec.subsets) ? spec.subsets.filter(isMap) : [];
  const subsets = own.map(
    ({ name, labels, ...rest }): Subset => ({
      name: typeof name === 'string' ? name : '',
      labels: mapOf(labels),
      rest,
    }),
  );
  const tlsOf = tlsToKong(service, facts);
  const halves = [{ name: '', labels: {}, rest: {} }, ...subsets].flatMap(({ name, labels, rest }: Subset): Json[] => [
    { ...rest, name: half(name, 'istio'), labels: { ...labels, ...inIstioLabels } },
    {
      ...rest,
      name: half(name, 'kong'),
      labels: { ...labels, ...inKongLabels },
      trafficPolicy: policyInKong(policyOf(spec), policyOf(rest), tlsOf),
    },
  ]);
  const policy = service.ports
    .filter((port) => isUndivided(service, port, facts))
    .reduce((known, port) => undivided(known, port, tlsToBoth(service, facts)), policyOf(spec));
  return {
    ...object,
    spec: {
      ...spec,
      ...(Object.keys(policy).length === 0 ? {} : { trafficPolicy: policy }),
      subsets: [...own, ...halves],
    },
  };
}

/**
 * Whether connections of a port go to both halves alike, by the number of their pods: Istio routes those that bring TLS of their own
 * by the server name that they ask for, and a rule for some names would leave the others without a way.
 */
export const isUndivided = (service: BridgedService, port: BridgedPort, facts: BridgeFacts): boolean =>
  facts.input.settings.topology === 'same-cluster' &&
  port.routedBy.includes('tls') &&
  !isRouted(facts, service, port, 'tls');

/** A DestinationRule for pods that change meshes in place, without halves; the same object where nothing has to change. */
function forBoth(object: JsonObject, service: BridgedService, facts: BridgeFacts): JsonObject {
  const tlsOf = tlsToBoth(service, facts);
  const spec = mapOf(object.spec);
  const changed = (policy: JsonObject, isTop: boolean): JsonObject => {
    const ports = portsOf(policy).map((entry) => withTls(entry, tlsOf(tlsIn(entry))));
    const own = tlsIn(policy);
    return {
      // A subset without TLS of its own has that of the rule.
      ...(isTop || own !== undefined ? withTls(policy, tlsOf(own)) : policy),
      ...(ports.length === 0 ? {} : { portLevelSettings: ports }),
    };
  };
  const policy = changed(policyOf(spec), true);
  const next: JsonObject = {
    ...spec,
    ...(isSame(policy, policyOf(spec)) ? {} : { trafficPolicy: policy }),
    ...(isList(spec.subsets)
      ? {
          subsets: spec.subsets.map((one) =>
            isMap(one) && isMap(one.trafficPolicy) ? { ...one, trafficPolicy: changed(one.trafficPolicy, false) } : one,
          ),
        }
      : {}),
  };
  return isSame(next, spec) ? object : { ...object, spec: next };
}

/** Clients elsewhere look for the service's own rule where their namespace has none. */
function ownRule(service: BridgedService): JsonObject {
  const place = { name: shiftName(service), namespace: service.namespace };
  const spec = { host: service.hosts[0] ?? '' };
  return bridgeObject('networking.istio.io/v1', 'DestinationRule', place, { spec }, service.id);
}

const rulesFor = (facts: BridgeFacts, service: BridgedService): readonly Resource[] =>
  facts.rules.get(service.id) ?? [];
const hasOwn = (facts: BridgeFacts, service: BridgedService): boolean =>
  rulesFor(facts, service).some(({ namespace }) => namespace === service.namespace);

/** The DestinationRules of a service with both halves of it. */
export const rulesWithHalves = (facts: BridgeFacts, service: BridgedService): Placed[] =>
  remembered(facts, `halves ${service.id}`, () =>
    [
      ...rulesFor(facts, service).map(({ object }) => object),
      ...(hasOwn(facts, service) ? [] : [ownRule(service)]),
    ].map((object) => ({ cluster: 'shared', service: service.id, object: withHalves(object, service, facts) })),
  );

/** The DestinationRules of a service whose pods change meshes in place, as far as they have to say something else meanwhile. */
export const rulesInPlace = (facts: BridgeFacts, service: BridgedService): Placed[] =>
  remembered(facts, `in place ${service.id}`, () =>
    [
      ...rulesFor(facts, service).map(({ object }) => object),
      ...(hasOwn(facts, service) || !demandsMtls(service) ? [] : [ownRule(service)]),
    ].flatMap((object): Placed[] => {
      const changed = forBoth(object, service, facts);
      return changed === object ? [] : [{ cluster: 'shared', service: service.id, object: changed }];
    }),
  );

/** The DestinationRule by which Istio's proxies make TLS for the application of a service; undefined where none does. */
export function applicationTls(facts: BridgeFacts, service: BridgedService): Resource | undefined {
  return rulesFor(facts, service).find(({ object }) => {
    const spec = mapOf(object.spec);
    const subsets = isList(spec.subsets) ? spec.subsets.filter(isMap) : [];
    return [spec, ...subsets].some((one) => {
      const policy = policyOf(one);
      return [policy, ...portsOf(policy)].some((entry) => isForApplication(tlsIn(entry)));
    });
  });
}
