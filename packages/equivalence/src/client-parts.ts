import type { Client } from '@isthmus/behavior';
import {
  type ClientGroup,
  isMember,
  type PolicyScope,
  type ProxyChange,
  type ProxyChanges,
  selects,
} from '@isthmus/istio';

/** Which clients of a group a part of it holds, by the scopes of what changes their proxies. */
export interface PartCondition {
  /** They are in each of these. */
  readonly every: readonly PolicyScope[];
  /** They are in one of these at least; no matter in which where there are none. */
  readonly some: readonly PolicyScope[];
  /** They are in none of these. */
  readonly none: readonly PolicyScope[];
}

/** Clients of a group whose proxies are changed alike. */
export interface ClientPart extends ClientGroup {
  /** Absent: all of the group. */
  readonly condition?: PartCondition;
}

/** A part of a group with what changes the proxies of its clients. */
export interface ChangedPart {
  readonly clients: ClientPart;
  readonly changes: readonly ProxyChange[];
}

const meets = ({ every, some, none }: PartCondition, client: Client): boolean =>
  every.every((scope) => selects(scope, client)) &&
  (some.length === 0 || some.some((scope) => selects(scope, client))) &&
  !none.some((scope) => selects(scope, client));

/** Whether a client is one of a part. */
export const isInPart = ({ condition, ...group }: ClientPart, client: Client): boolean =>
  isMember(group, client) && (condition === undefined || meets(condition, client));

const isWhole = ({ labels }: PolicyScope): boolean => Object.keys(labels).length === 0;

/** The namespaces of a group that a part can have clients in. */
function namespacesOf({ namespaces }: ClientGroup, { every, some, none }: PartCondition): readonly string[] {
  const holds = (namespace: string, scope: PolicyScope): boolean =>
    scope.namespace === undefined || scope.namespace === namespace;
  return namespaces.filter(
    (namespace) =>
      every.every((scope) => holds(namespace, scope)) &&
      (some.length === 0 || some.some((scope) => holds(namespace, scope))) &&
      !none.some((scope) => isWhole(scope) && holds(namespace, scope)),
  );
}

interface Candidate extends Client {
  readonly isKnown: boolean;
}

/** Clients of a group that stand for all that the changes tell apart: workloads of the estate, then such as may exist. */
function candidatesOf(
  group: ClientGroup,
  changes: readonly ProxyChange[],
  { workloadsIn, isSelecting }: ProxyChanges,
): Candidate[] {
  const scopes = changes.map(({ scope }) => scope);
  const concerned = scopes.some(({ namespace }) => namespace === undefined)
    ? group.namespaces
    : group.namespaces.filter((one) => scopes.some(({ namespace }) => namespace === one));
  const known = concerned
    .flatMap((namespace) => workloadsIn(namespace))
    .filter((workload) => isMember(group, workload))
    .map(({ namespace, labels }) => ({ namespace, labels, isKnown: true }));
  const own: Readonly<Record<string, string>> = Object.assign({}, ...group.meets);
  const [first = ''] = group.namespaces;
  // In a namespace that is changed as a whole nobody is left out.
  const spared = group.namespaces.find(
    (one) => !scopes.some((scope) => isWhole(scope) && (scope.namespace ?? one) === one),
  );
  const imagined = [
    ...(spared === undefined ? [] : [{ namespace: spared, labels: own }]),
    ...scopes.flatMap(({ namespace = first, labels }, index) =>
      isSelecting(changes[index] as ProxyChange) ? [] : [{ namespace, labels: { ...own, ...labels } }],
    ),
  ]
    .filter((client) => isMember(group, client))
    .map((client) => ({ ...client, isKnown: false }));
  return [{ ...group.client, isKnown: group.isKnown }, ...known, ...imagined];
}

const kept = new WeakMap<ClientGroup, Map<string, readonly ChangedPart[]>>();

/**
 * Divides a group of clients by what changes their proxies: by the changes that the model follows, and by whether there are
 * others, however many: so few parts that each can be compared.
 * @param changes what may change the proxies of some of them
 * @param isFollowed whether the model does what a change does
 */
export function partsOf(
  group: ClientGroup,
  changes: readonly ProxyChange[],
  all: ProxyChanges,
  isFollowed: (change: ProxyChange) => boolean,
): readonly ChangedPart[] {
  if (changes.length === 0) return [{ clients: group, changes }];
  const ofGroup = kept.get(group) ?? new Map<string, readonly ChangedPart[]>();
  kept.set(group, ofGroup);
  const key = changes.map((one) => `${isFollowed(one)} ${one.words}`).join('|');
  const before = ofGroup.get(key);
  if (before !== undefined) return before;
  const found = divide(group, changes, all, isFollowed);
  ofGroup.set(key, found);
  return found;
}

function divide(
  group: ClientGroup,
  changes: readonly ProxyChange[],
  all: ProxyChanges,
  isFollowed: (change: ProxyChange) => boolean,
): readonly ChangedPart[] {
  const scopesOf = (some: readonly ProxyChange[]): readonly PolicyScope[] => some.map(({ scope }) => scope);
  const [followed, unfollowed] = [changes.filter(isFollowed), changes.filter((one) => !isFollowed(one))];
  const parts = new Map<string, { readonly client: Candidate; readonly changes: Set<ProxyChange> }>();
  for (const client of candidatesOf(group, changes, all)) {
    const own = changes.filter(({ scope }) => selects(scope, client));
    const key = `${own.filter(isFollowed).map((one) => changes.indexOf(one))} ${own.every(isFollowed)}`;
    const part = parts.get(key) ?? { client, changes: new Set<ProxyChange>() };
    parts.set(key, part);
    for (const change of own) part.changes.add(change);
  }
  return [...parts.values()].map(({ client: { isKnown, namespace, labels }, changes: own }) => {
    const ownChanges = changes.filter((one) => own.has(one));
    // Where there is no other part, nobody of the group is in another.
    if (parts.size === 1) return { clients: group, changes: ownChanges };
    const isOpen = !ownChanges.every(isFollowed);
    const condition: PartCondition = {
      every: scopesOf(ownChanges.filter(isFollowed)),
      some: isOpen ? scopesOf(unfollowed) : [],
      none: scopesOf([...followed.filter((one) => !own.has(one)), ...(isOpen ? [] : unfollowed)]),
    };
    const clients: ClientPart = {
      ...group,
      client: { namespace, labels },
      namespaces: namespacesOf(group, condition),
      isKnown,
      condition,
    };
    return { clients, changes: ownChanges };
  });
}
