import { type JsonObject, mapOf } from '@isthmus/kubernetes';
import { type Changes, type Cluster, refOf } from '../bridge/placed.ts';
import { appliedTo, inPlace, isOverlay, overlaysOf, type Portion, removedFrom, type Written } from './portions.ts';

/** One thing that a stage or a way back does to a cluster. */
export interface Move {
  /**
   * `replace` makes anew what a cluster would not start anew by itself; `wait` waits until pods are there; `overlay` is for
   * `istioctl install`, which no API server takes.
   */
  readonly verb: 'apply' | 'replace' | 'wait' | 'delete' | 'overlay';
  readonly cluster: Cluster;
  /** Its files, within the folder of the cluster. */
  readonly portions: readonly Portion[];
  /** What a script in that folder says for it. */
  readonly lines: readonly string[];
}

/** What divides requests: it changes before what it names goes. */
const isRoute = ({ object }: { readonly object: JsonObject }): boolean =>
  object.kind === 'VirtualService' || object.kind === 'HTTPRoute' || object.kind === 'TCPIngress';
const isOther = (one: { readonly object: JsonObject }): boolean => !isRoute(one);

/** What keeps its pods when its template changes, or refuses another one (k8s.io/api, batch/v1: the template of a Job is immutable). */
const isFixed = ({ kind }: JsonObject): boolean =>
  ['Pod', 'ReplicaSet', 'ReplicationController', 'Job'].includes(String(kind));

/** Whether an object leaves its Pods alone until somebody deletes them (Kubernetes, `updateStrategy` of StatefulSets and DaemonSets). */
function waitsForPeople({ kind, spec }: JsonObject): boolean {
  const { updateStrategy } = mapOf(spec);
  return (kind === 'StatefulSet' || kind === 'DaemonSet') && mapOf(updateStrategy).type === 'OnDelete';
}

/** What commands of `waitFor` look at where people have to delete the Pods. */
export const deletedByPeople = '{.status.updated';

/** Commands that wait until the pods of an object are there; none where nothing can be waited for. */
function waitFor(object: JsonObject): string[] {
  const { kind, namespace, name } = refOf(inPlace(object));
  if (waitsForPeople(object)) {
    // `rollout status` refuses them.
    const { replicas } = mapOf(object.spec);
    return kind === 'StatefulSet'
      ? [
          `kubectl -n ${namespace} wait --for=jsonpath='${deletedByPeople}Replicas}'=${typeof replicas === 'number' ? replicas : 1} statefulset/${name} --timeout=60m`,
        ]
      : [
          `kubectl -n ${namespace} get daemonset/${name} -o jsonpath='${deletedByPeople}NumberScheduled} of {.status.desiredNumberScheduled}'`,
        ];
  }
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return [`kubectl -n ${namespace} rollout status ${kind.toLowerCase()}/${name} --timeout=10m`];
    case 'Rollout':
      return [`kubectl argo rollouts -n ${namespace} status ${name} --timeout 10m`];
    case 'Pod':
      return [`kubectl -n ${namespace} wait --for=condition=Ready pod/${name} --timeout=10m`];
    default:
      return [];
  }
}

const filled = (moves: readonly Move[]): Move[] =>
  moves.filter(({ portions, lines }) => portions.length + lines.length > 0);

/** Applies what a cluster gets of some changes, in order, and waits for the pods among it. */
function applying(changes: Changes, cluster: Cluster, stem: string, how: Written): Move[] {
  const added = changes.added.filter((one) => one.cluster === cluster);
  const changed = changes.changed.filter(({ after }) => after.cluster === cluster);
  const fixed = changed.filter(({ after }) => isFixed(after.object)).map(({ after }) => inPlace(after.object));
  const rest = { added, changed: changed.filter(({ after }) => !isFixed(after.object)), removed: [] };
  const portions = appliedTo(rest, cluster, stem, how);
  const file = `${stem}-anew.yaml`;
  const pods = [...added, ...changed.map(({ after }) => after)].flatMap(({ object }) => waitFor(object));
  return filled([
    { verb: 'apply', cluster, portions, lines: portions.map((one) => `${one.tool} apply -f ${one.file}`) },
    {
      verb: 'replace',
      cluster,
      portions: fixed.length === 0 ? [] : [{ tool: 'kubectl', file, documents: fixed }],
      lines: fixed.length === 0 ? [] : [`kubectl replace --force -f ${file}`],
    },
    { verb: 'wait', cluster, portions: [], lines: pods.sort() },
  ]);
}

function removing(changes: Changes, cluster: Cluster, stem: string, how: Written): Move[] {
  return filled([{ verb: 'delete', cluster, ...removedFrom(changes, cluster, stem, how) }]);
}

/** The clusters of a stage in the order in which they are changed: what is called before what calls it. */
const forth: readonly Cluster[] = ['shared', 'kong', 'istio'];
/** On the way back requests return to Istio before anything of Kong Mesh goes. */
const back: readonly Cluster[] = ['shared', 'istio', 'kong'];

/** What a stage applies, waits for and removes. */
export function movesOf(changes: Changes, how: Written): Move[] {
  return [
    ...forth.flatMap((cluster) => {
      const documents = overlaysOf(changes, cluster, how);
      const overlay: Portion = { tool: 'kubectl', file: 'istio-overlay.yaml', documents };
      return [
        ...filled([{ verb: 'overlay', cluster, portions: documents.length === 0 ? [] : [overlay], lines: [] }]),
        ...applying(changes, cluster, 'apply', how),
      ];
    }),
    ...forth.flatMap((cluster) => removing(changes, cluster, 'delete', how)),
  ];
}

const none: Changes = { added: [], changed: [], removed: [] };

/**
 * What takes the clusters back, so that requests have somebody to answer them at every moment.
 * @param legs the last one leads to where the wave found the clusters; one before it to where both halves of each service are there
 */
export function movesBack(legs: readonly Changes[], how: Written): Move[] {
  const home = legs.at(-1) ?? none;
  const before = legs.length > 1 ? (legs[0] ?? none) : none;
  const apply = (stem: string, changes: Partial<Changes>, clusters: readonly Cluster[]): Move[] =>
    clusters.flatMap((cluster) => applying({ ...none, ...changes }, cluster, stem, how));
  const remove = (stem: string, removed: Changes['removed']): Move[] =>
    back.flatMap((cluster) => removing({ ...none, removed }, cluster, stem, how));
  const added = before.added.filter(({ object }) => !isOverlay(object));
  const restored = home.changed.filter(({ after }) => !isOverlay(after.object));
  return [
    // Both halves of each service, before one of them changes meshes.
    ...apply('10-halves', { added: added.filter(isOther) }, forth),
    ...apply('15-routes', { added: added.filter(isRoute) }, forth),
    ...apply('20-pods', { changed: before.changed }, back),
    ...apply('30-added', { added: home.added }, back),
    ...apply('40-routes', { changed: restored.filter(({ after }) => isRoute(after)) }, back),
    ...remove('50-delete-routes', home.removed.filter(isRoute)),
    ...apply('60-restored', { changed: restored.filter(({ after }) => isOther(after)) }, back),
    ...remove('70-delete', home.removed.filter(isOther)),
    ...remove('80-delete', before.removed),
  ];
}
