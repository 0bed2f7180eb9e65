import { type Estate, takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { arbitraryEstate } from '@isthmus/testkit';
import { defaultSettings, translate } from '@isthmus/translation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FanOut, fanOut, type Load, type ScopedFanOut, serviceGraph } from '../index.ts';

const settings = defaultSettings;
const estateOf = (...texts: string[]): Estate =>
  takeIn(texts.map((text, index) => readManifest(`${index}.yaml`, new TextEncoder().encode(text))));
const countedFrom = (estate: Estate, emitted: Parameters<typeof fanOut>[0]['emitted'] = []): FanOut =>
  fanOut({ estate, emitted, graph: serviceGraph(estate, settings), settings });
const counted = (...texts: string[]): FanOut => countedFrom(estateOf(...texts));
const translated = (...texts: string[]): FanOut => {
  const { estate, emitted } = translate(estateOf(...texts), settings);
  return countedFrom(estate, emitted);
};
const scopingOf = ({ scopings }: FanOut, mesh: 'istio' | 'kong', scope: ScopedFanOut['scope'] = 'written') =>
  scopings.find((one) => one.mesh === mesh && one.scope === scope) as ScopedFanOut;

const document = (apiVersion: string, kind: string, name: string, namespace: string, rest: string): string =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n${rest}\n`;
const istio = (kind: string, name: string, namespace: string, spec: string): string =>
  document('networking.istio.io/v1', kind, name, namespace, `spec: ${spec}`);

interface Shape {
  readonly namespaces?: number;
  readonly port?: string;
  readonly exportTo?: string;
  readonly routes?: boolean;
  readonly subsets?: boolean;
}

const http = '{name: http, port: 8080, appProtocol: http}';

/** Services with three pods each, spread over namespaces, as they were when real control planes were measured. */
function measured(services: number, { namespaces = 10, port = http, exportTo, routes, subsets }: Shape = {}): string {
  return Array.from({ length: services }, (_, index) => {
    const [name, namespace] = [`svc-${String(index).padStart(4, '0')}`, `ns-${index % namespaces}`];
    const visible = exportTo === undefined ? '' : `, annotations: {networking.istio.io/exportTo: "${exportTo}"}`;
    const pods = (version: string, replicas: number): string =>
      document(
        'apps/v1',
        'Deployment',
        `${name}-${version}`,
        namespace,
        `spec: {replicas: ${replicas}, template: {metadata: {labels: {app: ${name}, version: ${version}}}, spec: {containers: [{name: app}]}}}`,
      );
    const route = `{destination: {host: ${name}}}`;
    return [
      `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}${visible}}\nspec: {selector: {app: ${name}}, ports: [${port}]}\n`,
      pods('v1', 2),
      pods('v2', 1),
      ...(routes
        ? [
            istio(
              'VirtualService',
              name,
              namespace,
              `{hosts: [${name}], http: [{match: [{uri: {prefix: /a}}], route: [${route}]}, {route: [${route}]}]}`,
            ),
          ]
        : []),
      ...(subsets
        ? [
            istio(
              'DestinationRule',
              name,
              namespace,
              `{host: ${name}, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}`,
            ),
          ]
        : []),
    ].join('');
  }).join('');
}

const sidecarOfRoot = istio('Sidecar', 'default', 'istio-system', '{egress: [{hosts: ["./*"]}]}');

describe('what one proxy holds is what real control planes sent to one', () => {
  test.each([
    ['plain', measured(100), [104, 3, 101, 300, 226_206]],
    ['plain', measured(1000, { namespaces: 50 }), [1004, 3, 1001, 3000, 2_120_452]],
    ['routes and subsets', measured(100, { routes: true, subsets: true }), [304, 3, 201, 600, 586_742]],
    ['Sidecar of the root namespace', measured(100) + sidecarOfRoot, [14, 3, 11, 30, 36_993]],
    ['Sidecar', measured(1000, { namespaces: 50 }) + sidecarOfRoot, [24, 3, 21, 60, 58_148]],
    ['exportTo', measured(100, { exportTo: '.' }), [14, 3, 11, 30, 36_993]],
    ['no protocol', measured(100, { port: '{port: 8080}' }), [104, 102, 100, 300]],
    ['tcp', measured(100, { port: '{name: tcp, port: 8080}' }), [104, 102, 0, 300]],
  ])('in Istio: %s (%#)', (_, text, [clusters, listeners, routes, endpoints, bytes]) => {
    const { load } = scopingOf(counted(text), 'istio');
    expect(load).toMatchObject({ clusters, listeners, routes, endpoints });
    if (bytes !== undefined) expect(Math.abs(load.bytes - bytes)).toBeLessThanOrEqual(bytes * 0.03);
  });

  // The proxies measured with more than ten services had no inbound port, which is one cluster, listener and route less.
  test.each([
    ['plain', measured(10), [18, 17, 16, 30, 44_510]],
    ['plain', measured(100), [108, 107, 106, 300, 403_547 + 1150]],
  ])('in Kong Mesh: %s (%#)', (_, text, [clusters, listeners, routes, endpoints, bytes]) => {
    const { load } = scopingOf(counted(text), 'kong');
    expect(load).toMatchObject({ clusters, listeners, routes, endpoints });
    expect(Math.abs(load.bytes - (bytes as number))).toBeLessThanOrEqual((bytes as number) * 0.03);
  });

  test('in Kong Mesh, trimmed to the own namespace as the translation of such a Sidecar does', () => {
    const result = translated(measured(100) + sidecarOfRoot);
    expect(scopingOf(result, 'kong').load).toMatchObject({ clusters: 18, listeners: 17, routes: 16, endpoints: 30 });
    expect(scopingOf(result, 'kong').load).toEqual(scopingOf(result, 'kong', 'namespace').load);
    expect(scopingOf(result, 'istio').load).toEqual(scopingOf(result, 'istio', 'namespace').load);
    expect(scopingOf(result, 'kong', 'none').load.clusters).toBe(108);
  });
});

test('discovery selectors hide the Services of other namespaces from every proxy', () => {
  const text = measured(20, { namespaces: 2 });
  const namespaces = ['ns-0', 'ns-1'].map(
    (name) => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {istio-injection: enabled}}\n`,
  );
  const config =
    '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: "discoverySelectors: [{matchLabels: {kubernetes.io/metadata.name: ns-0}}]"}\n';
  const [all, some] = [counted(text + namespaces.join('')), counted(text + namespaces.join('') + config)];
  // 20 services, or 10, with three clusters that are always there and one for the inbound port of those that are known.
  expect(scopingOf(all, 'istio').load).toMatchObject({ clusters: 24, endpoints: 60 });
  expect(scopingOf(some, 'istio').load).toMatchObject({ clusters: 14, endpoints: 30 });
  expect(some.assumptions.join()).toContain('Discovery selectors hide 10 Services');
  expect(all.assumptions.join()).not.toContain('Discovery selectors hide');
});

