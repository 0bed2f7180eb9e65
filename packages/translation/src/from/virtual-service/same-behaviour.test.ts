import { createJudge } from '@isthmus/equivalence';
import type { VerdictRow } from '@isthmus/equivalence/tallies';
import { type EffectiveConfig, type Estate, takeIn } from '@isthmus/istio';
import { checkAdmission, type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { type Json, type JsonObject, type Resource, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { resourcesConcerning } from '@isthmus/migration';
import { arbitraryEstate, type Manifest, manifest } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';
import type { Translation } from '../../translation.ts';

/** Estates for a property; more with `ISTHMUS_ESTATES`. A failure prints the seed that draws the estate again. */
const runs = Number(process.env.ISTHMUS_ESTATES ?? 1_000);

const { systemNamespace, clusterDomain } = defaultSettings;

const estateOf = (manifests: readonly Manifest[]): Estate =>
  takeIn([readManifest('estate.yaml', new TextEncoder().encode(writeYamlDocuments(manifests as unknown as Json[])))]);

/** Resources that have a say about a service: its VirtualServices, and what is about it and the Services that they send to. */
function relevantTo({ virtualServices, destinationRules, registry }: EffectiveConfig, host: string): Set<Resource> {
  const routing = virtualServices.all.filter((one) => one.hosts.some((field) => field.host === host));
  const destinations = routing.flatMap(({ http, tcp, tls }) => [
    ...http.flatMap(({ route, mirrors }) => [...route, ...mirrors]),
    ...[...tcp, ...tls].flatMap(({ route }) => route),
  ]);
  const hosts = new Set([host, ...destinations.map(({ destination }) => destination.host.host)]);
  return new Set([
    ...routing.map(({ resource }) => resource),
    ...destinationRules.all.filter((one) => hosts.has(one.host.host)).flatMap(({ resources }) => resources),
    ...[...hosts].flatMap((one) => registry.withHost(one)).map(({ resource }) => resource),
  ]);
}

/** Whether the ledger says of all fields of these resources that they are carried over, or have no effect. */
const isExact = ({ ledger }: Translation, resources: ReadonlySet<Resource>): boolean =>
  ledger.every(
    ({ resource, fields }) =>
      !resources.has(resource) || fields.every(({ outcome }) => outcome === 'exact' || outcome === 'inert'),
  );

const inWords = ({ service, port, clients, aspect, sentence, predictedBy = [] }: VerdictRow): string =>
  `${service}:${port} ${clients} ${aspect}: ${sentence} Predicted by ${predictedBy.join(', ') || 'nothing'}.`;

const judgeOf = (estate: Estate, { emitted, settings, diagnostics }: Translation) =>
  createJudge({
    estate,
    emitted,
    settings,
    findings: diagnostics,
    concerning: resourcesConcerning(estate, clusterDomain),
  });

/** Translates an estate and holds the result against what both meshes do. */
function examine(estate: Estate, target: TargetVersion): { same: number; surprises: string[] } {
  const translation = translate(estate, { ...defaultSettings, complete: true, target });
  for (const { object, role } of translation.emitted)
    if (role === 'resource' && object.apiVersion.startsWith('kuma.io/'))
      expect(checkAdmission(object as unknown as JsonObject, target, { systemNamespace })).toMatchObject({
        accepted: true,
      });
  expect(translation.diagnostics.filter(({ code }) => code === 'ISTHMUS-TR-001')).toEqual([]);
  const kinds = ['VirtualService', 'DestinationRule'];
  for (const { resource, fields } of translation.ledger)
    if (kinds.includes(resource.kind)) expect(fields.filter(({ outcome }) => outcome === 'untranslated')).toEqual([]);
  const judge = judgeOf(estate, translation);
  const surprises: string[] = [];
  let same = 0;
  for (const row of judge.services.flatMap((service) => judge.verify(service, []))) {
    if (row.verdict === 'same') same++;
    if (row.verdict === 'same') continue;
    const [namespace, name] = row.service.split('/');
    const isAllExact = isExact(translation, relevantTo(judge.config, `${name}.${namespace}.svc.${clusterDomain}`));
    if (row.verdict === 'undecided') {
      if (isAllExact) surprises.push(`undecided though all fields are exact: ${inWords(row)}`);
      continue;
    }
    const { predictedBy = [] } = row;
    // A Service's own fields are in no ledger: gRPC on its port is retried in another way whatever the rules say, and so is what
    // Istio finds to be HTTP by itself.
    const isOfRetries = row.counterexample?.differences.every(
      ({ what }) => what === 'retries' || what === 'idle timeout',
    );
    const isOfService =
      isOfRetries &&
      translation.diagnostics.some(
        ({ code, resource }) =>
          predictedBy.includes(code) &&
          resource?.kind === 'Service' &&
          resource.name === name &&
          (resource.namespace || 'default') === namespace,
      );
    if (predictedBy.length === 0) surprises.push(`not foretold: ${inWords(row)}`);
    else if (!isOfService && isAllExact) surprises.push(`though all fields are exact: ${inWords(row)}`);
  }
  return { same, surprises };
}

const version = fc.constantFrom(...targetVersions);

test('whatever is in an estate: what is emitted is valid, and every difference is foretold', {
  timeout: 600_000,
}, () => {
  fc.assert(
    fc.property(arbitraryEstate(2), version, (manifests, target) => {
      expect(examine(estateOf(manifests), target).surprises).toEqual([]);
    }),
    { numRuns: runs },
  );
});

// Conditions and actions that Kong Mesh can express, so that most estates behave alike.
const path = fc.constantFrom('/', '/a', '/a/', '/ab', '/a/b', '/b');
const uri = fc.oneof(
  path.map((exact) => ({ exact })),
  path.map((prefix) => ({ prefix })),
  fc.constantFrom('/a.*', '/(a|b)/.*', '/a', '.*').map((regex) => ({ regex })),
);
const value = fc.oneof(
  fc.constantFrom('1', '12', '2').map((exact) => ({ exact })),
  fc.constantFrom('1', '2').map((prefix) => ({ prefix })),
  fc.constant({}),
);
const named = (names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(parts: T) => fc.record(parts, { requiredKeys: [] });
const match = some({
  uri,
  ignoreUriCase: fc.boolean(),
  method: fc.constantFrom('GET', 'POST').map((exact) => ({ exact })),
  headers: named(['x-a', 'x-b']),
  withoutHeaders: named(['x-c']),
  queryParams: named(['q', 'r']),
  sourceLabels: fc.constantFrom({ app: 'web' }, { app: 'web', tier: 'front' }, { tier: 'front' }),
  sourceNamespace: fc.constantFrom('shop', 'other'),
});
const destination = some({ subset: fc.constantFrom('v1', 'v2') }).map((rest) => ({ host: 'reviews', ...rest }));
const route = fc.oneof(
  destination.map((one) => [{ destination: one }]),
  fc.tuple(destination, destination, fc.integer({ min: 1, max: 99 })).map(([one, other, weight]) => [
    { destination: one, weight },
    { destination: other, weight: 100 - weight },
  ]),
);
const action = fc.oneof(
  { weight: 4, arbitrary: route.map((one) => ({ route: one })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('/new', '/')
      .map((rewritten) => ({ rewrite: { uri: rewritten } }))
      .chain((rewrite) => route.map((one) => ({ route: one, ...rewrite }))),
  },
  { weight: 1, arbitrary: fc.constantFrom('/moved', '/x/y').map((target) => ({ redirect: { uri: target } })) },
);
const settings = some({
  timeout: fc.constantFrom('1s', '5s'),
  retries: fc.constantFrom({ attempts: 0 }, { attempts: 3, retryOn: '5xx' }, { attempts: 1, perTryTimeout: '2s' }),
});
const rule = fc.tuple(fc.array(match, { maxLength: 2 }), action, settings).map(([matches, does, says]) => ({
  ...(matches.length === 0 ? {} : { match: matches }),
  ...does,
  ...('redirect' in does ? {} : says),
}));
const client = (name: string, namespace: string, labels: Record<string, string>): Manifest =>
  manifest('apps/v1', 'Deployment', { name, namespace }, { template: { metadata: { labels } } });
const plainEstate = fc
  .tuple(fc.array(rule, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([http, ended]): Manifest[] => [
    manifest(
      'v1',
      'Service',
      { name: 'reviews', namespace: 'shop' },
      {
        selector: { app: 'reviews' },
        ports: [{ name: 'http', port: 80 }],
      },
    ),
    manifest('networking.istio.io/v1', 'VirtualService', { name: 'reviews', namespace: 'shop' }, {
      hosts: ['reviews'],
      http: ended ? [...http, { route: [{ destination: { host: 'reviews' } }] }] : http,
    } as JsonObject),
    manifest(
      'networking.istio.io/v1',
      'DestinationRule',
      { name: 'reviews', namespace: 'shop' },
      {
        host: 'reviews',
        subsets: ['v1', 'v2'].map((name) => ({ name, labels: { version: name } })),
      },
    ),
    client('web', 'shop', { app: 'web' }),
    client('front', 'other', { app: 'web', tier: 'front' }),
    client('back', 'other', { app: 'back' }),
  ]);

const fullHost = 'reviews.shop.svc.cluster.local';
const policy = some({
  connectionPool: fc.constantFrom(
    { tcp: { maxConnections: 5 } },
    { tcp: { connectTimeout: '2s', maxConnectionDuration: '60s' } },
    { tcp: { idleTimeout: '90s' }, http: { http2MaxRequests: 7 } },
    { http: { http1MaxPendingRequests: 3, idleTimeout: '30s', maxRetries: 2 } },
  ),
  outlierDetection: fc.constantFrom(
    {},
    { consecutive5xxErrors: 3, maxEjectionPercent: 50 },
    { consecutive5xxErrors: 0, consecutiveGatewayErrors: 4, interval: '5s', minHealthPercent: 20 },
    { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 },
  ),
  loadBalancer: fc.constantFrom(
    { simple: 'RANDOM' },
    { simple: 'ROUND_ROBIN' },
    { consistentHash: { httpHeaderName: 'x-user' } },
  ),
});
interface Foreign {
  readonly rule?: { readonly trafficPolicy: object; readonly subsets: readonly string[] };
  readonly routes?: { readonly http: readonly object[]; readonly exportTo: readonly string[] };
  readonly own?: object;
}
const foreign = some({
  rule: fc.record({ trafficPolicy: policy, subsets: fc.constantFrom(['v1'], ['v1', 'v2'], []) }),
  routes: fc.record({
    http: fc.array(rule, { minLength: 1, maxLength: 3 }),
    exportTo: fc.constantFrom(['.'], ['*'], ['other', 'shop']),
  }),
  own: policy,
}) as fc.Arbitrary<Foreign>;

/** Whose age the manifests tell. */
const aged = (one: Manifest, day: number): Manifest => ({
  ...one,
  metadata: { ...one.metadata, creationTimestamp: `2025-01-0${day}T00:00:00Z` },
});

/** The same with a DestinationRule and a VirtualService in the namespace of other clients. */
const dividedEstate = fc
  .tuple(plainEstate, foreign, fc.constantFrom(1, 3))
  .map(([manifests, { rule: other, routes, own }, day]): Manifest[] => [
    ...manifests.map((one) => {
      const spec = one.kind === 'DestinationRule' && own !== undefined ? { trafficPolicy: own } : {};
      return aged({ ...one, spec: { ...(one.spec as JsonObject), ...spec } as JsonObject }, 2);
    }),
    ...(other === undefined
      ? []
      : [
          aged(
            manifest(
              'networking.istio.io/v1',
              'DestinationRule',
              { name: 'theirs', namespace: 'other' },
              {
                host: fullHost,
                trafficPolicy: other.trafficPolicy as JsonObject,
                subsets: other.subsets.map((name) => ({ name, labels: { version: name } })),
              },
            ),
            day,
          ),
        ]),
    ...(routes === undefined
      ? []
      : [
          aged(
            manifest(
              'networking.istio.io/v1',
              'VirtualService',
              { name: 'theirs', namespace: 'other' },
              {
                hosts: [fullHost],
                exportTo: [...routes.exportTo],
                http: JSON.parse(JSON.stringify(routes.http).replaceAll('"host":"reviews"', `"host":"${fullHost}"`)),
              },
            ),
            day,
          ),
        ]),
  ]);

test('clients whose namespace has rules of its own are told apart', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(dividedEstate, version, (manifests, target) => {
      expect(examine(estateOf(manifests), target).surprises).toEqual([]);
    }),
    { numRuns: runs / 2 },
  );
});

test('what can be expressed goes the same way, for every client', { timeout: 600_000 }, () => {
  let same = 0;
  let all = 0;
  fc.assert(
    fc.property(plainEstate, version, (manifests, target) => {
      const found = examine(estateOf(manifests), target);
      expect(found.surprises).toEqual([]);
      same += found.same;
      all++;
    }),
    { numRuns: runs },
  );
  // Not by finding something to say about everything.
  expect(same).toBeGreaterThan(all);
});

// Settings that policies carry over as they are, whichever port or subset they are for.
const carried = some({
  connectionPool: fc.constantFrom(
    { tcp: { maxConnections: 5 } },
    { tcp: { connectTimeout: '2s' } },
    { tcp: { connectTimeout: '3s' }, http: { http2MaxRequests: 7 } },
    { http: { http1MaxPendingRequests: 3, idleTimeout: '30s', maxRetries: 2 } },
  ),
  loadBalancer: fc.constantFrom(
    { simple: 'RANDOM' },
    { simple: 'ROUND_ROBIN' },
    { consistentHash: { httpHeaderName: 'x-user' } },
  ),
});
const portNumbers = [80, 8080, 9090];
const portLevel = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...portNumbers), carried).map(([number, one]) => ({ port: { number }, ...one })),
  { maxLength: 2, selector: ({ port }) => port.number },
);
const withPorts = fc.tuple(carried, portLevel).map(([one, portLevelSettings]) => ({
  ...one,
  ...(portLevelSettings.length === 0 ? {} : { portLevelSettings }),
}));
const portsEstate = fc
  .record({
    ports: fc.integer({ min: 1, max: 3 }),
    own: withPorts,
    subset: withPorts,
    routed: fc.subarray(portNumbers),
  })
  .map(({ ports, own, subset, routed }): Manifest[] => [
    manifest(
      'v1',
      'Service',
      { name: 'reviews', namespace: 'shop' },
      {
        selector: { app: 'reviews' },
        ports: portNumbers.slice(0, ports).map((port) => ({ name: `http-${port}`, port })),
      },
    ),
    manifest('networking.istio.io/v1', 'DestinationRule', { name: 'reviews', namespace: 'shop' }, {
      host: 'reviews',
      trafficPolicy: own,
      subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: subset }],
    } as unknown as JsonObject),
    ...(routed.length === 0
      ? []
      : [
          manifest('networking.istio.io/v1', 'VirtualService', { name: 'reviews', namespace: 'shop' }, {
            hosts: ['reviews'],
            http: [
              ...routed.map((port) => ({
                match: [{ port, uri: { prefix: '/v1' } }],
                route: [{ destination: { host: 'reviews', subset: 'v1', port: { number: port } } }],
              })),
              { route: [{ destination: { host: 'reviews' } }] },
            ],
          } as unknown as JsonObject),
        ]),
    client('web', 'shop', { app: 'web' }),
  ]);

test('settings of one port or subset are for that one alone', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(portsEstate, version, (manifests, target) => {
      const estate = estateOf(manifests);
      const translation = translate(estate, { ...defaultSettings, complete: true, target });
      const judge = judgeOf(estate, translation);
      const differing = judge.services
        .flatMap((service) => judge.verify(service, []))
        .filter(({ aspect, verdict }) => aspect === 'resilience' && verdict !== 'same');
      expect(differing.map(inWords)).toEqual([]);
    }),
    { numRuns: runs },
  );
});
