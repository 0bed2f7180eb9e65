import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Estate, takeIn } from '@isthmus/istio';
import {
  checkAdmission,
  isUniversal,
  type ResourceForm,
  type TargetVersion,
  targetVersions,
  toUniversal,
} from '@isthmus/kong-mesh';
import { isMap, type Json, type JsonObject, parseYaml, readManifest, stringifyJson } from '@isthmus/kubernetes';
import { arbitraryEstate, asKubernetes, asResources, checkGolden, readAsKumactl } from '@isthmus/testkit';
import { defaultSettings } from '@isthmus/translation';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { factsOfEstate } from '../bridge/facts.test-support.ts';
import { applicable } from '../bridge/object.ts';
import { refOf } from '../bridge/placed.ts';
import { importedObjects } from '../bridge/state.ts';
import {
  type BridgeFacts,
  type BridgeSettings,
  defaultPlanSettings,
  planBundle,
  planReport,
  presentGraph,
  runbookOf,
  serviceGraph,
  type Topology,
  type WaveOf,
  waveOf,
} from '../index.ts';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const folder = new URL('../../../../examples/kong-air/', import.meta.url);
const kongAir = takeIn(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readManifest(name, readFileSync(new URL(name, folder)))),
);

interface Planned {
  readonly facts: BridgeFacts;
  readonly waves: WaveOf;
  readonly count: number;
}

function planned(estate: Estate, target: TargetVersion, own: Partial<BridgeSettings>): Planned {
  const settings = { ...defaultSettings, target, complete: true };
  const graph = serviceGraph(estate, settings);
  const report = planReport(
    graph,
    presentGraph(graph, () => undefined),
    { ...defaultPlanSettings, most: 4 },
  );
  const facts = factsOfEstate(estate, { istioRoots: pem, kongRoots: pem, ...own }, target);
  const waves = waveOf(report.waves.map(({ groups }) => groups.flatMap(({ services }) => services)));
  return { facts, waves, count: report.waves.length };
}

/** What the clusters and the control plane hold: texts of objects by where they are and what they are called. */
type World = Map<string, string>;
type Files = ReadonlyMap<string, string>;

const withoutNulls = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(withoutNulls)
    : isMap(value)
      ? Object.fromEntries(
          Object.entries(value).flatMap(([key, item]) => {
            const rest = withoutNulls(item);
            // The API server keeps no maps of labels or annotations without a key.
            const isEmpty = /^(?:labels|annotations)$/.test(key) && isMap(rest) && Object.keys(rest).length === 0;
            return item === null || isEmpty ? [] : [[key, rest]];
          }),
        )
      : value;

const textOf = (value: Json): string => stringifyJson(withoutNulls(value), { sortKeys: true });

function keyOf(cluster: string, object: JsonObject): string {
  const { apiVersion, kind, namespace, name } = refOf(object);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return `${cluster} ${group} ${kind} ${namespace}/${name}`;
}

const clusterOf = (path: string): string => /\/(kong|istio)\/[^/]+$/.exec(path)?.[1] ?? 'shared';

interface Applied {
  readonly tool: 'kubectl' | 'kumactl';
  readonly kind: string;
  readonly cluster: string;
}

/** Does what a command of a runbook, or a line of one of its scripts, does; says what it applied. */
function run(world: World, files: Files, command: string, within = ''): Applied[] {
  const [, script] = /^(?:\w+=\S+ )*sh (\S+\.sh)$/.exec(command) ?? [];
  if (script !== undefined) {
    const text = files.get(script);
    if (text === undefined) throw new Error(`there is no ${script}`);
    return text
      .split('\n')
      .flatMap((line) => run(world, files, line.replace(/ --context "\$\w+"/, ''), `${dirname(script)}/`));
  }
  const [, gone, name] = /^remove (\S+) (\S+)(?: --mesh default)?$/.exec(command) ?? [];
  if (gone !== undefined) {
    expect([command, world.delete(`control ${gone} ${name}`)]).toEqual([command, true]);
    return [];
  }
  const [, tool, verb, file] = /^(kubectl|kumactl) (apply|delete --ignore-not-found) -f (\S+)$/.exec(command) ?? [];
  if (tool === undefined || file === undefined) return [];
  const path = `${within}${file}`;
  const text = files.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  if (tool === 'kumactl')
    return readAsKumactl(text).map((object) => {
      world.set(`control ${object.type.toLowerCase()} ${object.name}`, textOf(object));
      return { tool, kind: object.type, cluster: clusterOf(path) };
    });
  return parseYaml(text).flatMap(({ value }) => {
    const object = value as JsonObject;
    if (verb !== 'apply') {
      world.delete(keyOf(clusterOf(path), object));
      return [];
    }
    world.set(keyOf(clusterOf(path), object), textOf(object));
    return [{ tool: 'kubectl' as const, kind: String(object.kind), cluster: clusterOf(path) }];
  });
}

const filesOf = ({ facts, waves }: Planned, form: ResourceForm): Files =>
  new Map([...planBundle(facts, waves, [], '', form)].map(({ path, text }) => [path, text]));

