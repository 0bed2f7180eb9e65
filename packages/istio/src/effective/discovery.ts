import {
  effectiveNamespace,
  isList,
  isMap,
  type Json,
  type LabelRequirement,
  type LabelSelector,
  matchesSelector,
  type Resource,
} from '@isthmus/kubernetes';
import { clusterNames } from '../clusters.ts';
import { type Estate, ofKind } from '../estate.ts';
import { meshConfigOf } from './mesh-settings.ts';
import { labelsOf } from './workloads.ts';

/** Whether Istio's control plane reads what lies in a namespace; `unknown` is taken for read. */
export type Discovered = 'read' | 'left out' | 'unknown';

/** What `discoverySelectors` make of an estate. */
export interface Discovery {
  /** @param cluster where what is asked about lies; absent where the import does not say */
  of(namespace: string, cluster?: string): Discovered;
  /** Whether all selectors are such that Istio takes them; it logs an error and uses none of them otherwise. */
  readonly isUsable: boolean;
  /** What Istio does not read, in the estate's order: its own kinds and those that it reads beside them. */
  readonly leftOut: readonly Resource[];
  /** What lies where it is not known whether Istio reads it. */
  readonly unknown: readonly Resource[];
}

const operators: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** Undefined for what istiod cannot use (istio, pkg/config/mesh/labelselector/labelselector.go, 1.32). */
function readSelector(written: Json): LabelSelector | undefined {
  if (!isMap(written)) return undefined;
  const { matchLabels, matchExpressions } = written;
  const requirements: LabelRequirement[] = [];
  for (const one of isList(matchExpressions) ? matchExpressions : []) {
    if (!isMap(one) || typeof one.key !== 'string' || !operators.has(String(one.operator))) return undefined;
    const operator = one.operator as LabelRequirement['operator'];
    const values = (isList(one.values) ? one.values : []).map(String);
    if ((operator === 'In' || operator === 'NotIn') !== values.length > 0) return undefined;
    requirements.push({ key: one.key, operator, values });
  }
  return { matchLabels: labelsOf(matchLabels), matchExpressions: requirements };
}

// The API server sets this label on every namespace.
const nameLabel = 'kubernetes.io/metadata.name';

/** Of a selector the part that is about the name of a namespace, and whether there is more. */
function aboutNames({ matchLabels = {}, matchExpressions = [] }: LabelSelector): {
  readonly part: LabelSelector;
  readonly isWhole: boolean;
} {
  const labels = Object.entries(matchLabels).filter(([key]) => key === nameLabel);
  const requirements = matchExpressions.filter(({ key }) => key === nameLabel);
  return {
    part: { matchLabels: Object.fromEntries(labels), matchExpressions: requirements },
    isWhole: labels.length === Object.keys(matchLabels).length && requirements.length === matchExpressions.length,
  };
}

/** Of a namespace whose labels nobody knows: its name may settle it. */
function byName(selectors: readonly LabelSelector[], name: string): Discovered {
  const answers = selectors.map((selector): Discovered => {
    const { part, isWhole } = aboutNames(selector);
    if (!matchesSelector(part, { [nameLabel]: name })) return 'left out';
    return isWhole ? 'read' : 'unknown';
  });
  return answers.find((one) => one === 'read') ?? answers.find((one) => one === 'unknown') ?? 'left out';
}

// What installs Istio is read by others than its control plane, and what Istio has removed by nobody.
const configuration: ReadonlySet<string> = new Set([
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
]);

const besides: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set(['Service', 'Endpoints']),
  'discovery.k8s.io': new Set(['EndpointSlice']),
  'networking.k8s.io': new Set(['Ingress']),
};

/**
 * Whether Istio filters objects of this kind by their namespace. Pods and what makes them are filtered too, but stay: what
 * runs in a namespace that is left out still calls and is called. So do Secrets: those of the control plane are read whatever
 * the selectors say, and what a gateway lacks without the others is no matter of access.
 */
const isFiltered = ({ group, kind }: Resource): boolean =>
  configuration.has(group) || group === 'gateway.networking.k8s.io' || besides[group]?.has(kind) === true;

interface Reading {
  readonly discovery: Discovery;
  readonly estate: Estate;
}

/** The selectors of a mesh; undefined where it has none. */
interface Selectors {
  readonly all: readonly LabelSelector[];
  readonly isUsable: boolean;
}

function selectorsOf(estate: Estate, rootNamespace: string): Selectors | undefined {
  const written = meshConfigOf(estate, rootNamespace)?.value.discoverySelectors;
  if (!isList(written) || written.length === 0) return undefined;
  const all = written.flatMap((one) => readSelector(one) ?? []);
  return { all, isUsable: all.length === written.length };
}

/**
 * The selectors for each cluster: those of its own MeshConfig, else, where another cluster's control plane serves it, of the
 * import's. Undefined is where resources lie of which the import does not say the cluster.
 */
function selectorsByCluster(estate: Estate, rootNamespace: string): ReadonlyMap<string | undefined, Selectors> {
  const clusters = clusterNames(estate);
  const found = new Map<string | undefined, Selectors>();
  const note = (cluster: string | undefined, own: Selectors | undefined): void =>
    void (own !== undefined && found.set(cluster, own));
  const general = selectorsOf(estate, rootNamespace);
  note(undefined, general);
  for (const cluster of clusters) {
    const istio = estate.istio.filter(({ source }) => source.cluster === undefined || source.cluster === cluster);
    const own = { ...estate, istio };
    note(cluster, meshConfigOf(own, rootNamespace) === undefined ? general : selectorsOf(own, rootNamespace));
  }
  return found;
}

