import { type JsonObject, writeYaml } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { answer, client, meshOf, namespace, policy, service, shop } from './mesh.test-support.ts';

const written = (refs: unknown): string => writeYaml({ refs } as JsonObject);
const deployment = (name: string, labels: Record<string, string>, reachable?: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    template: {
      metadata: {
        labels,
        ...(reachable === undefined ? {} : { annotations: { 'kuma.io/reachable-backends': reachable } }),
      },
      spec: { containers: [] },
    },
  },
});
const mine = (reachable?: string): JsonObject =>
  deployment('client', { ...client.labels, 'kuma.io/sidecar-injection': 'enabled' }, reachable);
const other = [namespace('other'), service('other/o')];
const headless: JsonObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'h', namespace: 'shop' },
  spec: { clusterIP: 'None', selector: { app: 'h' }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
};

const ask = (objects: readonly JsonObject[], name = 's', home = 'shop'): string =>
  answer(meshOf([...shop, ...other, headless, ...objects]).routeTable(client, { namespace: home, name }, 80), 'GET /');

describe('reachable backends', () => {
  test('are all of the mesh where nothing is written', () => {
    expect(ask([mine()])).toBe('s');
    expect(ask([mine(), deployment('x', { app: 'x' }, '')], 'o', 'other')).toBe('o');
  });

  test.each([
    ['by name, in the namespace of its own', [{ kind: 'MeshService', name: 's' }], 's', 'no listener', 'no listener'],
    [
      'by name and namespace',
      [{ kind: 'MeshService', name: 'o', namespace: 'other' }],
      'no listener',
      'no listener',
      'o',
    ],
    ['by name and port', [{ kind: 'MeshService', name: 's', port: 80 }], 's', 'no listener', 'no listener'],
    [
      'by name and a port that it has not, which is all of its ports',
      [{ kind: 'MeshService', name: 's', port: 81 }],
      's',
      'no listener',
      'no listener',
    ],
    [
      'a whole namespace',
      [{ kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': 'shop' } }],
      's',
      '',
      'no listener',
    ],
    [
      'a headless Service, by labels only',
      [{ kind: 'MeshService', name: 'h' }],
      'no listener',
      'no listener',
      'no listener',
    ],
    ['of another kind', [{ kind: 'MeshExternalService', name: 's' }], 'no listener', 'no listener', 'no listener'],
    ['none', [], 'no listener', 'no listener', 'no listener'],
  ])('are what is written: %s', (_, refs, s, h, o) => {
    const objects = [mine(written(refs))];
    expect([ask(objects), ask(objects, 'h'), ask(objects, 'o', 'other')]).toEqual([s, h, o]);
  });

  test('by labels and port are those that have the port, as far as that is certain', () => {
    const asked = (port: number, reference: Record<string, string>): string =>
      ask([mine(written([{ kind: 'MeshService', labels: reference, port }]))]);
    const named = { 'k8s.kuma.io/service-name': 's' };
    expect(asked(80, named)).toBe('s');
    expect(asked(81, named)).toBe('s');
    expect(asked(81, { 'k8s.kuma.io/namespace': 'shop' })).toBe('s');
    expect(asked(80, { 'k8s.kuma.io/namespace': 'other' })).toBe('no listener');
  });

  test('are not known where the control plane picks one, or cannot read what is written', () => {
    const byPort = [{ kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': 'shop' }, port: 80 }];
    for (const text of [written(byPort), 'refs: {', written([{ kind: 'MeshMulitZoneService' }])])
      expect(ask([mine(text)])).toMatch(/^unknown: not all of these clients/);
  });

  test('are not known where workloads of the same labels have written different ones', () => {
    const again = deployment('again', { ...client.labels }, '');
    expect(ask([mine(written([{ kind: 'MeshService', name: 's' }])), again])).toMatch(/^unknown/);
    expect(ask([mine(written([{ kind: 'MeshService', name: 's' }])), again], 'o', 'other')).toBe('no listener');
  });

  test('are those of workloads with just these labels', () => {
    const mesh = meshOf([...shop, deployment('x', { ...client.labels, version: 'v1' }, '')]);
    expect(mesh.hasWorkload(client)).toBe(false);
    expect(mesh.hasWorkload({ namespace: 'shop', labels: { ...client.labels, version: 'v1' } })).toBe(true);
    expect(answer(mesh.routeTable(client, { namespace: 'shop', name: 's' }, 80), 'GET /')).toBe('s');
  });
});

describe('all that is within reach', () => {
  const within = (text: string | undefined): string[] | undefined => {
    const found = meshOf([...shop, ...other, headless, mine(text)]).within(client);
    const all = found && [...found].flatMap(([{ namespace, name }, ports]) => ports.map((of) => [namespace, name, of]));
    return all?.map(([home, name, of]) => `${home}/${name || '(pods)'}:${(of as { port: number }).port}`).sort();
  };

  test('is not limited where nothing is written, and nothing where the list is empty', () => {
    expect(within(undefined)).toBeUndefined();
    expect(within(written([]))).toEqual([]);
    expect(within('')).toEqual([]);
  });

  test('is what references name, by name, labels and port', () => {
    const all = { kind: 'MeshService', labels: { 'k8s.kuma.io/namespace': 'shop' } };
    expect(within(written([{ kind: 'MeshService', name: 's' }]))).toEqual(['shop/s:80']);
    expect(within(written([{ kind: 'MeshService', name: 's', port: 81 }]))).toEqual(['shop/s:80']);
    expect(within(written([{ kind: 'MeshService', name: 'o', namespace: 'other' }]))).toEqual(['other/o:80']);
    expect(within(written([all]))).toEqual(expect.arrayContaining(['shop/(pods):80', 'shop/s:80']));
    expect(within(written([all, { kind: 'MeshService', name: 's' }]))).toEqual(within(written([all])));
  });

  test('is nothing of Pods whose annotation the control plane refuses', () => {
    expect(within('refs: {')).toEqual([]);
    expect(within(written([{ kind: 'MeshMulitZoneService', name: 's' }]))).toEqual([]);
  });
});

describe('what a proxy has no listener for', () => {
  const passthrough = (conf: JsonObject): JsonObject =>
    policy('MeshPassthrough', 'kong-mesh-system/p', { targetRef: { kind: 'Mesh' }, default: conf });
  const mesh = (spec: JsonObject): JsonObject => ({
    apiVersion: 'kuma.io/v1alpha1',
    kind: 'Mesh',
    metadata: { name: 'default' },
    spec,
  });
  const shut = mesh({ networking: { outbound: { passthrough: false } } });
  const dialled = { port: 80, names: ['s.shop', 's.shop.svc', 's.shop.svc.cluster.local'] };
  const kindOf = (objects: readonly JsonObject[], version: '2.14' | '3.0' = '2.14'): string =>
    meshOf([...shop, ...objects], { version }).unlistened(client, dialled).kind;

  test.each([
    ['goes on by default', [], 'passthrough'],
    ['is closed where the mesh says so', [shut], 'closed'],
    ['is decided by a MeshPassthrough before the mesh', [shut, passthrough({ passthroughMode: 'All' })], 'passthrough'],
    ['is closed by one that passes nothing on', [passthrough({ passthroughMode: 'None' })], 'closed'],
    ['is closed by one without a mode and entries', [passthrough({})], 'closed'],
    [
      'is closed by entries for other names',
      [passthrough({ appendMatch: [{ type: 'Domain', value: 'a.com', protocol: 'tls' }] })],
      'closed',
    ],
    [
      'is closed by entries for other ports',
      [passthrough({ appendMatch: [{ type: 'CIDR', value: '0.0.0.0/0', port: 5671 }] })],
      'closed',
    ],
    [
      'is closed by wildcards below which there is no Service',
      [passthrough({ appendMatch: [{ type: 'Domain', value: '*.a.com', protocol: 'http', port: 80 }] })],
      'closed',
    ],
    [
      'is not known with wildcards below which there are Services',
      [passthrough({ appendMatch: [{ type: 'Domain', value: '*.cluster.local', protocol: 'http', port: 80 }] })],
      'unknown',
    ],
    [
      'is not known with entries for addresses',
      [passthrough({ appendMatch: [{ type: 'CIDR', value: '10.0.0.0/8' }] })],
      'unknown',
    ],
  ])('%s', (_, objects, kind) => expect(kindOf(objects)).toBe(kind));

  test('goes on in 3.0, where the mesh has no say', () => expect(kindOf([shut], '3.0')).toBe('passthrough'));
});