/** The user's clusters before anything moved. */
function untouched({ facts }: Planned): World {
  return new Map(
    [...importedObjects(facts)].map(([key, object]) => {
      const found = applicable(object);
      const cluster = key.slice(0, key.indexOf('/'));
      return [keyOf(cluster, found), textOf(found)];
    }),
  );
}

/** A world of the Kubernetes form with what is Kong Mesh's own as the Universal form has it at the control plane. */
const converted = (world: World, { facts }: Planned): World =>
  new Map(
    [...world].map(([key, text]) => {
      const object = JSON.parse(text) as JsonObject;
      if (!isUniversal(object)) return [key, text];
      const universal = toUniversal(object, facts.input.names);
      return [`control ${universal.type.toLowerCase()} ${universal.name}`, textOf(universal)];
    }),
  );

const sorted = (world: World): [string, string][] => [...world].sort(([a], [b]) => (a < b ? -1 : 1));

/** Kinds of which all of the first come before all of the second, within one stage of a cluster. */
const order: readonly (readonly [string, string])[] = [
  ['Namespace', 'MeshTrafficPermission'],
  ['MeshTrafficPermission', 'MeshTLS'],
  ['MeshTrafficPermission', 'MeshIdentity'],
  ['MeshTLS', 'MeshIdentity'],
  ['Service', 'MeshHTTPRoute'],
  ['MeshExternalService', 'MeshHTTPRoute'],
  ['DestinationRule', 'VirtualService'],
  ['MeshHTTPRoute', 'Deployment'],
  ['MeshTLS', 'Deployment'],
];

/**
 * Does everything that the runbooks of both forms say, stage by stage, and holds one to the other: the same objects, each in one
 * place, in the same order, and back again by the way back of each stage.
 */
function holdToEachOther(plan: Planned): void {
  const { facts, waves, count } = plan;
  const forms = (['kubernetes', 'universal'] as const).map((form) => ({ form, files: filesOf(plan, form) }));
  const worlds = forms.map(() => untouched(plan));
  for (let wave = 1; wave <= count; wave++) {
    const before = worlds.map((world) => sorted(world));
    const runbooks = forms.map(({ form }) => runbookOf(facts, waves, wave, undefined, form));
    for (const index of (runbooks[0]?.stages ?? []).keys()) {
      const applied = forms.map(({ files }, which) =>
        (runbooks[which]?.stages[index]?.steps ?? []).flatMap(({ commands }) =>
          commands.flatMap(({ text }) => run(worlds[which] as World, files, text)),
        ),
      );
      const [kubernetes = [], universal = []] = applied;
      expect(universal.map(({ kind }) => kind).sort()).toEqual(kubernetes.map(({ kind }) => kind).sort());
      for (const { tool, kind } of universal) if (/^Mesh|^HostnameGenerator$/.test(kind)) expect(tool).toBe('kumactl');
      for (const own of Map.groupBy(universal, ({ cluster }) => cluster).values())
        for (const [first, second] of order) {
          const kinds = own.map(({ kind }) => kind);
          const [end, start] = [kinds.lastIndexOf(first), kinds.indexOf(second)];
          if (end >= 0 && start >= 0) expect([first, second, end < start]).toEqual([first, second, true]);
        }
      const [first, second] = worlds as [World, World];
      expect(sorted(second)).toEqual(sorted(converted(first, plan)));
      for (const [which, { files }] of forms.entries()) {
        const back = new Map(worlds[which]);
        const ways =
          runbooks[which]?.stages[index]?.steps.flatMap(({ rollback }) => rollback.map(({ text }) => text)) ?? [];
        for (const way of new Set(ways.filter((text) => text.endsWith('rollback/rollback.sh')))) run(back, files, way);
        // Namespaces of another cluster stay.
        const left = sorted(back).filter(([key]) => !key.startsWith('kong  Namespace '));
        expect(left).toEqual(before[which]?.filter(([key]) => !key.startsWith('kong  Namespace ')));
      }
    }
  }
}

const topologies: readonly Topology[] = ['same-cluster', 'separate-clusters'];
const cases = topologies.flatMap((topology) => targetVersions.map((target) => ({ topology, target })));

describe.each(cases)('the plan of Kong Air, $topology, $target', ({ topology, target }) => {
  const plan = planned(kongAir, target, { topology });

  test('does the same in both forms, stage by stage and back', () => {
    holdToEachOther(plan);
  });

  test('every resource is read by kumactl and accepted', () => {
    const systemNamespace = 'kong-mesh-system';
    let accepted = 0;
    for (const [path, text] of filesOf(plan, 'universal')) {
      if (!path.endsWith('-kumactl.yaml')) continue;
      for (const object of readAsKumactl(text)) {
        // The root of this test is no certificate.
        if (object.type === 'MeshTrust') continue;
        const admission = checkAdmission(asKubernetes(object, systemNamespace), target, { systemNamespace });
        expect([path, object.name, admission]).toMatchObject([path, object.name, { accepted: true }]);
        accepted++;
      }
    }
    expect(accepted).toBeGreaterThan(50);
  });

  test('every file of manifests is named by the runbook or by a script, and says who takes it', () => {
    const files = filesOf(plan, 'universal');
    const all = [...files].filter(([path]) => /\.(?:md|sh)$/.test(path));
    for (const [path, text] of files) {
      if (!path.endsWith('.yaml') || path.endsWith('istio-overlay.yaml')) continue;
      expect(path).toMatch(/\/(?:apply|delete|\d\d-[a-z-]+)-\d+-(?:kubectl|kumactl)\.yaml$/);
      expect([
        path,
        all.some(([, said]) => said.includes(path) || said.includes(path.split('/').at(-1) as string)),
      ]).toEqual([path, true]);
      if (path.endsWith('-kubectl.yaml'))
        for (const { value } of parseYaml(text)) expect(isUniversal(value as JsonObject)).toBe(false);
    }
  });
});

