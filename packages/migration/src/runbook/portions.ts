import { isUniversal, kumactlDelete, type ResourceForm, toUniversal } from '@isthmus/kong-mesh';
import { effectiveNamespace, isMap, type Json, type JsonObject, mapOf } from '@isthmus/kubernetes';
import type { BridgeFacts } from '../bridge/facts.ts';
import { bridgeNamespace } from '../bridge/into-istio.ts';
import { applicable } from '../bridge/object.ts';
import { type Changes, type Cluster, type ObjectRef, type Placed, refOf } from '../bridge/placed.ts';
import type { MeshNames } from '../bridge/settings.ts';
import { word } from './command.ts';

/** The form of what Kong Mesh reads, and what its names depend on. */
export interface Written {
  readonly form: ResourceForm;
  readonly names: MeshNames;
  /** The zone that names carry, where a control plane may hold resources of several. */
  readonly zone?: string;
}

/** How a form writes the resources of a bridge. */
export const writtenIn = (
  { input: { names, amongZones } }: Pick<BridgeFacts, 'input'>,
  form: ResourceForm,
): Written => ({
  form,
  names,
  ...(amongZones ? { zone: names.zone } : {}),
});

/** What one tool applies at once, or deletes: a file of the bundle and what is in it. */
export interface Portion {
  readonly tool: 'kubectl' | 'kumactl';
  /** Within the folder of the cluster. */
  readonly file: string;
  readonly documents: readonly Json[];
}

/**
 * Kinds in the order in which they are applied: what others stand in or name, permissions before what turns mTLS on, the halves of
 * a service before the routes that name them, and pods last.
 */
const kinds = [
  'Namespace',
  'ServiceAccount',
  'GatewayClass',
  'Mesh',
  'MeshTrust',
  'MeshTrafficPermission',
  'MeshTLS',
  'MeshIdentity',
  'AuthorizationPolicy',
  'Service',
  'ServiceEntry',
  'DestinationRule',
  'MeshExternalService',
  'MeshHTTPRoute',
  'MeshTCPRoute',
  'MeshService',
  'HostnameGenerator',
];
const last = [
  'Gateway',
  'HTTPRoute',
  'TCPIngress',
  'VirtualService',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'ReplicaSet',
  'ReplicationController',
  'CronJob',
  'Job',
  'Pod',
];

/** What `istioctl install` takes, which no API server does any more. */
export const isOverlay = ({ kind }: { readonly kind?: unknown }): boolean => kind === 'IstioOperator';

function rank(kind: string): number {
  const first = kinds.indexOf(kind);
  if (first >= 0) return first;
  const end = last.indexOf(kind);
  return end < 0 ? kinds.length : kinds.length + 1 + end;
}

/** Who takes an object: kumactl what is Kong Mesh's own in Universal form, kubectl everything else. */
const toolOf = (object: JsonObject, { form }: Written): Portion['tool'] =>
  form === 'universal' && isUniversal(object) ? 'kumactl' : 'kubectl';

/** An object of the bridge as the form has it. */
export const written = ({ object, zone }: Pick<Placed, 'object' | 'zone'>, how: Written): JsonObject =>
  toolOf(object, how) === 'kumactl' ? toUniversal(object, how.names, zone ?? how.zone) : object;

/** What an object is called in a form: Universal knows no namespaces. */
export function writtenRef(placed: Pick<Placed, 'object' | 'zone'>, how: Written): ObjectRef {
  const ref = refOf(placed.object);
  if (toolOf(placed.object, how) === 'kubectl') return ref;
  return { ...ref, namespace: '', name: toUniversal(placed.object, how.names, placed.zone ?? how.zone).name };
}

/** Maps that others write into too: controllers, and people who do not keep all of it in manifests. */
const isShared = (key: string): boolean => key === 'labels' || key === 'annotations';

/**
 * An object as a patch of another says it: keys that only the former has are null, because `kubectl apply` leaves alone what it did not
 * write itself. Of labels and annotations each is taken away by itself, since a cluster may have more of them than an import.
 */
function withNulls(before: JsonObject, after: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    result[key] = isMap(value) && old !== undefined && isMap(old) ? withNulls(old, value) : value;
  }
  for (const [key, old] of Object.entries(before))
    if (!Object.hasOwn(after, key)) result[key] = isShared(key) && isMap(old) ? withNulls(old, {}) : null;
  return result;
}

/** The namespace of an object, in whatever one a context of kubectl stands. */
function placeOf({ apiVersion, ...ref }: ObjectRef): { readonly namespace?: string } {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const namespace = effectiveNamespace({ ...ref, group });
  return namespace === '' ? {} : { namespace };
}

/** An object as it can be applied. */
export function inPlace(object: JsonObject): JsonObject {
  const found = applicable(object);
  return { ...found, metadata: { ...mapOf(found.metadata), ...placeOf(refOf(object)) } };
}

