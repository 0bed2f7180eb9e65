import type { Client } from '@isthmus/behavior';
import { matchesLabels } from '@isthmus/kubernetes';
import { type ClientDistinctions, distinctionsOf } from './client-distinctions.ts';
import { questionsAbout } from './client-questions.ts';
import { type ClientView, sameView, viewOf } from './client-view.ts';
import type { EffectiveConfig } from './config.ts';
import type { Workload } from './workloads.ts';

type Labels = Readonly<Record<string, string>>;

/** Clients that Istio's routing treats alike. */
export interface ClientGroup {
  /** One of them. */
  readonly client: Client;
  /** Namespaces that they can be in, sorted: all that the estate names, where none makes a difference. */
  readonly namespaces: readonly string[];
  /** Selectors that somebody's routing depends on there, and which of these the members meet; they meet none of the others. */
  readonly asked: readonly Labels[];
  readonly meets: readonly Labels[];
  /** Whether a workload of the estate is one of them; else the group stands for clients that may exist. */
  readonly isKnown: boolean;
}

/** Whether a client is one of a group. */
export function isMember(group: ClientGroup, { namespace, labels }: Client): boolean {
  return (
    group.namespaces.includes(namespace) &&
    group.asked.every((selector) => matchesLabels(selector, labels) === group.meets.includes(selector))
  );
}

/** Namespaces whose clients are treated alike, by the view of the first. */
interface Alike {
  readonly view: ClientView;
  readonly namespaces: string[];
}

const pairsOf = (labels: Labels): string[] => Object.entries(labels).map(([key, value]) => `${key}=${value}`);
const keyOf = (selector: Labels): string => pairsOf(selector).sort().join();

const none: readonly Labels[] = [];

/** Distinct selectors, without the empty one, which everybody meets. */
function distinct(selectors: readonly Labels[]): readonly Labels[] {
  if (selectors.length === 0) return none;
  return [...new Map(selectors.map((selector) => [keyOf(selector), selector])).values()].filter(
    (selector) => Object.keys(selector).length > 0,
  );
}

/** Lists are kept and handed out again, as most hosts ask for the same ones. */
const remaining = new WeakMap<readonly string[], Map<string, readonly string[]>>();

/** A list without some of its names. */
function without(list: readonly string[], some: readonly string[]): readonly string[] {
  if (list.length === 0 || some.length === 0) return list;
  let ofList = remaining.get(list);
  if (ofList === undefined) {
    ofList = new Map();
    remaining.set(list, ofList);
  }
  const key = [...some].sort().join();
  const before = ofList.get(key);
  if (before !== undefined) return before;
  const excluded = new Set(some);
  const others = list.filter((name) => !excluded.has(name));
  ofList.set(key, others);
  return others;
}

interface SelectorIndex {
  readonly key: string;
  /** By the first of their labels. */
  readonly byPair: ReadonlyMap<string, readonly Labels[]>;
}

const indexes = new WeakMap<readonly Labels[], SelectorIndex>();

function indexOf(asked: readonly Labels[]): SelectorIndex {
  const before = indexes.get(asked);
  if (before !== undefined) return before;
  const index = {
    key: asked.map(keyOf).join(' '),
    byPair: Map.groupBy(asked, (selector) => pairsOf(selector)[0] as string),
  };
  indexes.set(asked, index);
  return index;
}

/**
 * One group for each answer to the selectors among clients of these namespaces.
 * @param imagined labels of clients that may exist beside the workloads of the estate
 */
