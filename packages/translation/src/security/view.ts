import {
  type Account,
  type AuthorizationPolicy,
  allConstraints,
  type Constraint,
  type PeerAuthentication,
  readAuthorizationPolicy,
  readPeerAuthentication,
  type Service,
  type Trust,
  trustOf,
  type Workload,
  workloadsOf,
} from '@isthmus/istio';
import { effectiveNamespace, isMap, type Json, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../context.ts';
import type { Field } from '../field.ts';
import { valueAt } from '../value-at.ts';

/** A trust domain that an emitted permission names, and the one of Istio whose identities it stands for. */
export interface Domain {
  readonly target: string;
  readonly source: string;
}

/** What the translators of security policies read of an estate. */
export interface SecurityView {
  readonly trust: Trust;
  readonly workloads: readonly Workload[];
  /** The workloads that a scope can hold by its namespace. */
  workloadsIn(namespace: string | undefined): readonly Workload[];
  /** Services with a selector, by namespace, whether or not Istio reads them. */
  readonly selecting: ReadonlyMap<string, readonly Service[]>;
  readonly services: readonly Resource[];
  readonly policies: readonly AuthorizationPolicy[];
  readonly peers: readonly PeerAuthentication[];
  readonly accounts: readonly Account[];
  /** Namespaces with workloads, Services or an object of their own, without those of the control planes. Sorted. */
  readonly namespaces: readonly string[];
  /** Kong Mesh's own trust domain for the migrated identities, then Istio's during the bridge. */
  readonly domains: readonly Domain[];
  /** Trust domains beyond those that some policy names a caller of. */
  readonly foreign: readonly Domain[];
  /** What gateways of Istio are selected by. */
  readonly gateways: readonly Readonly<Record<string, string>>[];
  /** Paths of the SPIFFE IDs of gateways that the import holds. */
  readonly gatewayAccounts: ReadonlySet<string>;
}

/**
 * The trust domain of Kong Mesh's own identities: what a MeshIdentity without a template of its own has
 * (kuma, meshidentity/api/v1alpha1/helpers.go, 2.14), and what the emitted one says.
 */
export function ownTrustDomain({ mesh, zone }: { readonly mesh: string; readonly zone: string }): string {
  return `${mesh}.${zone}.mesh.local`;
}

const wellKnownGateways = [{ istio: 'ingressgateway' }, { istio: 'egressgateway' }];

function gatewaysOf(context: Context): Readonly<Record<string, string>>[] {
  const found = context.ofKind('Gateway').flatMap(({ group, object }) => {
    const spec = isMap(object.spec) ? object.spec : {};
    if (group !== 'networking.istio.io' || !isMap(spec.selector)) return [];
    return [Object.fromEntries(Object.entries(spec.selector).map(([key, value]) => [key, String(value)]))];
  });
  const all = [...wellKnownGateways, ...found.filter((selector) => Object.keys(selector).length > 0)];
  // Thousands of Gateways have one of a few selectors, and each policy is held against each of them.
  return [...new Map(all.map((selector) => [JSON.stringify(Object.entries(selector).sort()), selector])).values()];
}

/** The trust domain that a principal spells out; undefined where a pattern leaves it open. */
export function domainOf(principal: string): string | undefined {
  return /^([a-z0-9._-]+)\/./.exec(principal)?.[1];
}

/** Trust domains that principals spell out and that are none of those known. */
export function foreignDomains(constraints: readonly Constraint[], known: readonly string[]): Domain[] {
  const found = constraints
    .filter(({ attribute }) => attribute === 'source.principal')
    .flatMap(({ values }) => values.flatMap(({ text }) => domainOf(text) ?? []))
    .filter((domain) => domain !== 'cluster.local' && !known.includes(domain));
  return [...new Set(found)].sort().map((domain) => ({ target: domain, source: domain }));
}

const views = new WeakMap<Context, SecurityView>();

/** The security view of a context's estate; made once. */
export function securityOf(context: Context): SecurityView {
  const known = views.get(context);
  if (known !== undefined) return known;
  const { estate, whole, settings } = context;
  const trust = trustOf(estate, { rootNamespace: settings.rootNamespace, trustDomain: settings.clusterDomain });
  const workloads = workloadsOf(estate);
  const services = whole.context.filter(({ group, kind }) => group === '' && kind === 'Service');
  const accounts = new Map<string, Account>();
  const named = (namespace: string, name: string): void =>
    void accounts.set(`${namespace}/${name}`, { namespace, name });
  for (const { namespace, serviceAccount } of workloads) named(namespace, serviceAccount);
  for (const resource of estate.context)
    if (resource.group === '' && resource.kind === 'ServiceAccount') named(effectiveNamespace(resource), resource.name);
  const namespaces = new Set([
    ...workloads.map(({ namespace }) => namespace),
    ...services.map(effectiveNamespace),
    ...estate.context.filter(({ group, kind }) => group === '' && kind === 'Namespace').map(({ name }) => name),
  ]);
  const planes = new Set([trust.rootNamespace, settings.systemNamespace]);
  const istio = [trust.trustDomain, ...trust.aliases, ...trust.foreign];
  const policies = context
    .ofKind('AuthorizationPolicy')
    .filter(({ group }) => group === 'security.istio.io')
    .map((resource) => readAuthorizationPolicy(resource, trust.rootNamespace));
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  const gateways = gatewaysOf(context);
  const view: SecurityView = {
    trust,
    workloads,
    workloadsIn: (namespace) => (namespace === undefined ? workloads : (byNamespace.get(namespace) ?? [])),
    selecting: Map.groupBy(
      context.allServices.filter(({ selector }) => selector !== undefined && Object.keys(selector).length > 0),
      ({ namespace }) => namespace,
    ),
    services,
    policies,
    peers: context
      .ofKind('PeerAuthentication')
      .filter(({ group }) => group === 'security.istio.io')
      .map((resource) => readPeerAuthentication(resource, trust.rootNamespace)),
    accounts: [...accounts.values()],
    namespaces: [...namespaces].filter((name) => !planes.has(name) && !name.startsWith('kube-')).sort(),
    domains: [
      { target: ownTrustDomain(settings), source: trust.trustDomain },
      // In Istio workloads of all clusters with one trust domain are the same to a policy.
      ...context.peers.flatMap(({ zone, trustDomain }) =>
        istio.includes(trustDomain)
          ? [{ target: ownTrustDomain({ mesh: settings.mesh, zone }), source: trustDomain }]
          : [],
      ),
      ...istio.map((domain) => ({ target: domain, source: domain })),
    ].filter(({ target }, index, all) => all.findIndex((other) => other.target === target) === index),
    foreign: foreignDomains(
      policies.flatMap(({ rules }) => rules.flatMap(allConstraints)),
      istio,
    ),
    gateways,
    gatewayAccounts: new Set(
      workloads
        .filter(
          ({ labels, serviceAccount }) =>
            serviceAccount !== 'default' && gateways.some((one) => matchesLabels(one, labels)),
        )
        .map(({ namespace, serviceAccount }) => `/ns/${namespace}/sa/${serviceAccount}`),
    ),
  };
  views.set(context, view);
  return view;
}

/** The field at a path of a resource. */
export function fieldAt(resource: Resource, path: string): Field {
  return { resource, path, value: valueAt(resource.object, path) as Json };
}
