import { readdirSync, readFileSync } from 'node:fs';
import { createPhaseJudge, verifyPhase } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import { checkEdgeResource, isEdgeGroup } from '@isthmus/kong-gateway';
import { checkAdmission, type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { type JsonObject, readManifest, stringifyJson } from '@isthmus/kubernetes';
import { defaultSettings } from '@isthmus/translation';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  againstPhase,
  type BridgeFacts,
  bridgeState,
  type Changes,
  defaultPlanSettings,
  type Placed,
  phaseCase,
  planReport,
  presentGraph,
  type Stage,
  serviceGraph,
  stagesOfWave,
  type Topology,
  waveOf,
} from '../index.ts';
import { factsOfEstate } from './facts.test-support.ts';
import { refOf } from './placed.ts';

const folder = new URL('../../../../examples/kong-air/', import.meta.url);
const estate = takeIn(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => readManifest(path, readFileSync(new URL(path, folder)))),
);
const root = (name: string): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(`root of ${name}`).toString('base64')}\n-----END CERTIFICATE-----\n`;

/** MeshTrust is checked with real certificates elsewhere: these are texts in their place. */
const isPlaceholder = ({ kind }: JsonObject): boolean => kind === 'MeshTrust';

function factsOf(topology: Topology, target: TargetVersion): BridgeFacts {
  return factsOfEstate(estate, { topology, istioRoots: root('Istio'), kongRoots: root('Kong Mesh') }, target);
}

const graph = serviceGraph(estate, defaultSettings);
const plan = planReport(
  graph,
  presentGraph(graph, () => undefined),
  { ...defaultPlanSettings, most: 4 },
);
const waves = waveOf(plan.waves.map(({ groups }) => groups.flatMap(({ services }) => services)));
const count = plan.waves.length;

const label = ({ metadata }: JsonObject): unknown => (metadata as { labels?: JsonObject }).labels?.['isthmus/bridge'];

describe.each(
  (['same-cluster', 'separate-clusters'] as const).flatMap((topology) =>
    targetVersions.map((target) => ({ topology, target })),
  ),
)('$topology, $target', ({ topology, target }) => {
  let facts: BridgeFacts;
  let stages: Stage[];
  beforeAll(() => {
    facts = factsOf(topology, target);
    stages = Array.from({ length: count }, (_, index) => stagesOfWave(facts, waves, index + 1)).flat();
  });

  test('what it applies to Kong Mesh and to Kong Gateway is admitted', () => {
    const refused = stages.flatMap(({ id, wave, changes }) =>
      [...changes.added, ...changes.changed.map(({ after }) => after)].flatMap(({ object }) => {
        const { apiVersion, kind } = object;
        if (isPlaceholder(object)) return [];
        const group = String(apiVersion).split('/')[0] ?? '';
        const place = `${wave} ${id}: ${kind} ${(object.metadata as JsonObject).name}`;
        if (isEdgeGroup(group))
          return checkEdgeResource(object).map(({ path, message }) => `${place} ${path} ${message}`);
        if (group !== 'kuma.io') return [];
        const answer = checkAdmission(object, target, { systemNamespace: 'kong-mesh-system' });
        return answer.accepted ? [] : answer.violations.map(({ path, message }) => `${place} ${path} ${message}`);
      }),
    );
    expect(refused).toEqual([]);
  });

  test('whatever it brings it takes away again', () => {
    const left = new Map<string, string>();
    for (const { changes } of stages) {
      for (const { cluster, object } of changes.added) {
        const { kind, metadata } = object as { kind: string; metadata: { namespace?: string; name: string } };
        if (label(object) !== undefined)
          left.set(`${cluster} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`, kind);
      }
      for (const { cluster, object } of changes.removed) {
        const ref = refOf(object);
        left.delete(`${cluster} ${ref.kind} ${ref.namespace}/${ref.name}`);
      }
    }
    expect([...left.keys()]).toEqual([]);
  });

  test('a rollback leaves the clusters as the wave found them', () => {
    const apply = (state: Map<string, string>, { added, changed, removed }: Changes): void => {
      const keyOf = (cluster: string, { apiVersion, kind, namespace, name }: Record<string, unknown>): string =>
        `${cluster} ${String(apiVersion).replace(/\/.*/, '')} ${kind} ${namespace ?? ''}/${name}`;
      const set = ({ cluster, object }: Placed): void => {
        const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: JsonObject };
        state.set(keyOf(cluster, { ...metadata, apiVersion, kind }), stringifyJson(object, { sortKeys: true }));
      };
      for (const one of added) set(one);
      for (const { after } of changed) set(after);
      for (const { cluster, object } of removed) state.delete(keyOf(cluster, { ...refOf(object) }));
    };
    const cluster = topology === 'same-cluster' ? 'shared' : 'istio';
    for (const wave of [1, 2, count]) {
      const own = stages.filter((stage) => stage.wave === wave);
      for (const [index, stage] of own.entries()) {
        const state = new Map<string, string>();
        const added = [...estate.istio, ...estate.context].map(
          ({ object }) => ({ cluster, object, service: '' }) as const,
        );
        apply(state, { added, changed: [], removed: [] });
        for (const earlier of stages.filter((one) => one.wave < wave)) apply(state, earlier.changes);
        const found = [...state].sort();
        for (const done of own.slice(0, index + 1)) apply(state, done.changes);
        for (const leg of stage.rollback) apply(state, leg);
        expect([...state].sort()).toEqual(found);
      }
    }
  });

  test('the same estate gives the same bytes', () => {
    const again = bridgeState(factsOf(topology, target), (id) => ({
      at: waves.has(id) ? 'bridged' : 'istio',
      share: 0,
    }));
    const once = bridgeState(facts, (id) => ({ at: waves.has(id) ? 'bridged' : 'istio', share: 0 }));
    expect(stringifyJson([...again].map(([key, one]) => [key, one?.object ?? null]))).toBe(
      stringifyJson([...once].map(([key, one]) => [key, one?.object ?? null])),
    );
  });
});

test.each(
  (['same-cluster', 'separate-clusters'] as const).flatMap((topology) =>
    (['discovered', 'shifting', 'migrated'] as const).map((phase) => ({ topology, phase })),
  ),
)('nobody gains access to any service in $phase, $topology', ({ topology, phase }) => {
  const facts = factsOf(topology, '2.14');
  const judge = createPhaseJudge(phaseCase(facts, phase, { ...defaultSettings, complete: true }));
  const against = [...facts.services.keys()].flatMap((id) =>
    againstPhase([...verifyPhase(judge, [id])], id, facts).map(({ text }) => text),
  );
  expect(against).toEqual([]);
});
