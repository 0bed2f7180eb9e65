import {
  type AuthorizationPolicy,
  type Constraint,
  constraintHolds,
  type EffectiveMtls,
  type Estate,
  effectiveMtls,
  type Facts,
  indexProxyChanges,
  isHttpOnly,
  isIdentity,
  type ProxyChange,
  type Rule,
  readAuthorizationPolicy,
  readByIstio,
  readPeerAuthentication,
  scopeOf,
  selects,
  type Trust,
  workloadsOf,
} from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Caller } from './callers.ts';

/** How a port of a workload speaks in Istio; `detected`: found out by the first bytes. */
export type Protocol = 'http' | 'tcp' | 'detected';

/** What a caller is let through to: every request, none, or that depends on the request (or on who is asked about it). */
export type Reach = 'all' | 'none' | 'depends';

/** A group of callers, by their numbers. */
export type CallerSet = ReadonlySet<number>;

/** What Istio's policies say to the callers of one workload. */
export interface ServerBefore {
  /** Those that a sidecar obeys, in order. */
  readonly policies: readonly AuthorizationPolicy[];
  /** RequestAuthentications, which refuse bad tokens. */
  readonly authentications: readonly Resource[];
  /** PeerAuthentications that may say something of it, the mesh's and the namespace's among them. */
  readonly peers: readonly Resource[];
  readonly mtls: EffectiveMtls;
  /** What else changes who gets in and how, and is not followed: EnvoyFilters and modules. */
  readonly changes: { readonly access: readonly ProxyChange[]; readonly transport: readonly ProxyChange[] };
  /** Equal for workloads to which the same policies apply. */
  readonly key: string;
  /** The groups of callers that the policies tell apart. */
  readonly named: readonly CallerSet[];
  /** What the policies say to a caller of whom there is an identity, or none (undefined). */
  reach(caller: number | undefined, port: number, protocol: Protocol): Reach;
}

interface ServerLabels {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Before {
  readonly trust: Trust;
  readonly policies: readonly AuthorizationPolicy[];
  of(server: ServerLabels): ServerBefore;
}

type Answer = 'yes' | 'no' | 'depends';

const not = (answer: Answer): Answer => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : answer);

function every(answers: Iterable<Answer>): Answer {
  let found: Answer = 'yes';
  for (const answer of answers) {
    if (answer === 'no') return 'no';
    if (answer === 'depends') found = answer;
  }
  return found;
}

const some = (answers: readonly Answer[]): Answer => not(every(answers.map(not)));

const alwaysThere = new Set(['request.method', 'request.path', 'request.host']);

const isSilent = ({ action, dryRun, attached }: AuthorizationPolicy): boolean =>
  action === 'AUDIT' || dryRun || attached;

interface Question {
  readonly caller: number | undefined;
  readonly port: number;
  readonly http: boolean;
}

