import { type AuthorizationPolicy, allConstraints, type Estate, type Trust, workloadsOf } from '@isthmus/istio';
import type { KongMeshAccess, NamedIdentity } from '@isthmus/kong-mesh';
import { effectiveNamespace } from '@isthmus/kubernetes';

/** Somebody who may call, or a representative of those whom nothing tells apart. */
export interface Caller {
  /**
   * `account`: a service account of the estate; `named`: one that only policies name, or that fits a pattern of theirs; `other`:
   * any other account of a namespace; `elsewhere`: an account of a namespace that the estate does not hold; `unknown`: an
   * identity of a trust domain that nobody trusts; `gateway`: one that hands the calls of others on and is none of the estate's;
   * `plaintext`: no identity at all.
   */
  readonly kind: 'account' | 'named' | 'other' | 'elsewhere' | 'unknown' | 'gateway' | 'plaintext';
  readonly namespace: string;
  readonly account: string;
  /** SPIFFE ID in Istio. */
  readonly before: string | undefined;
  /** SPIFFE ID in Kong Mesh; undefined where it is not known. */
  readonly after: string | undefined;
  /** Whether it comes with a certificate of Istio, which Kong Mesh trusts during the bridge. */
  readonly bridge: boolean;
}

/** Stands in names for what is none of those known. */
const nobody = 'isthmus-other';

/** A service account by its name. */
export interface Account {
  readonly namespace: string;
  readonly account: string;
}

const kinds: readonly Caller['kind'][] = ['account', 'named', 'gateway', 'other', 'elsewhere'];

const keyOf = ({ namespace, account }: Account): string => `${namespace}/${account}`;

/** What some text fits that starts as another does: a namespace or account that begins with it. */
function beginning(path: string): Account | undefined {
  const [, namespace, account] = /^\/ns\/([^/]*)(?:\/sa\/?([^/]*))?$/.exec(path) ?? [];
  if (namespace === undefined) return undefined;
  return account === undefined
    ? { namespace: `${namespace}isthmus`, account: nobody }
    : { namespace, account: account === '' ? nobody : `${account}isthmus` };
}

function whole(path: string): Account | undefined {
  const [, namespace, account] = /^\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(path) ?? [];
  return namespace === undefined || account === undefined ? undefined : { namespace, account };
}

const pathIn = (id: string): string => id.replace(/^(?:spiffe:\/\/)?[^/]*/, '');

/** An identity that a value of Istio's fits; undefined where it is all of a namespace, which has a representative anyway. */
function fitting(attribute: string, value: string, home: string): Account | undefined {
  if (attribute === 'source.namespace') return { namespace: value.replaceAll('*', 'isthmus'), account: nobody };
  if (attribute === 'source.serviceAccount') {
    const [first = '', second] = value.split('/');
    return second === undefined ? { namespace: home, account: first } : { namespace: first, account: second };
  }
  if (attribute !== 'source.principal' || value === '*') return undefined;
  if (value.startsWith('*')) {
    const path = value.slice(1).replace(/^[^/]*(?=\/ns\/)/, '');
    const account = /(?:^|\/)sa\/([^/]+)$/.exec(path)?.[1] ?? `isthmus${path.replaceAll('/', '')}`;
    return whole(path) ?? { namespace: nobody, account };
  }
  return value.endsWith('*') ? beginning(pathIn(value.slice(0, -1))) : whole(pathIn(value));
}

function* namedBy(policies: readonly AuthorizationPolicy[], identities: readonly NamedIdentity[]): Generator<Account> {
  for (const { namespace, rules } of policies)
    for (const { attribute, values } of rules.flatMap(allConstraints))
      for (const { text } of values) {
        const found = fitting(attribute, text, namespace);
        if (found !== undefined) yield found;
      }
  for (const { exact, value } of identities) {
    const path = pathIn(value);
    const found = exact ? whole(path) : (beginning(path) ?? whole(path));
    if (found !== undefined) yield found;
  }
}

export interface CallerSources {
  readonly estate: Estate;
  readonly trust: Trust;
  readonly policies: readonly AuthorizationPolicy[];
  /** What the permissions of Kong Mesh name. */
  readonly identities: readonly NamedIdentity[];
  readonly after: KongMeshAccess;
  /** Accounts that hand the calls of others on during the bridge. */
  readonly gateways: readonly Account[];
}

