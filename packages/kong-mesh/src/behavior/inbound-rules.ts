import type { TextMatch } from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import type { ClientView } from './client-view.ts';
import { label } from './labels.ts';
import { mergeConfs } from './merge.ts';
import type { Policy } from './policy.ts';
import { comparePolicies } from './precedence.ts';
import { selects } from './selection.ts';
import { filledOf, listOf, mapOf } from './value.ts';

/** Which clients a rule for incoming traffic is for; both undefined: all. */
export interface ClientMatch {
  readonly identity?: TextMatch;
  readonly sni?: string;
}

/** A rule for the traffic that comes in on a port. */
export interface InboundRule {
  readonly match: ClientMatch | undefined;
  readonly conf: JsonObject;
  /** It is for some of the servers or clients only, and which is not known. */
  readonly partly: boolean;
}

/** Policies for incoming traffic, found by the namespace of the servers that they may apply to. */
export interface InboundIndex {
  readonly everywhere: readonly Policy[];
  readonly byNamespace: ReadonlyMap<string, readonly Policy[]>;
}

/** The only namespace that a policy can apply to; undefined: any. */
function namespaceOf({ role, home, topLevel }: Policy): string | undefined {
  if (role === 'consumer' || role === 'workload-owner') return home;
  return topLevel.kind === 'Dataplane' ? topLevel.labels?.[label.namespace] : undefined;
}

/** Indexes policies that have something to say about incoming traffic. */
export function indexInbound(policies: readonly Policy[]): InboundIndex {
  const speaking = policies.filter(({ spec }) => listOf(spec.rules).length > 0 || listOf(spec.from).length > 0);
  const byNamespace = Map.groupBy(speaking, (policy) => namespaceOf(policy) ?? '');
  return { everywhere: byNamespace.get('') ?? [], byNamespace };
}

/**
 * Whether a policy applies to a group of servers: to some, where it asks for labels that the group does not have in common.
 * The section is compared with the port of the container, whose name is not known here.
 */
function selectsServers(policy: Policy, server: ClientView, port: number | string): 'all' | 'some' | 'none' {
  const { labels = {}, sectionName } = policy.topLevel;
  const sections = sectionName === undefined || sectionName === String(port);
  const certain = sections || (typeof port === 'string' ? false : /^\d+$/.test(sectionName ?? ''));
  if (!sections && certain) return 'none';
  const answer = sections ? 'all' : 'some';
  if (selects(policy, server)) return answer;
  if (policy.topLevel.kind !== 'Dataplane') return 'none';
  return selects(policy, { ...server, labels: { ...labels, ...server.labels } }) ? 'some' : 'none';
}

function matchOf(value: Json): ClientMatch {
  const { spiffeID, sni } = mapOf(value);
  const id = filledOf(mapOf(spiffeID).value);
  const name = filledOf(mapOf(sni).value);
  const kind = mapOf(spiffeID).type === 'Prefix' ? 'prefix' : 'exact';
  return {
    ...(id === undefined ? {} : { identity: { kind, value: id } }),
    ...(name === undefined ? {} : { sni: name }),
  };
}

/** The rules of one policy, in the order written. */
export function rulesOf(
  { spec }: Policy,
  { version, fromAsRules, matching }: Pick<InboundQuestion, 'version' | 'fromAsRules' | 'matching'>,
): InboundRule[] {
  const rules = listOf(spec.rules);
  if (rules.length > 0)
    return rules.flatMap((item) => {
      const { matches, default: conf } = mapOf(item);
      const found = matching ? listOf(matches).map(matchOf) : [];
      return (found.length === 0 ? [undefined] : found).map((match) => ({ match, conf: mapOf(conf), partly: false }));
    });
  if (version === '3.0' || !fromAsRules) return [];
  return listOf(spec.from).map((item) => {
    const { targetRef, default: conf } = mapOf(item);
    // Other kinds than Mesh are for the clients with some tags.
    return { match: undefined, conf: mapOf(conf), partly: mapOf(targetRef).kind !== 'Mesh' };
  });
}