test('plans of any estate do the same in both forms', () => {
  let resources = 0;
  fc.assert(
    fc.property(arbitraryEstate(3), fc.constantFrom(...cases), (manifests, { topology, target }) => {
      const read = asResources(manifests);
      const estate = takeIn([
        { file: 'generated.yaml', documents: read.length, resources: read, unidentified: [], diagnostics: [] },
      ]);
      const plan = planned(estate, target, { topology });
      resources += filesOf(plan, 'universal').size;
      holdToEachOther(plan);
    }),
    { numRuns: 10 },
  );
  expect(resources).toBeGreaterThan(100);
});

const shop = ['cart', 'pay']
  .map(
    (name) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{port: 80, name: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {serviceAccountName: ${name}, containers: [{name: app}]}}
---`,
  )
  .concat(`
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: pay, namespace: shop}
spec: {hosts: [pay], http: [{timeout: 5s, route: [{destination: {host: pay}}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: pay, namespace: shop}
spec:
  selector: {matchLabels: {app: pay}}
  rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]
`)
  .join('');

/** The caller moves first, so that it needs a way back into Istio to whom it calls. */
test.each(['kubernetes', 'universal'] as const)('golden: the first wave of a shop in the form %s', (form) => {
  const estate = takeIn([readManifest('shop.yaml', new TextEncoder().encode(shop))]);
  const { facts } = planned(estate, '2.14', {});
  const waves = waveOf([['shop/cart'], ['shop/pay']]);
  const files = filesOf({ facts, waves, count: 2 }, form);
  const shown = [...files].filter(
    ([path]) => path === 'README.md' || /^wave-01\/(?:runbook\.md|10-bridge\/apply|20-apply\/)/.test(path),
  );
  const text = shown.map(([path, said]) => `######## ${path}\n${said}`).join('\n');
  checkGolden(fileURLToPath(new URL(`golden/shop-${form}.txt`, import.meta.url)), text);
});

describe('a script of removal', () => {
  const place = mkdtempSync(join(tmpdir(), 'isthmus-forms-'));
  afterAll(() => rmSync(place, { recursive: true }));
  const plan = planned(kongAir, '2.14', { topology: 'same-cluster' });
  const [path, text] = [...filesOf(plan, 'universal')].find(
    ([name, said]) => name.endsWith('rollback.sh') && said.includes('\nremove '),
  ) as [string, string];

  /** Runs the script with tools that only write down how they were called. */
  function outcome(kumactl: string): { status: number | null; calls: string[] } {
    const tools = join(place, 'tools');
    mkdirSync(tools, { recursive: true });
    const log = join(place, 'log');
    writeFileSync(log, '');
    for (const [tool, body] of [
      ['kubectl', ''],
      ['kumactl', kumactl],
    ] as const) {
      writeFileSync(join(tools, tool), `#!/bin/sh\necho "${tool} $*" >> '${log}'\n${body}\n`);
      chmodSync(join(tools, tool), 0o755);
    }
    const script = join(place, path);
    mkdirSync(dirname(script), { recursive: true });
    writeFileSync(script, text);
    const { status } = spawnSync('sh', [script], { env: { PATH: `${tools}:${process.env.PATH}` } });
    return { status, calls: readFileSync(log, 'utf8').split('\n').filter(Boolean) };
  }

  test('names each resource to kumactl, and goes on where one is gone already', () => {
    const removals = text.split('\n').filter((line) => line.startsWith('remove '));
    const absent = `case $1 in delete) echo 'Error: there is no MeshTimeout with name "x"' >&2; exit 1 ;; esac`;
    for (const kumactl of ['', absent]) {
      const { status, calls } = outcome(kumactl);
      expect(status).toBe(0);
      expect(calls.filter((call) => call.startsWith('kumactl delete '))).toEqual(
        removals.map((line) => line.replace('remove ', 'kumactl delete ')),
      );
    }
  });

  test('stops where the control plane cannot be asked', () => {
    const { status, calls } = outcome(`case $1 in delete) echo 'Error: connection refused' >&2; exit 1 ;; esac`);
    expect(status).toBe(1);
    expect(calls.filter((call) => call.startsWith('kumactl delete '))).toHaveLength(1);
  });
});