/** Trust domains that permissions spell out. */
const domainsOf = (identities: readonly NamedIdentity[]): string[] =>
  identities.flatMap(({ value }) => /^spiffe:\/\/([^/]+)/.exec(value)?.[1] ?? []);

/**
 * Everybody whom the policies of both meshes can tell apart: the service accounts of the estate, those that policies name or
 * whose names their patterns fit, one more for each namespace, one of no known namespace, one of an untrusted domain, and
 * whoever has no identity. Each comes by its identity in Kong Mesh, and, for the bridge, by those that Istio gives it.
 */
export function callersOf({ estate, trust, policies, identities, after, gateways }: CallerSources): Caller[] {
  const known = new Map<
    string,
    Account & { readonly kind: Caller['kind']; readonly labels: Readonly<Record<string, string>> }
  >();
  const namespaces = new Set<string>();
  for (const { namespace, serviceAccount, labels } of workloadsOf(estate)) {
    const name = { namespace, account: serviceAccount };
    namespaces.add(namespace);
    if (!known.has(keyOf(name))) known.set(keyOf(name), { ...name, kind: 'account', labels });
  }
  const add = (name: Account, kind: Caller['kind']): void => {
    if (!known.has(keyOf(name))) known.set(keyOf(name), { ...name, kind, labels: {} });
  };
  for (const resource of estate.context) {
    if (resource.group !== '') continue;
    if (resource.kind === 'ServiceAccount')
      add({ namespace: effectiveNamespace(resource), account: resource.name }, 'account');
    if (resource.kind === 'Service') namespaces.add(effectiveNamespace(resource));
    if (resource.kind === 'Namespace') namespaces.add(resource.name);
  }
  for (const namespace of namespaces) add({ namespace, account: nobody }, 'other');
  for (const name of namedBy(policies, identities)) add(name, 'named');
  for (const gateway of gateways) add(gateway, 'gateway');
  add({ namespace: nobody, account: nobody }, 'elsewhere');

  const own = new Set([trust.trustDomain, ...trust.aliases, ...trust.foreign]);
  const result: Caller[] = [];
  const sorted = [...known]
    .sort(([a, { kind: one }], [b, { kind: other }]) => kinds.indexOf(one) - kinds.indexOf(other) || (a < b ? -1 : 1))
    .map(([, one]) => one);
  for (const { namespace, account, kind, labels } of sorted) {
    const path = `/ns/${namespace}/sa/${account}`;
    const { id } = after.of({ namespace, labels, serviceAccount: account });
    const base = { kind, namespace, account };
    result.push({ ...base, before: `spiffe://${trust.trustDomain}${path}`, after: id, bridge: false });
    for (const domain of own)
      result.push({ ...base, before: `spiffe://${domain}${path}`, after: `spiffe://${domain}${path}`, bridge: true });
  }
  for (const domain of new Set([...domainsOf(identities), 'isthmus-unknown.example'])) {
    const id = `spiffe://${domain}/ns/${nobody}/sa/${nobody}`;
    if (own.has(domain) || result.some((one) => one.after?.startsWith(`spiffe://${domain}/`))) continue;
    result.push({ kind: 'unknown', namespace: nobody, account: nobody, before: id, after: id, bridge: true });
  }
  result.push({ kind: 'plaintext', namespace: '', account: '', before: undefined, after: undefined, bridge: false });
  return result;
}

/** A caller in a sentence: its SPIFFE ID where it has one. */
export function callerInWords({ kind, namespace, account, before, after, bridge }: Caller): string {
  switch (kind) {
    case 'plaintext':
      return 'a client without an identity';
    case 'unknown':
      return `a client of the trust domain ${/^spiffe:\/\/([^/]*)/.exec(before ?? '')?.[1] ?? ''}`;
    case 'other':
      return `any other account of ${namespace}`;
    case 'elsewhere':
      return 'any account of another namespace';
    default:
      return `\`${(bridge ? before : after) ?? `${namespace}/${account}`}\``;
  }
}