/** Whether a rule for some clients is for all that another one is for (`matchedRouteSubsumes`). */
function covers(wide: ClientMatch, narrow: ClientMatch): boolean {
  if (wide.sni !== undefined && wide.sni !== narrow.sni) return false;
  if (wide.identity === undefined) return true;
  const { kind, value } = narrow.identity as { kind: string; value: string };
  const { kind: wideKind, value: wideValue } = wide.identity as { kind: string; value: string };
  return wideKind === 'prefix' ? value.startsWith(wideValue) : kind === 'exact' && value === wideValue;
}

const prefixLength = ({ match }: InboundRule): number =>
  match?.identity?.kind === 'prefix' ? match.identity.value.length : 0;

/**
 * What rules say to clients with some identity: for each that is named the merged configuration of all rules for it, on a
 * common ground; the narrowest first.
 */
export function forIdentities(
  rules: readonly InboundRule[],
  ground: JsonObject,
): { readonly match: ClientMatch; readonly conf: JsonObject; readonly partly: boolean }[] {
  const named = rules.filter(({ match }) => match?.identity !== undefined);
  const narrowFirst = [...named]
    .reverse()
    .sort((a, b) => compareMatch(a.match, b.match) || prefixLength(b) - prefixLength(a));
  const seen = new Set<string>();
  return narrowFirst.flatMap(({ match = {} }) => {
    const key = JSON.stringify(match);
    if (seen.has(key)) return [];
    seen.add(key);
    const all = narrowFirst.filter((rule) => covers(rule.match ?? {}, match)).reverse();
    return [
      { match, conf: mergeConfs([ground, ...all.map(({ conf }) => conf)]), partly: all.some(({ partly }) => partly) },
    ];
  });
}

/** The merged configuration of the rules that are for all clients; undefined where there is none. */
export function forEveryone(
  rules: readonly InboundRule[],
): { readonly conf: JsonObject; readonly partly: boolean } | undefined {
  const all = rules.filter(({ match }) => match === undefined);
  if (all.length === 0) return undefined;
  return { conf: mergeConfs(all.map(({ conf }) => conf)), partly: all.some(({ partly }) => partly) };
}

const kindRank = ({ identity, sni }: ClientMatch): readonly [number, number] => [
  identity === undefined ? 2 : identity.kind === 'exact' ? 0 : 1,
  sni === undefined ? 1 : 0,
];

/** Exact identities first, then prefixes, then names, then what is for all (kuma, core/rules/inbound/sort.go). */
function compareMatch(a: ClientMatch | undefined, b: ClientMatch | undefined): number {
  const [x, y] = [kindRank(a ?? {}), kindRank(b ?? {})];
  return x[0] - y[0] || x[1] - y[1];
}

export interface InboundQuestion {
  readonly server: ClientView;
  /** The port of the container. */
  readonly port: number | string;
  readonly version: TargetVersion;
  /** Whether the kind's `from` counts as rules for all clients. */
  readonly fromAsRules: boolean;
  /** Whether the kind's rules know conditions on clients in this version; otherwise they are pruned. */
  readonly matching: boolean;
}

/** The rules for what comes in on a port of a group of servers, the weakest first among equals. */
export function inboundRules(index: InboundIndex, question: InboundQuestion): InboundRule[] {
  const { server, port } = question;
  return [...index.everywhere, ...(index.byNamespace.get(server.namespace) ?? [])]
    .sort(comparePolicies)
    .flatMap((policy) => {
      const which = selectsServers(policy, server, port);
      if (which === 'none') return [];
      return rulesOf(policy, question).map((rule) => ({ ...rule, partly: rule.partly || which === 'some' }));
    })
    .sort((a, b) => compareMatch(a.match, b.match));
}