/** What is said of one cluster, or of none, as a function of a namespace. */
function answersOf(estate: Estate, selectors: ReadonlyMap<string | undefined, Selectors>): Discovery['of'] {
  const keyOf = (name: string, cluster: string | undefined): string => JSON.stringify([cluster ?? null, name]);
  const labels = new Map<string, Readonly<Record<string, string>>>();
  for (const one of estate.context)
    if (one.kind === 'Namespace' && one.group === '') labels.set(keyOf(one.name, one.source.cluster), one.labels);
  const clusters = clusterNames({ istio: [], context: estate.context });
  const answer = (name: string, cluster: string | undefined): Discovered => {
    if (cluster === undefined && clusters.length > 0) {
      // What is of no cluster is in each of them.
      const [first, ...others] = new Set(clusters.map((one) => of(name, one)));
      return others.length === 0 && first !== undefined ? first : 'unknown';
    }
    // Configuration of another cluster than all that runs here was chosen there.
    const isElsewhere = cluster !== undefined && clusters.length > 0 && !clusters.includes(cluster);
    const chosen = isElsewhere ? undefined : selectors.get(cluster);
    if (chosen === undefined) return 'read';
    if (!chosen.isUsable) return 'unknown';
    // Each cluster has its own namespaces (istio, pkg/kube/multicluster/cluster.go, 1.32).
    const found = labels.get(keyOf(name, cluster)) ?? labels.get(keyOf(name, undefined));
    if (found === undefined) return byName(chosen.all, name);
    const all = { [nameLabel]: name, ...found };
    return chosen.all.some((selector) => matchesSelector(selector, all)) ? 'read' : 'left out';
  };
  const answers = new Map<string, Discovered>();
  const of = (namespace: string, cluster?: string): Discovered => {
    const key = keyOf(namespace, cluster);
    const known = answers.get(key) ?? answer(namespace, cluster);
    answers.set(key, known);
    return known;
  };
  return of;
}

function readDiscovery(estate: Estate, selectors: ReadonlyMap<string | undefined, Selectors>): Reading {
  const of = answersOf(estate, selectors);
  const ofResource = (resource: Resource): Discovered => {
    const namespace = isFiltered(resource) ? effectiveNamespace(resource) : '';
    return namespace === '' ? 'read' : of(namespace, resource.source.cluster);
  };
  const byAnswer = Map.groupBy([...estate.istio, ...estate.context], ofResource);
  const leftOut = byAnswer.get('left out') ?? [];
  const isRead = (resource: Resource): boolean => ofResource(resource) !== 'left out';
  return {
    discovery: {
      of,
      leftOut,
      unknown: byAnswer.get('unknown') ?? [],
      isUsable: [...selectors.values()].every(({ isUsable }) => isUsable),
    },
    estate:
      leftOut.length === 0
        ? estate
        : { ...estate, istio: estate.istio.filter(isRead), context: estate.context.filter(isRead) },
  };
}

const holdsMesh = ['MeshConfig', 'IstioOperator', 'Istio'];

/** Whether any MeshConfig of an estate, whichever counts, has selectors: most have none, and are not looked through. */
const mayLeaveOut = (estate: Estate, rootNamespace: string): boolean =>
  holdsMesh.some((kind) =>
    ofKind(estate.istio, kind).some((one) => selectorsOf({ ...estate, istio: [one] }, rootNamespace) !== undefined),
  );

const readings = new WeakMap<Estate, Map<string, Reading | undefined>>();

function readingOf(estate: Estate, rootNamespace: string): Reading | undefined {
  const known = readings.get(estate) ?? new Map<string, Reading | undefined>();
  readings.set(estate, known);
  if (known.has(rootNamespace)) return known.get(rootNamespace);
  const selectors = mayLeaveOut(estate, rootNamespace) ? selectorsByCluster(estate, rootNamespace) : undefined;
  const reading = selectors === undefined ? undefined : readDiscovery(estate, selectors);
  known.set(rootNamespace, reading);
  return reading;
}

/**
 * What the `discoverySelectors` of the MeshConfig select: they look at the labels of namespaces, one of several is enough, and
 * no namespace is excepted, the root namespace not either. Undefined where there are none, so that Istio reads all. They
 * filter every namespaced kind that Istio reads (istio, pkg/kube/namespace/filter.go, pilot/pkg/config/kube/crdclient/client.go,
 * pilot/pkg/serviceregistry/kube/controller/controller.go and pilot/pkg/config/kube/gateway/controller.go, 1.32; of Services
 * verified by running, edge.md M3). Of a namespace that the import does not hold it is known only where its name says it.
 * @param rootNamespace whose MeshConfig counts where there are several
 */
export const discovery = (estate: Estate, rootNamespace: string): Discovery | undefined =>
  readingOf(estate, rootNamespace)?.discovery;

/**
 * An estate without what Istio does not read of it: what its effective configuration is made of. Namespaces, pods, accounts and
 * Kong Mesh's own objects stay. The estate itself where Istio reads all; read once for each estate.
 */
export const readByIstio = (estate: Estate, rootNamespace: string): Estate =>
  readingOf(estate, rootNamespace)?.estate ?? estate;
