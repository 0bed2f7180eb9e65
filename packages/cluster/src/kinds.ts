import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { ClusterError, type Failure } from './cluster-error.ts';
import type { Reader } from './reader.ts';

/** A kind that a cluster serves and Isthmus reads. */
export interface ServedKind {
  /** `''` for the core group. */
  readonly group: string;
  /** The version that is read: the one that the group prefers, where it serves the kind. */
  readonly version: string;
  /** All versions that serve it, the preferred one first. */
  readonly versions: readonly string[];
  readonly kind: string;
  /** The name in paths and rights, such as `virtualservices`. */
  readonly resource: string;
  readonly isNamespaced: boolean;
  /** Of the kind this one object alone, where rights are given by its name. */
  readonly only?: { readonly namespace: string; readonly name: string };
}

/** What could not be read of a cluster, and how it could be. */
export interface Unread {
  readonly group: string;
  /** `*` where not even the kinds of a group are known. */
  readonly kind: string;
  readonly resource: string;
  readonly verb: 'get' | 'list' | 'watch';
  /** Of a name in one namespace, where it is not the whole kind. */
  readonly namespace?: string;
  readonly name?: string;
  readonly failure: Failure;
  readonly reason: string;
  /** What would grant it; absent where rights are not what is missing. */
  readonly grant?: string;
}

/** What is read of a cluster: the names of resources in a group, or all that a group serves. */
export interface WantedGroup {
  readonly group: string;
  /** Absent: everything. */
  readonly resources?: readonly string[];
}

/** Groups whose every kind is part of a mesh or of its gateways; patterns are for what rights are given to. */
export const meshGroups: readonly string[] = [
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'install.istio.io',
  'sailoperator.io',
  'gateway.networking.k8s.io',
  'kuma.io',
  'configuration.konghq.com',
];

/** What is read besides: what gives the objects of the meshes their meaning. Kept in step with `partOf` of the Istio model. */
export const surroundingKinds: readonly Required<WantedGroup>[] = [
  {
    group: '',
    resources: ['namespaces', 'nodes', 'pods', 'replicationcontrollers', 'secrets', 'serviceaccounts', 'services'],
  },
  { group: 'apps', resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'] },
  { group: 'argoproj.io', resources: ['rollouts'] },
  { group: 'batch', resources: ['cronjobs', 'jobs'] },
  { group: 'discovery.k8s.io', resources: ['endpointslices'] },
  { group: 'networking.k8s.io', resources: ['ingressclasses', 'ingresses', 'networkpolicies'] },
];

const surroundings = new Map(surroundingKinds.map(({ group, resources }) => [group, new Set(resources)]));

/** Whether objects of a kind are read. */
const isWanted = (group: string, resource: string): boolean =>
  surroundings.get(group)?.has(resource) ?? (meshGroups.includes(group) || isIstio(group));

/** Whether an API group is Istio's, also one that a later version adds. */
export const isIstio = (group: string): boolean =>
  group === 'istio.io' || group.endsWith('.istio.io') || group === 'sailoperator.io';

const texts = (value: Json | undefined): string[] =>
  isList(value) ? value.filter((item): item is string => typeof item === 'string') : [];
const maps = (value: Json | undefined): JsonObject[] => (isList(value) ? value.filter(isMap) : []);
const field = (value: Json | undefined, name: string): Json | undefined => (isMap(value) ? value[name] : undefined);

/** The groups with their versions, the preferred one first; the core group has one. */
async function listGroups(reader: Reader, signal?: AbortSignal): Promise<Map<string, string[]>> {
  const groups = new Map([['', ['v1']]]);
  const answer = await reader.get('/apis', {}, { signal });
  for (const group of maps(field(answer, 'groups'))) {
    const preferred = field(group.preferredVersion, 'version');
    const versions = maps(group.versions).flatMap(({ version }) => (typeof version === 'string' ? [version] : []));
    const ordered = versions.filter((version) => version === preferred);
    ordered.push(...versions.filter((version) => version !== preferred));
    if (typeof group.name === 'string') groups.set(group.name, ordered);
  }
  return groups;
}

export const pathOf = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

/** The API server's version, such as `v1.35.4`; `''` where it does not say. */
export async function serverVersion(reader: Reader, signal?: AbortSignal): Promise<string> {
  const version = field(await reader.get('/version', {}, { signal }), 'gitVersion');
  return typeof version === 'string' ? version : '';
}

/**
 * The kinds that a cluster serves and Isthmus reads, ordered by group and name. A group whose kinds cannot be listed (an
 * aggregated API that is down, say) is named and the rest goes on. Throws a ClusterError where nothing can be listed.
 */
export async function discover(
  reader: Reader,
  signal?: AbortSignal,
): Promise<{ kinds: ServedKind[]; unread: Unread[] }> {
  const groups = await listGroups(reader, signal);
  const wanted = [...groups.keys()].filter(
    (group) => surroundings.has(group) || meshGroups.includes(group) || isIstio(group),
  );
  const unread: Unread[] = [];
  const perGroup = await Promise.all(
    wanted.map(async (group) => {
      const kinds = new Map<string, ServedKind>();
      for (const version of groups.get(group) ?? []) {
        let answer: Json;
        try {
          answer = await reader.get(pathOf(group, version), {}, { signal });
        } catch (error) {
          const { failure, message } = error as ClusterError;
          if (failure === 'cancelled' || failure === 'credentials') throw error;
          unread.push({
            group,
            kind: '*',
            resource: '*',
            verb: 'get',
            failure,
            reason: `${group}/${version}: ${message}`,
          });
          continue;
        }
        for (const { name, kind, namespaced, verbs } of maps(field(answer, 'resources'))) {
          if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/')) continue;
          if (!isWanted(group, name) || !texts(verbs).includes('list')) continue;
          const known = kinds.get(name);
          if (known === undefined)
            kinds.set(name, {
              group,
              version,
              versions: [version],
              kind,
              resource: name,
              isNamespaced: namespaced === true,
            });
          else kinds.set(name, { ...known, versions: [...known.versions, version] });
        }
      }
      return [...kinds.values()];
    }),
  );
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const kinds = perGroup.flat().sort((a, b) => byText(a.group, b.group) || byText(a.resource, b.resource));
  if (!kinds.some(({ group }) => group === '')) throw new ClusterError('server', 'The API server lists no kinds.');
  return { kinds, unread: unread.sort((a, b) => byText(a.reason, b.reason)) };
}