function partsOf(
  namespaces: readonly string[],
  asked: readonly Labels[],
  imagined: readonly Labels[],
  found: ClientDistinctions,
): ClientGroup[] {
  const among = new Set(namespaces);
  const { byPair } = indexOf(asked);
  const metBy = (labels: Labels): Labels[] =>
    pairsOf(labels).flatMap((pair) => (byPair.get(pair) ?? []).filter((selector) => matchesLabels(selector, labels)));
  const groups = new Map<string, ClientGroup>();
  const add = (client: Client, meets: readonly Labels[], isKnown: boolean): void => {
    const key = meets.map(keyOf).sort().join(' ');
    if (!groups.has(key)) groups.set(key, { client, namespaces, asked, meets, isKnown });
  };
  const meeting = new Set<Workload>();
  for (const pair of byPair.keys())
    for (const workload of found.byLabel.get(pair) ?? []) {
      if (!among.has(workload.namespace) || meeting.has(workload)) continue;
      const meets = metBy(workload.labels);
      if (meets.length === 0) continue;
      meeting.add(workload);
      add({ namespace: workload.namespace, labels: workload.labels }, meets, true);
    }
  const [namespace = ''] = namespaces;
  for (const inhabited of namespaces) {
    const other = found.workloads.get(inhabited)?.find((workload) => !meeting.has(workload));
    if (other === undefined) continue;
    add({ namespace: inhabited, labels: other.labels }, [], true);
    break;
  }
  for (const labels of imagined) add({ namespace, labels }, metBy(labels), false);
  return [...groups.values()];
}

const made = new WeakMap<readonly string[], Map<string, readonly ClientGroup[]>>();

function groupsOf(
  namespaces: readonly string[],
  asked: readonly Labels[],
  imagined: readonly Labels[],
  found: ClientDistinctions,
): readonly ClientGroup[] {
  let ofNamespaces = made.get(namespaces);
  if (ofNamespaces === undefined) {
    ofNamespaces = new Map();
    made.set(namespaces, ofNamespaces);
  }
  const key = `${indexOf(asked).key} ${imagined.length}`;
  const before = ofNamespaces.get(key);
  if (before !== undefined) return before;
  const groups = partsOf(namespaces, asked, imagined, found);
  ofNamespaces.set(key, groups);
  return groups;
}

/**
 * Sorts the clients of an estate into groups that Istio's routing treats alike when they call a host: by namespace as far as
 * exportTo, sourceNamespace, Sidecars and DestinationRules tell namespaces apart, and by the labels that sourceLabels,
 * workload selectors and Sidecars ask for (routing.md 5.3, step 5). Ports, and the short names by which clients of the
 * service's own namespace call it, make no groups. Clients with labels that meet just one selector stand beside the estate's
 * workloads, as the import may not hold all; a group may know nothing of the host at all.
 * @param host FQDN of a service; without it groups of workloads that are alike for every host
 */
export function clientGroups(config: EffectiveConfig, host?: string): ClientGroup[] {
  const found = distinctionsOf(config);
  const questions = questionsAbout(config, host);
  const special: string[] = [];
  for (const namespace of questions.namespaces) if (found.isKnown.has(namespace)) special.push(namespace);
  special.sort();
  let views: Alike[] = [];
  for (const namespace of special) {
    const view = viewOf(config, namespace, questions);
    const alike = views.find((one) => sameView(one.view, view, questions));
    if (alike === undefined) views.push({ view, namespaces: [namespace] });
    else alike.namespaces.push(namespace);
  }
  // Of the others, all whose Sidecar imports everything, or who have none, see the same; the rest knows nothing of the host.
  const [ordinary] = without(found.free, special);
  if (ordinary !== undefined && views.length > 0) {
    const view = viewOf(config, ordinary, questions);
    views = views.filter((one) => !sameView(one.view, view, questions));
  }
  const different = views.flatMap(({ view, namespaces }) => (view.isFree ? namespaces : []));
  const all = [without(found.limited.all, special), ...views.map(({ namespaces }) => namespaces)];
  if (ordinary !== undefined) all.unshift(without(found.free, different));
  const common = distinct(questions.sourceLabels);
  const groups: ClientGroup[] = [];
  for (const namespaces of all) {
    if (namespaces.length === 0) continue;
    const own = questions.selectorsIn(namespaces[0] ?? '');
    const asked = own.length === 0 ? common : distinct([...common, ...own]);
    // For all hosts together these would be more than anyone can look at.
    groups.push(...groupsOf(namespaces, asked, host === undefined ? [{}] : [{}, ...asked], found));
  }
  return groups;
}
