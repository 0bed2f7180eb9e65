import { createJudge } from '@isthmus/equivalence';
import { isUnpredicted } from '@isthmus/equivalence/tallies';
import { takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { type Json, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { resourcesConcerning } from '@isthmus/migration';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const runs = Number(process.env.ISTHMUS_ESTATES ?? 150);
const { clusterDomain } = defaultSettings;

const service = (name: string, labels: Record<string, string>): Json => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }] },
});
const deployment = (name: string, namespace: string, labels: Record<string, string>): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }] },
    },
  },
});

const estate: readonly Json[] = [
  service('reviews', { app: 'reviews' }),
  service('reviews-v2', { app: 'reviews', version: 'v2' }),
  deployment('reviews-v2', 'shop', { app: 'reviews', version: 'v2' }),
  deployment('web', 'front', { app: 'web' }),
];

const some = <T extends Record<string, fc.Arbitrary<unknown>>>(parts: T) => fc.record(parts, { requiredKeys: [] });
const path = fc.record({
  type: fc.constantFrom('Exact', 'PathPrefix'),
  value: fc.constantFrom('/', '/a', '/a/', '/ab', '/a/b', '/b'),
});
const expression = fc.constantFrom('/a.*', '/(a|b)/.*', '.*').map((value) => ({ type: 'RegularExpression', value }));
const condition = (names: readonly string[]) =>
  fc.record({ name: fc.constantFrom(...names), value: fc.constantFrom('1', '2') }).map((one) => [one]);
const match = some({
  path: fc.oneof({ weight: 4, arbitrary: path }, { weight: 1, arbitrary: expression }),
  method: fc.constantFrom('GET', 'POST'),
  headers: condition(['x-a', 'x-b']),
  queryParams: condition(['q']),
});
const backend = some({ weight: fc.integer({ min: 1, max: 9 }) }).chain((rest) =>
  fc.constantFrom('reviews', 'reviews-v2').map((name) => ({ name, namespace: 'shop', port: 80, ...rest })),
);
const filter = fc.constantFrom(
  {
    type: 'RequestHeaderModifier',
    requestHeaderModifier: { set: [{ name: 'x-set', value: '1' }], remove: ['x-gone'] },
  },
  { type: 'URLRewrite', urlRewrite: { hostname: 'other.example' } },
  { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/all' } } },
);
const rule = fc.record(
  {
    matches: fc.array(match, { minLength: 1, maxLength: 3 }),
    filters: fc.array(filter, { maxLength: 1 }),
    backendRefs: fc.array(backend, { minLength: 1, maxLength: 2 }),
    timeouts: some({ request: fc.constantFrom('0s', '1s'), backendRequest: fc.constantFrom('500ms') }),
    retry: some({ attempts: fc.integer({ min: 0, max: 3 }), codes: fc.constant([503]) }),
  },
  { requiredKeys: ['backendRefs'] },
);
const prefixRewrite = fc.record({
  matches: fc.constantFrom('/a', '/a/', '/a/b').map((value) => [{ path: { type: 'PathPrefix', value } }]),
  filters: fc
    .constantFrom('/', '/new', '/new/')
    .map((replacePrefixMatch) => [
      { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } } },
    ]),
  backendRefs: fc.array(backend, { minLength: 1, maxLength: 1 }),
});

const route = fc
  .record({
    namespace: fc.constantFrom('shop', 'front'),
    port: fc.option(fc.constant(80), { nil: undefined }),
    rules: fc.array(fc.oneof({ weight: 3, arbitrary: rule }, { weight: 1, arbitrary: prefixRewrite }), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(
    ({ namespace, port, rules }) =>
      (index: number): Json =>
        ({
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'HTTPRoute',
          metadata: { name: `route-${index}`, namespace, creationTimestamp: `2024-01-01T00:00:0${index}Z` },
          spec: {
            parentRefs: [
              {
                group: '',
                kind: 'Service',
                name: 'reviews',
                namespace: 'shop',
                ...(port === undefined ? {} : { port }),
              },
            ],
            rules,
          },
        }) as unknown as Json,
  );

test('routes of a Service do in Kong Mesh what Istio makes of them, or a finding says otherwise', {
  timeout: 300_000,
}, () => {
  let same = 0;
  fc.assert(
    fc.property(
      fc.array(route, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...targetVersions),
      (routes, target) => {
        const documents = [...estate, ...routes.map((one, index) => one(index))];
        const bytes = new TextEncoder().encode(writeYamlDocuments(documents));
        const read = takeIn([readManifest('estate.yaml', bytes)]);
        const translation = translate(read, { ...defaultSettings, complete: true, target });
        expect(translation.diagnostics.filter(({ code }) => code === 'ISTHMUS-TR-003')).toEqual([]);
        const accounted = translation.context.filter(({ resource }) => resource.kind === 'HTTPRoute');
        expect(accounted).toHaveLength(routes.length);
        const outcomes = accounted.flatMap(({ fields }) => fields.map(({ outcome }) => outcome));
        expect(outcomes).not.toContain('untranslated');
        const isExact = !outcomes.includes('approximate') && !outcomes.includes('unsupported');
        const judge = createJudge({
          estate: read,
          emitted: translation.emitted,
          settings: translation.settings,
          findings: translation.diagnostics,
          concerning: resourcesConcerning(read, clusterDomain),
        });
        for (const row of judge.verify('shop/reviews', [])) {
          if (row.verdict === 'same') same++;
          if (row.verdict === 'differs' && (isExact || isUnpredicted(row)))
            expect(`${row.aspect} ${row.sentence} Predicted by ${row.predictedBy}`).toBe('the same, or foretold');
        }
      },
    ),
    { numRuns: runs },
  );
  expect(same).toBeGreaterThan(runs);
});
