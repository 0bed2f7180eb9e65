import type { Workload } from '@isthmus/istio';
import {
  applyPatch,
  dnsLabel,
  isList,
  type Json,
  type JsonObject,
  mapOf,
  parseYaml,
  type Resource,
  writeYaml,
} from '@isthmus/kubernetes';
import { inKongLabels } from './destination-rules.ts';
import type { BridgedService, BridgeFacts } from './facts.ts';
import { type Backend, backendsOf } from './into-istio.ts';
import { gatewayAnnotations } from './kong-gateway.ts';
import { applicable, bridgeLabel, labelOf } from './object.ts';
import type { Cluster, Placed } from './placed.ts';
import { hasBegun, hasPodsInKong, isJoined, type Progress, type ProgressOf, some } from './progress.ts';
import { remembered } from './remembered.ts';

const injection = 'kuma.io/sidecar-injection';
/** Istio's labels of a namespace that make its webhook inject (istio, pkg/kube/inject/webhook.go, 1.32). */
const istioInjection = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'];

/** An object of the user with the patches that the translation emits for it. */
function patched(facts: BridgeFacts, resource: Resource, object: JsonObject): JsonObject {
  const patches = remembered(facts, 'patches', () =>
    Map.groupBy(
      facts.input.emitted.filter((one) => one.role === 'patch'),
      ({ base }) => base,
    ),
  );
  return (patches.get(resource) ?? []).reduce((result, one) => applyPatch(result, one.object as JsonObject), object);
}

const withLabels = (object: JsonObject, labels: Readonly<Record<string, Json>>): JsonObject =>
  applyPatch(object, { metadata: { labels } });

/** A workload whose pods Kong Mesh injects and Istio does not. */
function injected(object: JsonObject, isPod: boolean): JsonObject {
  const labels = { ...inKongLabels, 'sidecar.istio.io/inject': 'false' };
  return isPod ? withLabels(object, labels) : applyPatch(object, { spec: { template: { metadata: { labels } } } });
}

/** A second workload beside one of Istio, with pods in Kong Mesh; a label tells its pods from the first one's. */
function doubleOf(workload: Workload, service: BridgedService, facts: BridgeFacts): JsonObject {
  const own = { 'isthmus/mesh': 'kong' };
  const object = injected(applicable(patched(facts, workload.resource, workload.resource.object)), false);
  const spec = mapOf(object.spec);
  const selector = mapOf(spec.selector);
  return applyPatch(
    {
      ...object,
      spec: { ...spec, selector: { ...selector, matchLabels: { ...mapOf(selector.matchLabels), ...own } } },
    },
    {
      metadata: { name: dnsLabel(`${workload.name}-kong`), labels: { [bridgeLabel]: labelOf(service.id) } },
      spec: { template: { metadata: { labels: own } } },
    },
  );
}

function withinCluster(service: BridgedService, progress: Progress, facts: BridgeFacts): Placed[] {
  const { mesh } = facts.input.names;
  const of = (object: JsonObject): Placed => ({ cluster: 'shared', service: service.id, object });
  const placed: Placed[] = [];
  const { resource, origin } = service.service;
  if (origin === 'service') {
    const object = patched(facts, resource, resource.object);
    // Without the label on the Service Kong Mesh makes none of its own of it, and callers go on as before.
    if (progress.at === 'migrated' || progress.at === 'retired')
      placed.push(of(withLabels(object, { 'kuma.io/mesh': mesh })));
    else if (object !== resource.object) placed.push(of(object));
  }
  for (const workload of service.workloads) {
    if (!workload.inCluster) continue;
    const { resource: base } = workload;
    if (progress.at === 'migrated' || progress.at === 'retired')
      placed.push(of(injected(patched(facts, base, base.object), base.kind === 'Pod')));
    else if (service.shiftable) placed.push(of(doubleOf(workload, service, facts)));
  }
  return placed;
}

/** A namespace that the import does not hold. */
export const bareNamespace = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** The services of each namespace, of which some are in a scope. */
function namespacesOf(facts: BridgeFacts, scope: readonly BridgedService[]): [string, readonly BridgedService[]][] {
  const all = remembered(facts, 'by namespace', () =>
    Map.groupBy(facts.services.values(), ({ namespace }) => namespace),
  );
  const names = new Set(scope.map(({ namespace }) => namespace));
  return [...names].sort().map((name) => [name, all.get(name) ?? []]);
}

