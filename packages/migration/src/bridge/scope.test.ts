import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type BridgeFacts,
  bridgeState,
  crossingWays,
  progressAt,
  stagesNamed,
  stagesOfWave,
  type Topology,
  type WaveOf,
} from '../index.ts';
import { factsOfEstate } from './facts.test-support.ts';
import { changesBetween } from './placed.ts';
import { importedObjects } from './state.ts';

interface Drawn {
  readonly namespace: number;
  readonly calls: readonly number[];
  readonly account: 'own' | 'shared';
  /** Whether its Service selects the pods of the service before it, too. */
  readonly sharesPods: boolean;
  readonly routesTo: readonly number[];
  readonly rule: boolean;
  readonly allows: readonly number[];
  readonly entry: boolean;
  /** Whether a Sidecar says whom it calls, so that its pods list their backends. */
  readonly sidecar: boolean;
  /** Whether a ServiceEntry has the host of its Service, too. */
  readonly twice: boolean;
  readonly wave: number | undefined;
}

const count = 9;
const index = fc.nat(count - 1);
const few = fc.array(index, { maxLength: 2 });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  namespace: fc.nat(2),
  calls: few,
  account: fc.constantFrom('own', 'shared'),
  sharesPods: fc.nat(5).map((one) => one === 0),
  routesTo: few,
  rule: fc.boolean(),
  allows: few,
  entry: fc.nat(4).map((one) => one === 0),
  sidecar: fc.nat(2).map((one) => one === 0),
  twice: fc.nat(4).map((one) => one === 0),
  wave: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 8 }),
});

const idOf = (all: readonly Drawn[], one: number): string => `ns${all[one]?.namespace}/s${one}`;
const hostOf = (all: readonly Drawn[], one: number): string => `s${one}.ns${all[one]?.namespace}.svc.cluster.local`;

function manifests(all: readonly Drawn[], strict: boolean): string {
  const documents = all.flatMap((one, at) => {
    const place = `metadata: {name: s${at}, namespace: ns${one.namespace}}`;
    const before = all[at - 1];
    const app = one.sharesPods && before?.namespace === one.namespace ? at - 1 : at;
    const account = one.account === 'own' ? `s${at}` : 'shared';
    const env = one.calls.map((to, call) => `{name: HOST_${call}, value: "http://${hostOf(all, to)}:80"}`);
    const destinations = [at, ...one.routesTo].map((to) => `{destination: {host: ${hostOf(all, to)}}, weight: 1}`);
    const principals = one.allows.map(
      (from) => `cluster.local/ns/ns${all[from]?.namespace}/sa/${all[from]?.account === 'own' ? `s${from}` : 'shared'}`,
    );
    const gateways = one.entry ? 'gateways: [mesh, edge/public], ' : '';
    return [
      `apiVersion: v1\nkind: Service\n${place}\nspec: {selector: {app: s${app}}, ports: [{port: 80, name: http}]}`,
      `apiVersion: apps/v1\nkind: Deployment\n${place}\nspec: {selector: {matchLabels: {app: s${at}}}, template: {metadata: {labels: {app: s${at}}}, spec: {serviceAccountName: ${account}, containers: [{name: app, env: [${env}]}]}}}`,
      `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${account}, namespace: ns${one.namespace}}`,
      ...(one.routesTo.length > 0 || one.entry
        ? [
            `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${place}\nspec: {hosts: [${hostOf(all, at)}], ${gateways}http: [{route: [${destinations}]}]}`,
          ]
        : []),
      ...(one.rule
        ? [
            `apiVersion: networking.istio.io/v1\nkind: DestinationRule\n${place}\nspec: {host: ${hostOf(all, at)}, subsets: [{name: v1, labels: {version: v1}}]}`,
          ]
        : []),
      ...(one.sidecar
        ? [
            `apiVersion: networking.istio.io/v1\nkind: Sidecar\n${place}\nspec: {workloadSelector: {labels: {app: s${at}}}, egress: [{hosts: [${[at, ...one.calls].map((to) => `"*/${hostOf(all, to)}"`)}]}]}`,
          ]
        : []),
      ...(one.twice
        ? [
            `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: s${at}-entry, namespace: ns${one.namespace}}\nspec: {hosts: [${hostOf(all, at)}], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 10.0.0.1}]}`,
          ]
        : []),
      ...(principals.length > 0
        ? [
            `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n${place}\nspec: {selector: {matchLabels: {app: s${at}}}, rules: [{from: [{source: {principals: [${principals}]}}]}]}`,
          ]
        : []),
    ];
  });
  const shared = [
    'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: public, namespace: edge}\nspec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}',
    ...(strict
      ? [
          'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: istio-system}\nspec: {mtls: {mode: STRICT}}',
        ]
      : []),
  ];
  return [...new Set([...documents, ...shared])].join('\n---\n');
}

function factsOf(all: readonly Drawn[], strict: boolean, topology: Topology): BridgeFacts {
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(manifests(all, strict)))]);
  return factsOfEstate(estate, { shift: [50], topology, kongRoots: '', istioRoots: '' });
}

test('what a wave changes is the difference of whole states, and its ways are all that cross', () => {
  let steps = 0;
  fc.assert(
    fc.property(
      fc.array(drawn, { minLength: count, maxLength: count }),
      fc.boolean(),
      fc.constantFrom<Topology>('same-cluster', 'separate-clusters'),
      (all, strict, topology) => {
        const facts = factsOf(all, strict, topology);
        const waves: WaveOf = new Map(
          all.flatMap(({ wave, twice }, at): [string, number][] =>
            wave === undefined
              ? []
              : [[idOf(all, at), wave], ...(twice ? [[`${idOf(all, at)}-entry`, 5 - wave] as [string, number]] : [])],
          ),
        );
        const imported = importedObjects(facts);
        for (let wave = 1; wave <= Math.max(0, ...waves.values()); wave++) {
          const first = bridgeState(facts, progressAt(facts, waves, wave - 1, undefined));
          let before = first;
          let shared = first;
          const names = stagesNamed(facts, waves, wave);
          for (const [at, stage] of stagesOfWave(facts, waves, wave).entries()) {
            const progress = progressAt(facts, waves, wave, names[at]);
            const after = bridgeState(facts, progress);
            expect(stage.changes).toEqual(changesBetween(before, after, (key) => imported.get(key)));
            const isShared = stage.phase === 'bridged' || stage.phase === 'shifting';
            if (isShared) shared = after;
            expect(stage.rollback).toEqual([
              ...(isShared ? [] : [changesBetween(after, shared, (key) => imported.get(key))]),
              changesBetween(shared, first, (key) => imported.get(key)),
            ]);
            expect(stage.ways).toEqual(crossingWays(facts, progress));
            before = after;
            steps++;
          }
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(steps).toBeGreaterThan(500);
});
