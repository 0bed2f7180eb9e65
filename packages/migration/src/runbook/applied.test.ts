import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Estate, takeIn } from '@isthmus/istio';
import { checkEdgeResource, isEdgeGroup } from '@isthmus/kong-gateway';
import { checkAdmission, type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import {
  isManifestPath,
  type JsonObject,
  mapOf,
  parseYaml,
  readManifest,
  stringifyJson,
  writeYamlDocuments,
} from '@isthmus/kubernetes';
import { arbitraryEstate, checkObject, generateEstate, sharedPath, sharedSchemas } from '@isthmus/testkit';
import { defaultSettings, translate } from '@isthmus/translation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applicable } from '../bridge/object.ts';
import type { Cluster } from '../bridge/placed.ts';
import { importedObjects } from '../bridge/state.ts';
import {
  type BridgeFacts,
  bridgeFacts,
  bridgeState,
  type Command,
  concerns,
  defaultBridgeSettings,
  defaultPlanSettings,
  planBundle,
  planReport,
  presentGraph,
  progressAt,
  runbookOf,
  type StageName,
  serviceGraph,
  servicesOf,
  stagesNamed,
  type Topology,
  type WaveOf,
  waveOf,
} from '../index.ts';
import { type Clusters, clustersOf, contentOf, type Files, keyIn, run, unserved } from './clusters.test-support.ts';

const topologies = ['same-cluster', 'separate-clusters'] as const satisfies readonly Topology[];
const root = (name: string): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(`root of ${name}`).toString('base64')}\n-----END CERTIFICATE-----\n`;

interface Planned {
  readonly facts: BridgeFacts;
  readonly waves: WaveOf;
  readonly files: Files;
}

function planOf(estate: Estate, topology: Topology, target: TargetVersion, most: number): Planned {
  const settings = { ...defaultSettings, target, complete: true };
  const graph = serviceGraph(estate, settings);
  const facts = bridgeFacts({
    estate,
    graph,
    emitted: translate(estate, settings).emitted,
    concerns: concerns(estate, servicesOf(estate), settings.clusterDomain),
    names: settings,
    settings: { ...defaultBridgeSettings, topology, istioRoots: root('Istio'), kongRoots: root('Kong Mesh') },
  });
  const plan = planReport(
    graph,
    presentGraph(graph, () => undefined),
    { ...defaultPlanSettings, most },
  );
  const waves = waveOf(plan.waves.map(({ groups }) => groups.flatMap(({ services }) => services)));
  return {
    facts,
    waves,
    files: new Map([...planBundle(facts, waves, [], '', 'kubernetes')].map(({ path, text }) => [path, text])),
  };
}

const istioSchemas = sharedSchemas('schemas/istio/crds.yaml');
const istioGroups = /^(?:networking|security|telemetry|extensions)\.istio\.io$/;
/** Certificates are checked elsewhere, with real ones. */
const isPlaceholder = ({ kind }: JsonObject): boolean => kind === 'MeshTrust';

const label = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const dnsName = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What the API servers and the webhooks of both meshes would refuse in an object. */
function refusals(object: JsonObject, target: TargetVersion, own: ReadonlySet<string>): string[] {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: JsonObject };
  const { name, namespace, labels } = metadata as {
    name: string;
    namespace?: string;
    labels?: Record<string, string | null>;
  };
  const place = `${kind} ${namespace ?? ''}/${name}`;
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  const problems = [
    ...(dnsName.test(name) ? [] : [`its name is none`]),
    ...Object.entries(labels ?? {}).flatMap(([key, value]) =>
      value === null || label.test(value) ? [] : [`${key}: ${value} is no label`],
    ),
  ];
  if (group === 'kuma.io' && !isPlaceholder(object)) {
    const answer = checkAdmission(object, target, { systemNamespace: 'kong-mesh-system' });
    if (!answer.accepted) problems.push(...answer.violations.map(({ path, message }) => `${path} ${message}`));
  }
  if (isEdgeGroup(group)) problems.push(...checkEdgeResource(object).map(({ path, message }) => `${path} ${message}`));
  // What people wrote themselves is not ours to judge.
  if (istioGroups.test(group) && !own.has(stringifyJson(object, { sortKeys: true }))) {
    const schema = istioSchemas.get(`${apiVersion}/${kind}`);
    if (istioSchemas.size > 0)
      problems.push(...(schema === undefined ? ['Istio has no such kind'] : checkObject(schema, object)));
    const { diagnostics } = takeIn([readManifest('a.yaml', new TextEncoder().encode(stringifyJson(object)))]);
    problems.push(...diagnostics.filter(({ severity }) => severity === 'blocker').map(({ code }) => code));
  }
  return problems.map((problem) => `${place}: ${problem}`);
}

/** Nulls of a patch take away what the cluster has: they are no part of an object. */
const withoutNulls = (object: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(object, (_, value) => value ?? undefined)) as JsonObject;

function refused({ files, facts }: Planned, target: TargetVersion): string[] {
  const { estate } = facts.input;
  const own = new Set(
    [...estate.istio, ...estate.context].map(({ object }) => stringifyJson(applicable(object), { sortKeys: true })),
  );
  return [...files].flatMap(([path, text]) =>
    !path.endsWith('.yaml') || /\/[\w-]*delete[\w-]*\.yaml$/.test(path)
      ? []
      : parseYaml(text).flatMap(({ value }) =>
          refusals(withoutNulls(value as JsonObject), target, own).map((problem) => `${path} ${problem}`),
        ),
  );
}

const contentsOf = (clusters: Clusters): Map<string, string> =>
  new Map([...clusters].map(([key, { object }]) => [key, contentOf(object)]));

/** What differs between clusters as they are and as they are to be. */
function differences(found: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string[] {
  const keys = [...new Set([...found.keys(), ...wanted.keys()])].sort();
  return keys.flatMap((key) => {
    const [is, should] = [found.get(key), wanted.get(key)];
    if (is === should) return [];
    return [
      is === undefined
        ? `${key} is missing`
        : should === undefined
          ? `${key} is left`
          : `${key} is ${is} and not ${should}`,
    ];
  });
}

/** The clusters as a state of the bridge wants them. */
function wantedAt({ facts, waves }: Planned, wave: number, stage: StageName | undefined): Map<string, string> {
  const cluster: Cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'istio';
  const wanted = new Map<string, string>();
  for (const object of importedObjects(facts).values()) wanted.set(keyIn(cluster, object), contentOf(object));
  for (const [key, placed] of bridgeState(facts, progressAt(facts, waves, wave, stage))) {
    const object = placed?.object ?? importedObjects(facts).get(key);
    // What istioctl takes is in no API server.
    if (object === undefined || object.kind === 'IstioOperator') continue;
    if (placed === undefined) wanted.delete(keyIn(cluster, object));
    else wanted.set(keyIn(placed.cluster, object), contentOf(object));
  }
  return wanted;
}

/** Runs the whole plan as its runbooks say, and from each stage of each wave the way back; returns whatever is wrong. */
function faults(planned: Planned, isApplied: boolean): string[] {
  const { facts, waves, files } = planned;
  const cluster: Cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'istio';
  let clusters = clustersOf([...importedObjects(facts).values()], cluster, isApplied);
  const known = new Set(facts.services.keys());
  const now = (): string[] => [...new Set(unserved(clusters, cluster, known))];
  const problems: string[] = [];
  let before = now();
  /** What was not wrong a moment ago. */
  const watch = (): string[] => {
    const all = now();
    const fresh = all.filter((one) => !before.includes(one));
    before = all;
    return fresh;
  };
  for (let wave = 1; wave <= Math.max(0, ...waves.values()); wave++) {
    const names = stagesNamed(facts, waves, wave);
    const first = contentsOf(clusters);
    const runbook = runbookOf(facts, waves, wave, undefined, 'kubernetes');
    for (const [index, { steps, stage }] of runbook.stages.entries()) {
      const tell = (all: readonly string[]): void =>
        void problems.push(...all.map((one) => `wave ${wave} ${stage}: ${one}`));
      const runAll = (commands: readonly Command[]): string[] =>
        commands.flatMap(({ text, cluster: context = 'shared' }) =>
          run(clusters, files, text, context as Cluster, watch),
        );
      for (const { commands, verify } of steps) {
        const wrong = runAll([...commands, ...verify]);
        // Nobody comes through Istio any more.
        if (stage !== 'end') tell(wrong);
      }
      tell(differences(contentsOf(clusters), wantedAt(planned, wave, names[index])));
      const pods = [...clusters].filter(([, live]) => live.pods === 'starting' || live.pods === 'rolling');
      tell(pods.map(([key]) => `nobody waits for the pods of ${key}`));
      const [there, then] = [clusters, before];
      clusters = new Map(clusters);
      for (const { rollback } of steps.filter(({ rollback: way }) =>
        way.some(({ text }) => text.includes('rollback/')),
      ))
        tell(runAll(rollback).map((one) => `way back: ${one}`));
      // Namespaces of another cluster stay: whatever else is in them would go with them.
      const left = differences(contentsOf(clusters), first).filter(
        (one) => !/^kong {2}Namespace .* is left$/.test(one),
      );
      tell(left.map((one) => `after the way back ${one}`));
      clusters = there;
      before = then;
    }
  }
  return [...problems, ...leftAtTheEnd(planned, clusters)];
}

/** What is not as it is to be once everything has moved, whatever the bridge says of itself. */
function leftAtTheEnd({ facts }: Planned, clusters: Clusters): string[] {
  const cluster: Cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'kong';
  const istio = [facts.trust.trustDomain, ...facts.trust.aliases];
  const bridge = [...clusters].filter(([, { object }]) => 'isthmus/bridge' in mapOf(mapOf(object.metadata).labels));
  const emitted = facts.input.emitted
    .filter(({ role }) => role === 'resource')
    .map(({ object }) => object as JsonObject);
  const missing = emitted.filter(
    (object) =>
      !clusters.has(keyIn(cluster, object)) &&
      !(object.kind === 'MeshTrust' && istio.includes(String(mapOf(object.spec).trustDomain))),
  );
  const pods = [...facts.services.values()].flatMap(({ workloads }) => workloads.filter(({ inCluster }) => inCluster));
  const unmoved = pods.filter(({ resource }) => {
    const object = clusters.get(keyIn(cluster, resource.object))?.object;
    const { metadata } = resource.kind === 'Pod' ? (object ?? {}) : mapOf(mapOf(object?.spec).template);
    const label = mapOf(mapOf(metadata).labels)['kuma.io/sidecar-injection'];
    return cluster === 'shared' ? label !== 'enabled' : object === undefined;
  });
  return [
    ...bridge.map(([key]) => `${key} is left of the bridge`),
    ...missing.map((object) => `${keyIn(cluster, object)} is missing at the end`),
    ...unmoved.map(({ namespace, name }) => `${namespace}/${name} is not in Kong Mesh at the end`),
  ];
}

function checkWhole(estate: Estate, topology: Topology, target: TargetVersion, most: number): void {
  const planned = planOf(estate, topology, target, most);
  expect(refused(planned, target)).toEqual([]);
  for (const isApplied of [true, false]) expect(faults(planned, isApplied)).toEqual([]);
}

const cases = topologies.flatMap((topology) => targetVersions.map((target) => ({ topology, target })));

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && isManifestPath(path)) yield path;
  }
}

const readFolder = (folder: string, isWanted: (path: string) => boolean = () => true): Estate =>
  takeIn(
    [...walk(folder)]
      .filter((path) => isWanted(relative(folder, path)))
      .sort()
      .map((path) => readManifest(relative(folder, path), readFileSync(path))),
  );

describe.each(cases)('$topology, $target', ({ topology, target }) => {
  test('the plan of Kong Air is admitted, leads to its end without a gap, and back from everywhere', () => {
    checkWhole(
      readFolder(fileURLToPath(new URL('../../../../examples/kong-air/', import.meta.url))),
      topology,
      target,
      4,
    );
  });

  test('plans of generated estates are, too', () => {
    checkWhole(
      takeIn(
        generateEstate({ services: 12, seed: 3 }).map(({ file, text }) =>
          readManifest(file, new TextEncoder().encode(text)),
        ),
      ),
      topology,
      target,
      4,
    );
    fc.assert(
      fc.property(arbitraryEstate(6), (manifests) => {
        checkWhole(
          takeIn([readManifest('a.yaml', new TextEncoder().encode(writeYamlDocuments(manifests)))]),
          topology,
          target,
          3,
        );
      }),
      { numRuns: 2 },
    );
  });
});

const corpus = sharedPath('corpus/files');
/** Systems of the corpus whose manifests are one estate, with alternatives left out. */
const systems = [
  [
    'bookinfo',
    'istio__istio',
    /^samples\/bookinfo\/(?:platform\/kube\/bookinfo|networking\/(?:bookinfo-gateway|destination-rule-all|virtual-service-all-v1))\.yaml$/,
  ],
  [
    'the tutorial of Red Hat',
    'redhat-scholars__istio-tutorial',
    /^(?:(?:customer|preference|recommendation)\/kubernetes\/(?:Deployment(?:-v2)?|Service|Gateway)\.yml|istiofiles\/(?:destination-rule-recommendation-v1-v2|virtual-service-recommendation-v1_and_v2|authorization-policy.*)\.yml)$/,
  ],
  [
    'Online Boutique',
    'GoogleCloudPlatform__anthos-service-mesh-samples',
    /^docs\/(?:online-boutique-asm-manifests\/|shared\/(?:online-boutique\/service-accounts|asm-ingress-gateway)\/)/,
  ],
] as const;

describe.skipIf(corpus === undefined).each(systems)('%s', (_, source, select) => {
  test.each(topologies)(
    'its plan is admitted, leads to its end without a gap, and back from everywhere, %s',
    (topology) => {
      const estate = readFolder(join(corpus as string, source), (path) => select.test(path));
      expect(servicesOf(estate).length).toBeGreaterThan(2);
      for (const target of targetVersions) checkWhole(estate, topology, target, 4);
    },
  );
});