/** The namespaces of services with pods in Kong Mesh: opted in pod by pod until all of them have moved. */
function namespacesWithin(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  return namespacesOf(facts, scope).flatMap(([name, services]): Placed[] => {
    if (!services.some(({ id }) => hasBegun(progressOf(id)))) return [];
    const known = facts.namespaces.get(name)?.object;
    const object = known ?? bareNamespace(name);
    // Of a namespace that the import does not hold nobody knows the labels: beside one of Istio's, pods would get both proxies.
    const isDone = known !== undefined && services.every(({ id }) => progressOf(id).at === 'retired');
    if (!isDone && mapOf(mapOf(object.metadata).labels)[injection] !== undefined) return [];
    return remembered(facts, `namespace ${name} ${isDone}`, () => namespaced(object, isDone));
  });
}

/** A namespace whose pods are opted in one by one, or all of which have moved. */
function namespaced(object: JsonObject, isDone: boolean): Placed[] {
  const gone = Object.fromEntries(istioInjection.map((label) => [label, null]));
  const labels = isDone ? { ...gone, [injection]: 'enabled' } : { [injection]: 'disabled' };
  return [{ cluster: 'shared', service: '', object: withLabels(object, labels) }];
}

const accountOf = (name: string, namespace: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});

function annotated(object: JsonObject, service: BridgedService): JsonObject {
  const annotations = gatewayAnnotations(service);
  return Object.keys(annotations).length === 0 ? object : applyPatch(object, { metadata: { annotations } });
}

/** A service as it is brought into a cluster of Kong Mesh: the same Service, accounts and workloads. */
function intoCluster(service: BridgedService, facts: BridgeFacts): Placed[] {
  const of = (object: JsonObject): Placed => ({ cluster: 'kong', service: service.id, object });
  const { resource, origin } = service.service;
  return [
    ...(origin === 'service' ? [of(annotated(applicable(patched(facts, resource, resource.object)), service))] : []),
    ...service.workloads.flatMap((workload) =>
      workload.inCluster ? [of(applicable(patched(facts, workload.resource, workload.resource.object)))] : [],
    ),
  ];
}

/** The accounts of services with pods in a cluster of Kong Mesh, each for the last of them that runs as it. */
function accountsAcross(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  const { given, users } = remembered(facts, 'accounts', () => {
    const all = new Map<string, BridgedService[]>();
    for (const service of facts.services.values())
      for (const account of service.accounts) all.set(account, [...(all.get(account) ?? []), service]);
    const objects = facts.input.estate.context.flatMap((one): [string, JsonObject][] =>
      one.kind === 'ServiceAccount' && one.group === '' ? [[`${one.namespace}/${one.name}`, one.object]] : [],
    );
    return { given: new Map(objects.reverse()), users: all };
  });
  return [...new Set(scope.flatMap(({ accounts }) => accounts))].flatMap((account): Placed[] => {
    const last = users.get(account)?.findLast(({ id }) => hasPodsInKong(progressOf(id)));
    if (last === undefined) return [];
    return remembered(facts, `account ${account} ${last.id}`, () => {
      const [namespace = '', name = ''] = account.split('/');
      const own = given.get(account);
      const object = own === undefined ? accountOf(name, namespace) : applicable(own);
      return [{ cluster: 'kong', service: last.id, object }];
    });
  });
}

function namespacesAcross(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  return namespacesOf(facts, scope).flatMap(([name, services]): Placed[] => {
    if (!services.some(({ id }) => hasBegun(progressOf(id)))) return [];
    return remembered(facts, `namespace ${name}`, () => [
      namespaceAcross(facts, name, { [injection]: 'enabled', 'kuma.io/mesh': facts.input.names.mesh }),
    ]);
  });
}

/** A namespace as a cluster of Kong Mesh gets it, without Istio's labels. */
function namespaceAcross(facts: BridgeFacts, name: string, labels: Readonly<Record<string, Json>>): Placed {
  const known = facts.namespaces.get(name)?.object ?? bareNamespace(name);
  const gone = Object.fromEntries(istioInjection.map((label) => [label, null]));
  return { cluster: 'kong', service: '', object: withLabels(applicable(known), { ...gone, ...labels }) };
}

/**
 * The namespaces of a cluster of Kong Mesh that hold no services, but something of what the translation emits, as those of Gateways.
 * @param isDue whether an object of the translation is there by now
 */
export function namespacesOfEmitted(facts: BridgeFacts, isDue: (index: number) => boolean): Placed[] {
  const { emitted, names, settings } = facts.input;
  if (settings.topology === 'same-cluster') return [];
  const others = remembered(facts, 'namespaces of what is emitted', () => {
    const known = new Set([...facts.services.values()].map(({ namespace }) => namespace));
    // These two come with what is installed.
    known.add(names.systemNamespace).add(settings.gatewayNamespace);
    const found = new Map<string, number[]>();
    for (const [index, { role, object }] of emitted.entries()) {
      const { namespace } = mapOf((object as JsonObject).metadata);
      if (role !== 'resource' || typeof namespace !== 'string' || known.has(namespace)) continue;
      found.set(namespace, [...(found.get(namespace) ?? []), index]);
    }
    return found;
  });
  return [...others].flatMap(([name, indexes]) =>
    indexes.some(isDue)
      ? remembered(facts, `namespace ${name}`, () => [namespaceAcross(facts, name, { [injection]: 'disabled' })])
      : [],
  );
}