describe('who is touched by a change', () => {
  test('everybody, or those that see the service; Kong Mesh makes every proxy anew', () => {
    const wide = counted(measured(20, { namespaces: 4 }));
    const [first] = wide.changes;
    expect(first).toMatchObject({ mesh: 'istio', proxies: 60, most: 60, regenerated: 60 });
    const narrow = translated(measured(20, { namespaces: 4 }) + sidecarOfRoot);
    const ofKong = narrow.changes.filter(({ mesh }) => mesh === 'kong');
    expect(narrow.changes[0]).toMatchObject({ proxies: 15, most: 15, regenerated: 15 });
    expect(ofKong[0]).toMatchObject({ proxies: 15, most: 15, regenerated: 60 });
    expect(narrow.namespaces.map(({ touched }) => touched)).toEqual(Array(4).fill({ istio: 15, kong: 15 }));
  });

  test('before 3.0 whole types are sent, since 3.0 what changed', () => {
    const estate = estateOf(measured(20));
    const of = (target: '2.14' | '3.0') =>
      fanOut({ estate, emitted: [], graph: serviceGraph(estate, settings), settings: { ...settings, target } }).changes;
    const bytes = (target: '2.14' | '3.0') => of(target).find(({ change }) => change === 'Endpoints of a destination');
    expect(bytes('2.14')?.bytes).toBe(20 * 3 * 970);
    expect(bytes('3.0')?.bytes).toBe(3 * 970);
  });
});

describe('known calls', () => {
  test('are what a workload would keep', () => {
    const calls = istio(
      'Sidecar',
      'one',
      'ns-0',
      '{workloadSelector: {labels: {app: svc-0000}}, egress: [{hosts: ["./svc-0002.ns-0.svc.cluster.local"]}]}',
    );
    const result = translated(measured(4, { namespaces: 2 }) + calls);
    const kept = scopingOf(result, 'kong', 'calls');
    expect(kept.touched).toBeCloseTo(0.8, 1);
    expect(kept.load.bytes).toBeLessThan(scopingOf(result, 'kong', 'namespace').load.bytes);
  });
});