const stub = (ref: ObjectRef): Json => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: { name: ref.name, ...placeOf(ref) },
});

/** With a namespace everything in it would go, whoever brought it: only that of the bridge holds nothing else. */
const mayGo = ({ kind, name }: ObjectRef): boolean => kind !== 'Namespace' || name === bridgeNamespace;

/** An object, who takes it, and what a file of theirs says of it. */
interface Item {
  readonly rank: number;
  readonly tool: Portion['tool'];
  readonly document: Json;
}

/** Ties go to one tool after the other, so that neither waits for the other more often than the order asks. */
const byRank = (a: Item, b: Item): number => a.rank - b.rank || b.tool.localeCompare(a.tool);

/** Documents in a row that one tool takes. */
type Row = Omit<Portion, 'file'>;

function rowsOf(items: readonly Item[]): Row[] {
  const rows: { tool: Portion['tool']; documents: Json[] }[] = [];
  for (const { tool, document } of items) {
    const row = rows.at(-1);
    if (row?.tool === tool) row.documents.push(document);
    else rows.push({ tool, documents: [document] });
  }
  return rows;
}

/** The file of a row; of the Kubernetes form there is one at most. */
const fileOf = (stem: string, number: number, { tool }: Row, { form }: Written): string =>
  form === 'kubernetes' ? `${stem}.yaml` : `${stem}-${number}-${tool}.yaml`;

/** What a cluster gets, in the order of applying; a tool that replaces whole resources needs no nulls. */
function applied({ added, changed }: Changes, cluster: Cluster, how: Written): { item: Item; object: JsonObject }[] {
  const itemOf = (placed: Placed, before?: JsonObject): { item: Item; object: JsonObject } => {
    const object = inPlace(placed.object);
    const tool = toolOf(object, how);
    const document =
      tool === 'kumactl'
        ? written({ ...placed, object }, how)
        : before === undefined
          ? object
          : withNulls(inPlace(before), object);
    return { object, item: { rank: rank(String(object.kind)), tool, document } };
  };
  return [
    ...added.filter((one) => one.cluster === cluster).map((one) => itemOf(one)),
    ...changed.filter(({ after }) => after.cluster === cluster).map(({ before, after }) => itemOf(after, before)),
  ].sort((a, b) => byRank(a.item, b.item));
}

/** Files that a cluster and its control plane get, in the order of applying. */
export function appliedTo(changes: Changes, cluster: Cluster, stem: string, how: Written): Portion[] {
  const items = applied(changes, cluster, how).flatMap(({ object, item }) => (isOverlay(object) ? [] : [item]));
  return rowsOf(items).map((row, index) => ({ ...row, file: fileOf(stem, index + 1, row, how) }));
}

/** Overlays for `istioctl install`. */
export const overlaysOf = (changes: Changes, cluster: Cluster, how: Written): Json[] =>
  applied(changes, cluster, how).flatMap(({ object, item }) => (isOverlay(object) ? [item.document] : []));

/** What is taken away, the last applied first: files for kubectl, and the lines of a script that take each away. */
export interface Removal {
  readonly portions: readonly Portion[];
  readonly lines: readonly string[];
}

/** kumactl takes one name at a time, and ends with an error where there is nothing of it (kuma, app/kumactl/cmd/delete, 2.13 to 3.0). */
export const removing: readonly string[] = [
  '# What is not there any more is no failure; everything else that kumactl reports is.',
  'remove() {',
  '  if said=$(kumactl delete "$@" 2>&1); then echo "$said"; return; fi',
  '  case $said in',
  `    *'there is no '*) echo "$said" ;;`,
  '    *) echo "$said" >&2; exit 1 ;;',
  '  esac',
  '}',
];

/** What a cluster and its control plane lose. */
export function removedFrom({ removed }: Changes, cluster: Cluster, stem: string, how: Written): Removal {
  const gone = removed.filter((one) => one.cluster === cluster && !isOverlay(one.object) && mayGo(refOf(one.object)));
  const items = gone.map((one): Item => {
    const tool = toolOf(one.object, how);
    const document = tool === 'kumactl' ? written(one, how) : stub(refOf(one.object));
    return { rank: rank(refOf(one.object).kind), tool, document };
  });
  const portions: Portion[] = [];
  const lines = rowsOf(items.sort((a, b) => byRank(b, a))).flatMap((row): string[] => {
    if (row.tool === 'kumactl')
      return row.documents.map(
        (one) =>
          `remove ${kumactlDelete(one as { type: string; name: string })
            .map(word)
            .join(' ')}`,
      );
    const file = fileOf(stem, portions.length + 1, row, how);
    portions.push({ ...row, file });
    return [`kubectl delete --ignore-not-found -f ${file}`];
  });
  return { portions, lines };
}