const reachable = 'kuma.io/reachable-backends';

/**
 * Lets a workload whose backends are listed reach those of the bridge too: by name, one by one, because a reference by labels
 * finds one external service only (kuma, destination_index.go; edge.md 1.13).
 */
function reaching(object: JsonObject, backends: readonly Backend[], systemNamespace: string): JsonObject {
  const template = mapOf(mapOf(object.spec).template);
  const isPod = object.kind === 'Pod';
  const metadata = mapOf((isPod ? object : template).metadata);
  const listed = mapOf(metadata.annotations)[reachable];
  if (typeof listed !== 'string' || backends.length === 0) return object;
  const refs = mapOf(parseYaml(listed)[0]?.value).refs;
  const more = backends.map(({ kind, name }) => ({ kind, name, namespace: systemNamespace }));
  const text = writeYaml({ refs: [...(isList(refs) ? refs : []), ...more] });
  const patch = { metadata: { annotations: { [reachable]: text } } };
  return applyPatch(object, isPod ? patch : { spec: { template: patch } });
}

/** What of the user's own objects, and beside them, makes services run in Kong Mesh. */
export function workloads(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  const isWithin = facts.input.settings.topology === 'same-cluster';
  const moving = scope.filter(({ id }) => hasPodsInKong(progressOf(id)));
  const { systemNamespace } = facts.input.names;
  return [
    ...(isWithin
      ? namespacesWithin(facts, progressOf, scope)
      : [...namespacesAcross(facts, progressOf, scope), ...accountsAcross(facts, progressOf, scope)]),
    ...moving.flatMap((service) => {
      const progress = progressOf(service.id);
      const backends = backendsOf(service.id, facts, progressOf);
      return remembered(
        facts,
        `pods ${service.id} ${progress.at} ${backends.map(({ name }) => name).join(' ')}`,
        () => {
          const placed = isWithin ? withinCluster(service, progress, facts) : intoCluster(service, facts);
          return placed.map((one) => ({ ...one, object: reaching(one.object, backends, systemNamespace) }));
        },
      );
    }),
  ];
}

const istioGroups = new Set(['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io']);

/**
 * What of Istio's world is taken away: resources that are about retired services only, and in separate clusters the services
 * themselves.
 */
export function takenAway(
  facts: BridgeFacts,
  progressOf: ProgressOf,
  scope: readonly BridgedService[],
): { readonly cluster: Cluster; readonly resource: Resource }[] {
  const { estate, settings } = facts.input;
  const isWithin = settings.topology === 'same-cluster';
  const cluster = isWithin ? 'shared' : 'istio';
  const about = remembered(facts, 'about', () => {
    const all = new Map<number, string[]>();
    for (const { id, concerns } of facts.services.values())
      for (const index of concerns) {
        const others = all.get(index);
        if (others === undefined) all.set(index, [id]);
        else others.push(id);
      }
    return all;
  });
  const found = [...new Set(scope.flatMap(({ concerns }) => concerns))].flatMap((index) => {
    const ids = about.get(index) ?? [];
    const resource = estate.istio[index];
    if (resource === undefined || !istioGroups.has(resource.group)) return [];
    // A Gateway is about pods that Kong Gateway takes the place of; these go with Istio itself.
    if (resource.kind === 'Gateway') return [];
    return ids.every((id) => progressOf(id).at === 'retired') ? [{ cluster, resource } as const] : [];
  });
  if (isWithin) return found;
  const own = scope.flatMap((service) =>
    progressOf(service.id).at === 'retired'
      ? [
          ...(service.service.origin === 'service' ? [service.service.resource] : []),
          ...service.workloads.flatMap(({ inCluster, resource }) => (inCluster ? [resource] : [])),
        ]
      : [],
  );
  return [...found, ...[...new Set(own)].map((resource) => ({ cluster, resource }) as const)];
}

/** Whether any of both meshes' services are joined, so that the trust between them is needed. */
export const isBridging = (facts: BridgeFacts, progressOf: ProgressOf): boolean => {
  const any = (isSo: (progress: Progress) => boolean): boolean =>
    some(facts.services.keys(), (id) => isSo(progressOf(id)));
  return any(isJoined) || (any(hasPodsInKong) && any(({ at }) => at === 'istio'));
};