/** Reads the parts of the policies that callers are told apart by, once for all workloads. */
function readSets(callers: readonly Caller[], trust: Trust) {
  const known = new Map<string, CallerSet>();
  const nothing: Omit<Facts, 'identity'> = {
    address: undefined,
    remoteAddress: undefined,
    port: 0,
    serverName: '',
    http: undefined,
  };
  const byPath = new Map<string, number[]>();
  const byNamespace = new Map<string, number[]>();
  const add = (map: Map<string, number[]>, key: string, index: number): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [index]);
    else list.push(index);
  };
  for (const [index, { namespace, account, before }] of callers.entries()) {
    if (before === undefined) continue;
    add(byPath, `/ns/${namespace}/sa/${account}`, index);
    add(byNamespace, namespace, index);
  }
  const all = [...callers.keys()];
  /** Those who may fit, so that not everybody is asked about a value that names one. */
  const candidates = ({ attribute }: Constraint, value: string, home: string): readonly number[] => {
    if (value.includes('*')) return all;
    if (attribute === 'source.namespace') return byNamespace.get(value) ?? [];
    if (attribute === 'source.principal') return byPath.get(value.slice(Math.max(0, value.indexOf('/')))) ?? [];
    if (attribute !== 'source.serviceAccount') return all;
    const [first = '', second] = value.split('/');
    return byPath.get(second === undefined ? `/ns/${home}/sa/${first}` : `/ns/${first}/sa/${second}`) ?? [];
  };
  return (constraint: Constraint, value: string, home: string): CallerSet => {
    const { attribute } = constraint;
    const key = `${attribute} ${attribute === 'source.serviceAccount' ? home : ''} ${value}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const one: Constraint = { ...constraint, negated: false, values: [{ path: '', text: value }] };
    const context = { trust, namespace: home };
    const found = new Set(
      candidates(constraint, value, home).filter((index) => {
        const identity = callers[index]?.before?.replace(/^spiffe:\/\//, '');
        return identity !== undefined && constraintHolds(one, { ...nothing, identity }, context);
      }),
    );
    known.set(key, found);
    return found;
  };
}

type SetOf = ReturnType<typeof readSets>;

function answerOf(constraint: Constraint, home: string, { caller, port }: Question, setOf: SetOf): Answer {
  const { attribute, negated, values } = constraint;
  const settled = (holds: boolean): Answer => (holds !== negated ? 'yes' : 'no');
  if (isIdentity(attribute))
    return settled(caller !== undefined && values.some(({ text }) => setOf(constraint, text, home).has(caller)));
  if (attribute === 'destination.port') return settled(values.some(({ text }) => Number(text) === port));
  if (alwaysThere.has(attribute) && values.some(({ text }) => text === '*')) return settled(true);
  return 'depends';
}

function ruleHolds(rule: Rule, policy: AuthorizationPolicy, question: Question, setOf: SetOf): Answer {
  const isLost = ({ attribute }: Constraint): boolean => !question.http && isHttpOnly(attribute);
  const parts = [rule.from, rule.to];
  const all = [...parts.flat().flatMap(({ constraints }) => constraints), ...rule.when];
  // Without HTTP an allowing rule with anything of it never matches, and another one ignores it (model.go checkError, 1.32).
  if (policy.action === 'ALLOW' && all.some(isLost)) return 'no';
  const holds = (constraint: Constraint): Answer =>
    isLost(constraint) ? 'yes' : answerOf(constraint, policy.namespace, question, setOf);
  return every([
    ...parts.map((part) =>
      part.length === 0 ? 'yes' : some(part.map(({ constraints }) => every(constraints.map(holds)))),
    ),
    ...rule.when.map(holds),
  ]);
}

function authorize(policies: readonly AuthorizationPolicy[], question: Question, setOf: SetOf): Answer {
  const of = (action: AuthorizationPolicy['action']): AuthorizationPolicy[] =>
    policies.filter((policy) => policy.action === action);
  const hits = (policy: AuthorizationPolicy): Answer =>
    some(policy.rules.map((rule) => ruleHolds(rule, policy, question, setOf)));
  // What Istio's validation refuses is not in the cluster, or does there what it can: an ALLOW lets nobody in.
  const denied = of('DENY').map((policy) => (policy.problems.length > 0 ? 'depends' : hits(policy)));
  const custom = of('CUSTOM').map(
    (policy): Answer => (policy.problems.length === 0 && hits(policy) === 'no' ? 'no' : 'depends'),
  );
  const allowing = of('ALLOW');
  const allowed =
    allowing.length === 0 ? 'yes' : some(allowing.map((policy) => (policy.problems.length > 0 ? 'no' : hits(policy))));
  return every([...denied.map(not), ...custom.map(not), allowed]);
}

const reaches: Readonly<Record<Answer, Reach>> = { yes: 'all', no: 'none', depends: 'depends' };

/** Reads Istio's side of who may call whom (security.md 2); external authorizers may refuse whatever they are asked about. */
export function readBefore(
  whole: Estate,
  trust: Trust,
  policies: readonly AuthorizationPolicy[],
  callers: readonly Caller[],
): Before {
  const estate = readByIstio(whole, trust.rootNamespace);
  const ofKind = (kind: string): Resource[] =>
    estate.istio.filter((one) => one.kind === kind && one.group === 'security.istio.io');
  const peers = ofKind('PeerAuthentication').map((one) => readPeerAuthentication(one, trust.rootNamespace));
  const tokens = ofKind('RequestAuthentication').map((one) => ({ one, scope: scopeOf(one, trust.rootNamespace) }));
  const speaking = policies.filter((policy) => !isSilent(policy)).map((policy, index) => ({ policy, index }));
  // A policy of a namespace is for its workloads only.
  const byNamespace = Map.groupBy(speaking, ({ policy }) => policy.scope.namespace);
  const peersByNamespace = Map.groupBy(peers, ({ scope }) => scope.namespace);
  const setOf = readSets(callers, trust);
  const proxies = indexProxyChanges(estate, trust.rootNamespace);
  const workloads = Map.groupBy(workloadsOf(estate), ({ namespace }) => namespace);
  // Where the import holds no Pods of a Service, its selector stands for them.
  const isWhole = ({ namespace, labels }: ServerLabels): boolean =>
    (workloads.get(namespace) ?? []).some((one) => matchesLabels(labels, one.labels));
  return {
    trust,
    policies,
    of(server) {
      const own = [...(byNamespace.get(undefined) ?? []), ...(byNamespace.get(server.namespace) ?? [])]
        .filter(({ policy }) => selects(policy.scope, server))
        .sort((a, b) => a.index - b.index);
      const found = own.map(({ policy }) => policy);
      const authentications = tokens.filter(({ scope }) => selects(scope, server)).map(({ one }) => one);
      const near = [...(peersByNamespace.get(undefined) ?? []), ...(peersByNamespace.get(server.namespace) ?? [])];
      const identities = found.flatMap((policy) =>
        policy.rules.flatMap((rule) =>
          [...rule.from.flatMap(({ constraints }) => constraints), ...rule.when]
            .filter(({ attribute }) => isIdentity(attribute))
            .flatMap((constraint) => constraint.values.map(({ text }) => setOf(constraint, text, policy.namespace))),
        ),
      );
      const { namespace, labels } = server;
      const selection = { namespaces: [namespace], labels, isWhole: isWhole(server) };
      const changes = {
        access: proxies.of('inbound', 'access', selection),
        transport: proxies.of('inbound', 'transport', selection),
      };
      return {
        policies: found,
        authentications,
        peers: near.filter(({ scope }) => selects(scope, server)).map(({ resource }) => resource),
        mtls: effectiveMtls(near, server),
        changes,
        key: `${changes.access.map(({ words }) => words)}|${own.map(({ index }) => index)}|${authentications.map((one) => tokens.findIndex((token) => token.one === one))}`,
        named: [...new Set(identities)],
        reach(caller, port, protocol) {
          const ask = (http: boolean): Answer => authorize(found, { caller, port, http }, setOf);
          const answers = [...(protocol === 'tcp' ? [] : [ask(true)]), ...(protocol === 'http' ? [] : [ask(false)])];
          const [first = 'yes', second = first] = answers;
          const reach = reaches[first === second ? first : 'depends'];
          // A bad token is refused before any policy is asked.
          return reach === 'all' && authentications.length > 0 && protocol !== 'tcp' ? 'depends' : reach;
        },
      };
    },
  };
}

/** The AuthorizationPolicies that Istio reads. */
export function policiesOf(estate: Estate, rootNamespace: string): AuthorizationPolicy[] {
  return readByIstio(estate, rootNamespace)
    .istio.filter(({ kind, group }) => kind === 'AuthorizationPolicy' && group === 'security.istio.io')
    .map((one) => readAuthorizationPolicy(one, rootNamespace));
}
