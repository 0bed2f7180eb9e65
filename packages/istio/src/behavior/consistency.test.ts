import { type Client, evaluate } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { asResources, manifest } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientGroups, isMember } from '../effective/client-groups.ts';
import { type EffectiveConfig, effectiveConfig } from '../effective/config.ts';
import { compileClusterSettings } from './cluster-settings.ts';
import { compileRouteTable, compileService } from './route-table.ts';

// Small estates in which everything competes: few names, many ways to see or hide them.

const namespaces = ['a', 'b', 'c', 'istio-system'];
const names = ['x', 'y'];
const labelSets: readonly Record<string, string>[] = [{}, { app: 'x' }, { app: 'y' }, { app: 'x', v: '1' }];

const namespace = fc.constantFrom(...namespaces);
const labels = fc.constantFrom(...labelSets);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const exportTo = maybe(fc.uniqueArray(fc.constantFrom('.', '*', ...namespaces), { minLength: 1, maxLength: 2 }));
const host = fc.constantFrom(
  'x',
  ...namespaces.flatMap((one) => names.map((name) => `${name}.${one}.svc.cluster.local`)),
  '*.a.svc.cluster.local',
  '*.svc.cluster.local',
  'x.a',
  'out.example',
  '*',
);
const present = (object: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;

const destination = fc.record({ host, subset: maybe(fc.constantFrom('one', 'two')) }).map(present);
const rule = fc
  .record({
    match: maybe(
      fc.array(
        fc
          .record({
            sourceLabels: maybe(labels),
            sourceNamespace: maybe(namespace),
            port: maybe(fc.constantFrom(80, 81)),
            uri: maybe(fc.constant({ prefix: '/p' })),
            gateways: maybe(fc.constant(['mesh'])),
          })
          .map(present),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    route: destination.map((found) => [{ destination: found }]),
  })
  .map(present);

const timed =
  (kind: string) =>
  (spec: JsonObject, [name, owner, time]: [number, string, number]) =>
    manifest(
      'networking.istio.io/v1',
      kind,
      {
        name: `${kind.toLowerCase()}-${name}`,
        namespace: owner,
        creationTimestamp: new Date(time * 1000).toISOString(),
      },
      spec,
    );
const identity = fc.tuple(fc.nat(9), namespace, fc.nat(5));

const virtualService = fc
  .tuple(
    fc
      .record({
        hosts: fc.uniqueArray(host, { minLength: 1, maxLength: 2 }),
        exportTo,
        gateways: maybe(fc.constantFrom(['mesh'], ['gw'], ['gw', 'mesh'])),
        http: fc.array(rule, { minLength: 1, maxLength: 3 }),
      })
      .map(present),
    identity,
  )
  .map(([spec, where]) => timed('VirtualService')(spec, where));

const destinationRule = fc
  .tuple(
    fc
      .record({
        host,
        exportTo,
        workloadSelector: maybe(labels.map((matchLabels) => ({ matchLabels }))),
        trafficPolicy: maybe(
          fc.constantFrom(
            { loadBalancer: { simple: 'RANDOM' } },
            { loadBalancer: { consistentHash: { httpHeaderName: 'h' } } },
          ),
        ),
        subsets: fc
          .uniqueArray(fc.constantFrom('one', 'two'), { maxLength: 2 })
          .map((all) => all.map((name) => ({ name }))),
      })
      .map(present),
    identity,
  )
  .map(([spec, where]) => timed('DestinationRule')(spec, where));

const sidecar = fc
  .tuple(
    fc
      .record({
        workloadSelector: maybe(labels.map((found) => ({ labels: found }))),
        egress: maybe(
          fc.array(
            fc.record({
              hosts: fc.uniqueArray(
                fc.constantFrom('./*', '*/*', 'a/*', '*/x.a.svc.cluster.local', 'b/x.b.svc.cluster.local', '~a/*'),
                { minLength: 1, maxLength: 2 },
              ),
            }),
            { minLength: 1, maxLength: 1 },
          ),
        ),
        outboundTrafficPolicy: maybe(fc.constant({ mode: 'REGISTRY_ONLY' })),
      })
      .map(present),
    identity,
  )
  .map(([spec, where]) => timed('Sidecar')(spec, where));

const services = namespaces.flatMap((owner) =>
  names.map((name) =>
    fc.tuple(exportTo, fc.constantFrom('http', 'web', 'tcp')).map(([exported, protocol]) =>
      manifest(
        'v1',
        'Service',
        {
          name,
          namespace: owner,
          annotations: exported === undefined ? undefined : { 'networking.istio.io/exportTo': exported.join(',') },
        },
        {
          clusterIP: `10.${namespaces.indexOf(owner)}.0.${names.indexOf(name) + 1}`,
          selector: { app: name },
          ports: [
            { name: `${protocol}-1`, port: 80 },
            { name: 'http-2', port: 81 },
          ],
        },
      ),
    ),
  ),
);

const estate = fc
  .tuple(
    fc.tuple(...services),
    fc.array(virtualService, { maxLength: 4 }),
    fc.array(destinationRule, { maxLength: 4 }),
    fc.array(sidecar, { maxLength: 2 }),
  )
  .map((parts) => parts.flat());

function configOf(manifests: readonly JsonObject[]): EffectiveConfig {
  const all = asResources(manifests);
  const [istio, context] = [true, false].map((own) => all.filter(({ group }) => (group !== '') === own));
  return effectiveConfig({
    sources: [],
    superseded: [],
    skipped: [],
    diagnostics: [],
    istio: istio ?? [],
    context: context ?? [],
  });
}

const clients: readonly Client[] = namespaces.flatMap((one) =>
  labelSets.map((own) => ({ namespace: one, labels: own })),
);

test('clients of one group are treated alike, and every client is in one group', () => {
  fc.assert(
    fc.property(estate, (manifests) => {
      const config = configOf(manifests);
      for (const service of config.registry.all) {
        const { host: called } = service;
        const groups = clientGroups(config, called);
        const decisions = (client: Client) => ({
          settings: [...compileClusterSettings(config, client, called)],
          routes: [80, 81].map((port) =>
            compileService(config, client, called, port)?.table.virtualHosts.map((one) => one.routes),
          ),
        });
        const expected = new Map(groups.map((group) => [group, decisions(group.client)]));
        for (const client of clients) {
          const own = groups.filter((group) => isMember(group, client));
          // Labels of a client that the estate does not hold may meet several selectors at once.
          expect(own.length).toBeLessThanOrEqual(1);
          for (const group of own) expect(decisions(client)).toEqual(expected.get(group));
        }
      }
    }),
    { numRuns: Number(process.env.ISTHMUS_RUNS ?? 60) },
  );
});

test('the part of a route table for one service decides as the whole table', () => {
  fc.assert(
    fc.property(estate, fc.constantFrom(...clients), fc.constantFrom('/', '/p'), (manifests, client, path) => {
      const config = configOf(manifests);
      for (const port of [80, 81]) {
        const whole = compileRouteTable(config, client, port);
        for (const { host: called } of config.registry.all) {
          const service = compileService(config, client, called, port);
          if (service?.kind !== 'declared') continue;
          const [name = '', owner = ''] = called.split('.');
          for (const authority of [called, `${name}.${owner}`, `${name}.${owner}.svc`, `${called}.`]) {
            const request = { method: 'GET', authority, path, headers: {} };
            expect(evaluate(service.table, request).decision).toEqual(evaluate(whole, request).decision);
          }
        }
      }
    }),
    { numRuns: Number(process.env.ISTHMUS_RUNS ?? 60) },
  );
});
