import { type Json, mapOf, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';
import { intersection, isWider } from './bind.ts';
import { denials, type GuardEntry, tokens } from './guard-entries.ts';
import type { GatewayWorkload } from './workload.ts';

/** A policy that Istio's gateway enforces before any route. */
export interface Guard {
  readonly resource: Resource;
  /** The hosts that it is about; undefined: all. */
  readonly hosts: readonly string[] | undefined;
  /** What stands for it before the routes; undefined where nothing of Kong's can. */
  readonly entries: readonly GuardEntry[] | undefined;
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
/** The hosts of a rule's operations; undefined where one of them may be any host (`api.*`, `*example`, `*`). */
function hostsOf(rule: Json): string[] | undefined {
  const operations = list(mapOf(rule).to).map((to) => mapOf(mapOf(to).operation));
  if (operations.length === 0 || operations.some(({ hosts }) => list(hosts).length === 0)) return undefined;
  const hosts = operations.flatMap(({ hosts }) =>
    list(hosts).map((host) => String(host).toLowerCase().replace(/:\d+$/, '')),
  );
  return hosts.some((host) => host.replace(/^\*\./, '').includes('*')) ? undefined : hosts;
}

function guardOf(resource: Resource, root: string): Guard | undefined {
  const spec = mapOf(resource.object.spec);
  const action = typeof spec.action === 'string' ? spec.action : 'ALLOW';
  const rules = list(spec.rules);
  if (resource.kind === 'RequestAuthentication')
    return list(spec.jwtRules).length === 0 ? undefined : { resource, hosts: undefined, entries: tokens(resource) };
  if (action === 'AUDIT') return undefined;
  // A rule without conditions allows everything.
  if (action === 'ALLOW' && rules.some((rule) => Object.keys(mapOf(rule)).length === 0)) return undefined;
  if (action === 'ALLOW') return { resource, hosts: undefined, entries: undefined };
  const hosts = rules.map(hostsOf);
  return {
    resource,
    hosts: hosts.includes(undefined) ? undefined : hosts.flatMap((one) => one ?? []),
    entries: denials(resource, root),
  };
}

function isFor(resource: Resource, workload: GatewayWorkload, names: ReadonlySet<string>, root: string): boolean {
  const spec = mapOf(resource.object.spec);
  const references = [...list(spec.targetRefs), ...(spec.targetRef === undefined ? [] : [spec.targetRef])].map(mapOf);
  const namespace = resource.namespace || 'default';
  if (references.length > 0)
    return references.some(({ kind, name }) => kind === 'Gateway' && names.has(`${namespace}/${String(name)}`));
  const labels = Object.fromEntries(
    Object.entries(mapOf(mapOf(spec.selector).matchLabels)).map(([key, value]) => [key, String(value)]),
  );
  if (namespace !== root && workload.namespace !== undefined && namespace !== workload.namespace) return false;
  if (Object.keys(labels).length === 0) return namespace === root || namespace === workload.namespace;
  return matchesLabels(labels, workload.labels);
}

/** The policies on access and tokens that hold at a gateway's pods. */
export function guardsOf(context: Context, workload: GatewayWorkload, gateways: readonly string[]): Guard[] {
  const root = rootNamespaceOf(context);
  const names = new Set(gateways);
  return ['AuthorizationPolicy', 'RequestAuthentication']
    .flatMap((kind) => context.ofKind(kind))
    .filter((resource) => isFor(resource, workload, names, root))
    .flatMap((resource) => guardOf(resource, root) ?? []);
}

const stands = ({ hosts }: Pick<Guard, 'hosts'>, host: string): boolean =>
  hosts === undefined || hosts.some((one) => intersection(one, host) !== undefined);

/** Whether what stands for a guard is about all of a host, or about nothing of it. */
const isWhole = ({ hosts }: GuardEntry, host: string): boolean =>
  hosts === undefined || !stands({ hosts }, host) || hosts.some((one) => one === host || isWider(one, host));

/** The first guard that a host stands behind and that Kong has no counterpart of. */
export const guardFor = (guards: readonly Guard[], host: string): Guard | undefined =>
  guards.find((guard) => stands(guard, host) && guard.entries?.every((entry) => isWhole(entry, host)) !== true);

/** What is answered before the routes of a host. */
export const entriesFor = (guards: readonly Guard[]): readonly GuardEntry[] =>
  guards.flatMap(({ entries }) => entries ?? []);

/** Whether an entry is about a host. */
export const isAbout = ({ hosts }: GuardEntry, host: string): boolean => stands({ hosts }, host);
