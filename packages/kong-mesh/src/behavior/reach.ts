import { isMap, type Json, type JsonObject, parseYaml, YamlError } from '@isthmus/kubernetes';
import type { Catalog } from './catalog.ts';
import type { ClientView } from './client-view.ts';
import type { Destination, DestinationPort } from './destination.ts';
import { annotation } from './labels.ts';
import { metaOf } from './object.ts';
import { filledOf, listOf, mapOf, numberOf, textsOf } from './value.ts';

type Labels = Readonly<Record<string, string>>;

/** Which destinations the proxies of workloads have listeners for (kuma, `kuma.io/reachable-backends`). */
export interface ReachIndex {
  /** Whether there are workloads in the cluster whose Pods have just these labels. */
  hasWorkload(client: Pick<ClientView, 'namespace' | 'labels'>): boolean;
  /** Whether a group's proxies have a listener for a port; undefined where some of them have, or the control plane picks one. */
  reaches(client: ClientView, destination: Destination, port: DestinationPort): boolean | undefined;
  /**
   * All ports that a group's proxies have listeners for; undefined where nobody limits them. Of several destinations among
   * which the control plane picks one all are given, and of Pods that get no working proxy none. Equal answers are one map.
   */
  within(
    client: Pick<ClientView, 'namespace' | 'labels'>,
  ): ReadonlyMap<Destination, readonly DestinationPort[]> | undefined;
}

/** What one annotation lets a proxy reach; undefined: its Pod never gets a working proxy. */
type References = readonly JsonObject[] | undefined;

/** What the Pods of one template have written; undefined: everything is within reach. */
type Written = string | undefined;

const kinds = new Set(['MeshService', 'MeshExternalService', 'MeshMultiZoneService']);

function readReferences(written: string): References {
  let json: Json;
  try {
    json = parseYaml(written)[0]?.value ?? null;
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
  if (json !== null && !isMap(json)) return undefined;
  const refs = listOf(mapOf(json).refs).map((item) => mapOf(item));
  return refs.every(({ kind }) => kinds.has(filledOf(kind) ?? '')) ? refs : undefined;
}

function podOf(object: JsonObject): JsonObject | undefined {
  if (object.kind === 'Pod') return object;
  const { template, jobTemplate } = mapOf(object.spec);
  const found = template ?? mapOf(mapOf(jobTemplate).spec).template;
  return isMap(found) && isMap(found.spec) ? found : undefined;
}

/** Labels that tell workloads apart: without those of a mesh, which patches set, and those that controllers add to their Pods. */
function ownLabels(labels: Labels): Labels {
  const isOther =
    /(?:kuma|istio)\.io\/|^(?:pod-template-|controller-|job-name$)|batch\.kubernetes\.io\/|kubernetes\.io\/pod-/;
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isOther.test(key)));
}

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(ownLabels(labels)).sort());

function writtenByNamespace(objects: readonly JsonObject[]): Map<string, Map<string, Written[]>> {
  const result = new Map<string, Map<string, Written[]>>();
  for (const object of objects) {
    const pod = podOf(object);
    if (pod === undefined) continue;
    const { namespace } = metaOf(object);
    const { labels, annotations } = metaOf(pod);
    const byLabels = result.get(namespace) ?? new Map<string, Written[]>();
    result.set(namespace, byLabels);
    const key = keyOf(labels);
    byLabels.set(key, [...(byLabels.get(key) ?? []), annotations[annotation.reachableBackends]]);
  }
  return result;
}

const isWanted =
  (wanted: number | undefined) =>
  ({ port, name }: DestinationPort): boolean =>
    wanted === undefined || wanted === port || String(wanted) === name;

/** The ports of a destination that a reference means: all of them where it has none of the number that is wanted. */
function wantedPorts({ ports }: Destination, wanted: number | undefined): readonly DestinationPort[] {
  const found = ports.filter(isWanted(wanted));
  return found.length > 0 ? found : ports;
}

/**
 * Whether one reference by labels means a port of one of the destinations that have them. Where a port is named, the control
 * plane goes through these in no certain order until it finds one that has it, and takes all ports of those before it.
 */
function meansAmong(all: readonly Destination[], wanted: number, destination: Destination, port: DestinationPort) {
  const holders = all.filter(({ ports }) => ports.some(isWanted(wanted)));
  if (!wantedPorts(destination, wanted).includes(port)) return false;
  const isCertain = holders.length === 0 || (holders.length === 1 && holders[0] === destination);
  return isCertain && destination.name !== '' ? true : undefined;
}