describe('the projection', () => {
  test('gives the numbers of today for the size of today, and grows', () => {
    const result = counted(measured(100));
    for (const scoping of result.scopings) {
      const today = scoping.projection.find(({ services }) => services === 100);
      if (scoping.scope !== 'calls') expect(today?.load).toEqual(scoping.load);
      for (const [index, point] of scoping.projection.entries()) {
        const before = scoping.projection[index - 1];
        if (before !== undefined) expect(point.total).toBeGreaterThanOrEqual(before.total);
      }
    }
    const at = (scope: ScopedFanOut['scope'], services: number) =>
      scopingOf(result, 'istio', scope).projection.find((point) => point.services === services)?.load;
    expect(at('none', 10_000)).toMatchObject({ clusters: 10_004, endpoints: 30_000 });
    // Namespaces keep their size, so that what they see of themselves stays.
    expect(at('namespace', 10_000)).toEqual(at('namespace', 100));
  });
});

const loadKeys = ['listeners', 'clusters', 'routes', 'endpoints', 'bytes'] as const;
const expectAtMost = (less: Load, more: Load): void => {
  for (const key of loadKeys) expect(less[key]).toBeLessThanOrEqual(more[key]);
};

describe('for every estate', () => {
  const hosts = fc.constantFrom('./*', '*/*', 'default/*', 'shop/*', '~/*', '*/reviews.shop.svc.cluster.local');
  const sidecar = fc.record({
    namespace: fc.constantFrom('default', 'shop', 'bookinfo', 'istio-system'),
    hosts: fc.array(hosts, { minLength: 1, maxLength: 3 }),
  });
  const withSidecars = fc.tuple(arbitraryEstate(4), fc.array(sidecar, { maxLength: 3 }), fc.boolean());

  test('scoping never adds anything, and the order of the input never counts', () => {
    fc.assert(
      fc.property(withSidecars, ([manifests, sidecars, isTranslated]) => {
        const texts = [
          ...manifests.map((one) => JSON.stringify(one)),
          ...sidecars.map((one, index) =>
            istio('Sidecar', `s${index}`, one.namespace, JSON.stringify({ egress: [{ hosts: one.hosts }] })),
          ),
        ];
        const files = texts.map((text, index) => readManifest(`${index}.yaml`, new TextEncoder().encode(text)));
        const numbers = (of: typeof files): FanOut => {
          const estate = takeIn(of);
          return countedFrom(estate, isTranslated ? translate(estate, settings).emitted : []);
        };
        const result = numbers(files);
        expect(result.proxies).toBeGreaterThan(0);
        for (const mesh of ['istio', 'kong'] as const) {
          const none = scopingOf(result, mesh, 'none');
          for (const scope of ['written', 'namespace', 'calls'] as const) {
            expectAtMost(scopingOf(result, mesh, scope).load, none.load);
            expect(scopingOf(result, mesh, scope).touched).toBeLessThanOrEqual(none.touched);
          }
        }
        expect(numbers(files.toReversed())).toEqual(result);
      }),
      { numRuns: 40 },
    );
  });

  test('another service never makes anybody hold less', () => {
    const few = measured(6, { namespaces: 3 });
    fc.assert(
      fc.property(fc.integer({ min: 7, max: 20 }), fc.constantFrom('', sidecarOfRoot), (services, scope) => {
        const [less, more] = [translated(few + scope), translated(measured(services, { namespaces: 3 }) + scope)];
        for (const { mesh, scope: name, load, total } of less.scopings) {
          expectAtMost(load, scopingOf(more, mesh, name).load);
          expect(total).toBeLessThanOrEqual(scopingOf(more, mesh, name).total);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('one without anything holds nothing', () => {
    const result = counted('');
    expect(result).toMatchObject({ services: 0, destinations: 0, proxies: 0, namespaces: [] });
    expect(result.sentence).toBe('There are no services, so that no proxy has to know any.');
    for (const { total, touched, projection } of result.scopings)
      expect({ total, touched, projection }).toEqual({ total: 0, touched: 0, projection: [] });
    for (const { bytes, proxies } of result.changes) expect([bytes, proxies]).toEqual([0, 0]);
  });
});
