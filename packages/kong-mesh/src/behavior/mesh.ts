import type { JsonObject } from '@isthmus/kubernetes';
import { type Catalog, readCatalog } from './catalog.ts';
import { type ClientView, readClients, type ViewOf } from './client-view.ts';
import { type EntryIndex, indexEntries, type Subject } from './entry-index.ts';
import { type InboundIndex, indexInbound } from './inbound-rules.ts';
import { mergeConfs } from './merge.ts';
import { readNamespaces } from './namespaces.ts';
import type { MeshOptions } from './options.ts';
import { readPassthrough, type UnlistenedOf } from './passthrough.ts';
import { type Policy, readPolicy } from './policy.ts';
import { allEnvoyNames, isInbound, type PatchesOf, readPatches } from './proxy-patch.ts';
import { type ReachIndex, readReach } from './reach.ts';
import { type Referrers, readReferrers } from './referrers.ts';
import { mapOf } from './value.ts';

/** Kinds of policies whose `to` entries decide about outgoing traffic. */
export const outboundKinds = [
  'MeshHTTPRoute',
  'MeshTCPRoute',
  'MeshTimeout',
  'MeshRetry',
  'MeshCircuitBreaker',
  'MeshLoadBalancingStrategy',
  'MeshHealthCheck',
] as const;
export type OutboundKind = (typeof outboundKinds)[number];

/** Kinds of policies that decide about incoming traffic. */
export const inboundKinds = ['MeshTimeout', 'MeshRateLimit', 'MeshFaultInjection'] as const;
export type InboundKind = (typeof inboundKinds)[number];

/** A mesh as its resources say, indexed: the ground of all that is compiled. */
export interface Mesh {
  readonly options: MeshOptions;
  readonly catalog: Catalog;
  readonly viewOf: ViewOf;
  readonly entries: Readonly<Record<OutboundKind, EntryIndex>>;
  readonly inbound: Readonly<Record<InboundKind, InboundIndex>>;
  readonly policies: ReadonlyMap<string, readonly Policy[]>;
  readonly referrers: Referrers;
  readonly patchesOf: PatchesOf;
  /** Of these the changes to what comes in. */
  readonly inboundPatchesOf: PatchesOf;
  /** What clusters and virtual hosts of ports are called; not those of the Pods of headless Services. */
  envoyNames(): ReadonlySet<string>;
  readonly reach: ReachIndex;
  readonly unlistenedOf: UnlistenedOf;
}

/** Reads a mesh. What belongs to another one, and objects of no interest, are passed over. */
export function readMesh(objects: readonly JsonObject[], options: MeshOptions): Mesh {
  const namespaces = readNamespaces(objects, options);
  const catalog = readCatalog(objects, namespaces, options);
  const kinds = new Set<string>([...outboundKinds, ...inboundKinds, 'MeshProxyPatch', 'MeshPassthrough']);
  const policies = new Map<string, Policy[]>();
  for (const object of objects) {
    if (typeof object.kind !== 'string' || !kinds.has(object.kind)) continue;
    const policy = readPolicy(object, namespaces, options);
    if (policy === undefined) continue;
    const list = policies.get(object.kind);
    if (list === undefined) policies.set(object.kind, [policy]);
    else list.push(policy);
  }
  const routes = policies.get('MeshHTTPRoute') ?? [];
  const indexed = outboundKinds.map((kind) => [kind, indexEntries(policies.get(kind) ?? [], catalog, routes)] as const);
  const entries = Object.fromEntries(indexed) as Record<OutboundKind, EntryIndex>;
  let referrers: Referrers | undefined;
  let names: ReadonlySet<string> | undefined;
  return {
    options,
    catalog,
    viewOf: readClients(objects, options),
    entries,
    inbound: Object.fromEntries(inboundKinds.map((kind) => [kind, indexInbound(policies.get(kind) ?? [])])) as Record<
      InboundKind,
      InboundIndex
    >,
    policies,
    patchesOf: readPatches(policies.get('MeshProxyPatch') ?? [], options),
    inboundPatchesOf: readPatches(policies.get('MeshProxyPatch') ?? [], options, isInbound),
    envoyNames() {
      names ??= allEnvoyNames(catalog, options);
      return names;
    },
    reach: readReach(objects, catalog),
    unlistenedOf: readPassthrough(objects, policies.get('MeshPassthrough') ?? [], options),
    // Seldom asked for, and the dearest to find.
    referrers(destination) {
      const kinds = ['MeshHTTPRoute', 'MeshTCPRoute'] as const;
      const indexes = kinds.map((kind) => ({ policies: policies.get(kind) ?? [], index: entries[kind] }));
      referrers ??= readReferrers(indexes, catalog, options.version);
      return referrers(destination);
    },
  };
}

/** The merged configuration of a kind for a subject; undefined where no policy has a say. */
export function confOf(mesh: Mesh, kind: OutboundKind, client: ClientView, subject: Subject): JsonObject | undefined {
  const rule = mesh.entries[kind].rule(client, subject);
  return rule === undefined ? undefined : mergeConfs(rule.map(({ item }) => mapOf(item.default)));
}