/** Whether one reference means a port (kuma, pkg/xds/context/destination_index.go `GetReachableBackends`, 2.14). */
function means(reference: JsonObject, destination: Destination, port: DestinationPort, home: string, catalog: Catalog) {
  const kind = filledOf(reference.kind);
  if (kind !== destination.kind) return false;
  const labels = textsOf(reference.labels) ?? {};
  const wanted = numberOf(reference.port);
  const byLabels = Object.keys(labels).length > 0 ? catalog.withLabels(destination.kind, labels) : [];
  if (byLabels.length === 0) {
    const [name, namespace] = [filledOf(reference.name), filledOf(reference.namespace) ?? home];
    const isNamed =
      destination.name !== '' &&
      Object.keys(labels).length === 0 &&
      name === destination.name &&
      namespace === destination.namespace;
    return isNamed && wantedPorts(destination, wanted).includes(port);
  }
  if (!byLabels.includes(destination)) return false;
  if (wanted !== undefined && kind !== 'MeshExternalService') return meansAmong(byLabels, wanted, destination, port);
  // Of several the control plane takes one at random, whatever port is named.
  return destination.kind === 'MeshExternalService' && (byLabels.length > 1 || destination.name === '')
    ? undefined
    : true;
}

/** The destinations that a reference may mean, before its port is looked at. */
function candidates(reference: JsonObject, home: string, catalog: Catalog): readonly Destination[] {
  const kind = filledOf(reference.kind) ?? '';
  const labels = textsOf(reference.labels) ?? {};
  if (Object.keys(labels).length > 0) return catalog.withLabels(kind, labels);
  return catalog
    .inNamespace(filledOf(reference.namespace) ?? home)
    .filter((one) => one.kind === kind && one.name !== '' && one.name === filledOf(reference.name));
}

/** Reads which destinations workloads let their proxies know; all of them where their Pods have no annotation. */
export function readReach(objects: readonly JsonObject[], catalog: Catalog): ReachIndex {
  const members = writtenByNamespace(objects);
  const limited = new Set(
    [...members].flatMap(([namespace, byLabels]) =>
      [...byLabels.values()].flat().some((written) => written !== undefined) ? [namespace] : [],
    ),
  );
  const read = new Map<string, References>();
  const referencesIn = (written: string): References => {
    if (!read.has(written)) read.set(written, readReferences(written));
    return read.get(written);
  };
  const membersOf = ({ namespace, labels }: Pick<ClientView, 'namespace' | 'labels'>): readonly Written[] =>
    members.get(namespace)?.get(keyOf(labels)) ?? [];
  const reaches = (
    written: string | undefined,
    client: ClientView,
    destination: Destination,
    port: DestinationPort,
  ) => {
    if (written === undefined) return true;
    const references = referencesIn(written);
    if (references === undefined) return undefined;
    const found = references.map((one) => means(one, destination, port, client.namespace, catalog));
    return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  };
  const known = new Map<string, ReadonlyMap<Destination, readonly DestinationPort[]>>();
  const meant = (written: readonly string[], home: string): ReadonlyMap<Destination, readonly DestinationPort[]> => {
    const found = new Map<Destination, readonly DestinationPort[]>();
    for (const reference of written.flatMap((text) => referencesIn(text) ?? [])) {
      const wanted = numberOf(reference.port);
      for (const destination of candidates(reference, home, catalog)) {
        const before = found.get(destination) ?? [];
        const more = wantedPorts(destination, wanted).filter((port) => !before.includes(port));
        if (more.length > 0) found.set(destination, [...before, ...more]);
      }
    }
    return found;
  };
  return {
    hasWorkload: (client) => membersOf(client).length > 0,
    reaches(client, destination, port) {
      if (!limited.has(client.namespace)) return true;
      const written = new Set(membersOf(client));
      if (written.size === 0) return true;
      const answers = new Set([...written].map((one) => reaches(one, client, destination, port)));
      return answers.size === 1 ? [...answers][0] : undefined;
    },
    within(client) {
      if (!limited.has(client.namespace)) return undefined;
      const all = membersOf(client);
      const written = [...new Set(all)].filter((text) => text !== undefined);
      if (all.length === 0 || all.includes(undefined)) return undefined;
      const key = JSON.stringify([client.namespace, ...written.sort()]);
      const found = known.get(key) ?? meant(written, client.namespace);
      known.set(key, found);
      return found;
    },
  };
}
