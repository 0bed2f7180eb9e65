import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { client, forwardOf, type MeshSetup, meshOf, namespace, policy, service, shop } from './mesh.test-support.ts';

// Which policies apply to whom, and which of them wins (routing.md 2.1 and 2.2).

const timeout = (at: string, seconds: number, spec: JsonObject = {}, labels: JsonObject = {}): JsonObject =>
  policy('MeshTimeout', at, { to: [{ targetRef: { kind: 'Mesh' }, default: request(seconds) }], ...spec }, labels);
const request = (seconds: number): JsonObject => ({ http: { requestTimeout: `${seconds}s` } });
const toService = (seconds: number, ref: JsonObject = { kind: 'MeshService', name: 's' }): JsonObject => ({
  to: [{ targetRef: ref, default: request(seconds) }],
});
const top = (targetRef: JsonObject): JsonObject => ({ targetRef });

const secondsFor = (policies: readonly JsonObject[], setup: MeshSetup = {}): number =>
  forwardOf(policies, 'GET /', setup).timeout / 1000;
const system = 'kong-mesh-system';

test('without any policy the default of the mesh holds, and without that the same from the code', () => {
  expect(secondsFor([])).toBe(15);
  expect(secondsFor([], { defaults: false })).toBe(15);
});

describe('roles', () => {
  test('a consumer policy is for the clients of its namespace', () => {
    expect(secondsFor([timeout('shop/a', 3)])).toBe(3);
    expect(secondsFor([namespace('bank'), timeout('bank/a', 3)])).toBe(15);
  });

  test('a producer policy is for all clients', () => {
    const objects = [...shop, namespace('bank'), timeout('shop/a', 3, toService(3))];
    const from = { namespace: 'bank', labels: {} };
    const [host] = meshOf(objects).routeTable(from, { namespace: 'shop', name: 's' }, 80).virtualHosts;
    expect(host?.routes[0]?.decision).toMatchObject({ timeout: 3000 });
  });

  test('a policy of the system namespace is for all namespaces', () => {
    expect(secondsFor([timeout(`${system}/a`, 3)])).toBe(3);
  });

  test('3.0: a service by its display name makes a producer policy', () => {
    const objects = [
      ...shop,
      namespace('bank'),
      timeout('shop/a', 3, toService(3, { kind: 'MeshService', labels: { 'kuma.io/display-name': 's' } })),
    ];
    const ask = (version: '2.14' | '3.0') =>
      meshOf(objects, { version }).routeTable({ namespace: 'bank', labels: {} }, { namespace: 'shop', name: 's' }, 80)
        .virtualHosts[0]?.routes[0]?.decision;
    expect(ask('3.0')).toMatchObject({ timeout: 3000 });
    expect(ask('2.14')).toMatchObject({ timeout: 15000 });
  });

  test("a namespace label of the user's moves a consumer policy", () => {
    const moved = timeout('bank/a', 3, {}, { 'k8s.kuma.io/namespace': 'shop' });
    expect(secondsFor([namespace('bank'), moved])).toBe(3);
  });

  test('a policy for another zone applies to nobody', () => {
    expect(secondsFor([timeout('shop/a', 3, {}, { 'kuma.io/zone': 'elsewhere' })])).toBe(15);
  });

  test('an origin of the user keeps 2.x from scoping a policy', () => {
    const everywhere = timeout('bank/a', 3, {}, { 'kuma.io/origin': 'global' });
    // The mesh's own default comes from the zone and is stronger.
    expect(secondsFor([namespace('bank'), everywhere], { defaults: false })).toBe(3);
    expect(secondsFor([namespace('bank'), everywhere])).toBe(15);
    expect(secondsFor([namespace('bank'), everywhere], { version: '3.0', defaults: false })).toBe(15);
  });

  test('what the webhooks do not see applies to the whole mesh', () => {
    expect(secondsFor([namespace('wild', {}), timeout('wild/a', 3)], { defaults: false })).toBe(3);
    const seen = [namespace('bank', { 'kuma.io/sidecar-injection': 'disabled' }), timeout('bank/a', 3)];
    expect(secondsFor(seen, { defaults: false })).toBe(15);
  });

  test('a policy of another mesh and one that is only tried out do not count', () => {
    expect(secondsFor([timeout('shop/a', 3, {}, { 'kuma.io/mesh': 'other' })])).toBe(15);
    expect(secondsFor([timeout('shop/a', 3, {}, { 'kuma.io/effect': 'shadow' })])).toBe(15);
  });
});

describe('targetRef', () => {
  test.each<[what: string, targetRef: JsonObject, seconds: number]>([
    ['the labels of the client', { kind: 'Dataplane', labels: { app: 'client' } }, 3],
    [
      'computed labels',
      { kind: 'Dataplane', labels: { 'k8s.kuma.io/namespace': 'shop', 'kuma.io/zone': 'default' } },
      3,
    ],
    ['other labels', { kind: 'Dataplane', labels: { app: 'other' } }, 15],
    ['all Dataplanes', { kind: 'Dataplane' }, 3],
    ['gateways', { kind: 'Mesh', proxyTypes: ['Gateway'] }, 15],
    ['sidecars', { kind: 'Mesh', proxyTypes: ['Sidecar'] }, 3],
    ['tags', { kind: 'MeshSubset', tags: { app: 'client', 'k8s.kuma.io/namespace': 'shop' } }, 3],
    ['other tags', { kind: 'MeshSubset', tags: { app: 'other' } }, 15],
    ['a gateway', { kind: 'MeshGateway', name: 'edge' }, 15],
  ])('%s', (_, targetRef, seconds) => {
    expect(secondsFor([timeout(`${system}/a`, 3, top(targetRef))])).toBe(seconds);
  });

  test('the tag of a Service that selects the client', () => {
    const selecting = service('shop/client');
    const byTag = timeout(`${system}/a`, 3, top({ kind: 'MeshService', name: 'client_shop_svc_80' }));
    expect(secondsFor([byTag, selecting])).toBe(3);
    expect(secondsFor([byTag])).toBe(15);
  });

  test('3.0 prunes what it does not know, so that a name selects everybody', () => {
    const named = timeout(`${system}/a`, 3, top({ kind: 'Dataplane', name: 'pod-1' }));
    expect(secondsFor([named])).toBe(15);
    expect(secondsFor([named], { version: '3.0' })).toBe(3);
  });
});

describe('precedence', () => {
  test('the kind of the top-level target beats the role', () => {
    const producer = timeout('shop/p', 3, {
      ...toService(3),
      ...top({ kind: 'Dataplane', labels: { app: 'client' } }),
    });
    expect(secondsFor([producer, timeout('shop/c', 4)])).toBe(3);
  });

  test('the role beats the kind of the destination', () => {
    expect(secondsFor([timeout('shop/p', 3, toService(3)), timeout('shop/c', 4)])).toBe(4);
    expect(
      secondsFor([
        timeout(`${system}/a`, 3, toService(3, { kind: 'MeshService', name: 's', namespace: 'shop' })),
        timeout('shop/c', 4),
      ]),
    ).toBe(4);
  });

  test('in one role a service beats the mesh, and its port the service', () => {
    const ref = { kind: 'MeshService', name: 's', namespace: 'shop' };
    const mesh = timeout(`${system}/a`, 5);
    const whole = timeout(`${system}/b`, 6, toService(6, ref));
    const port = timeout(`${system}/c`, 7, toService(7, { ...ref, sectionName: 'http' }));
    expect(secondsFor([mesh])).toBe(5);
    expect(secondsFor([mesh, whole])).toBe(6);
    expect(secondsFor([mesh, whole, port])).toBe(7);
    expect(secondsFor([mesh, timeout(`${system}/c`, 7, toService(7, { ...ref, sectionName: '80' }))])).toBe(5);
  });

  test('the smaller name wins, against the defaults too', () => {
    expect(secondsFor([timeout('shop/a', 3), timeout('shop/b', 4)])).toBe(3);
    expect(secondsFor([timeout(`${system}/isthmus`, 3)])).toBe(3);
    expect(secondsFor([timeout(`${system}/zebra`, 3)])).toBe(15);
  });

  test('within a policy the later of equal entries wins', () => {
    const twice = [3, 4].flatMap((seconds) => toService(seconds).to as JsonObject[]);
    expect(secondsFor([timeout('shop/a', 0, { to: twice })])).toBe(4);
  });

  test('the order of the resources does not matter', () => {
    const policies = [timeout('shop/b', 4), timeout('shop/a', 3), timeout('shop/p', 5, toService(5))];
    expect(secondsFor(policies)).toBe(secondsFor([...policies].reverse()));
  });
});

describe('what entries say', () => {
  test('leaf by leaf, a list as a whole', () => {
    const retries = (at: string, http: JsonObject, spec: JsonObject = {}) =>
      policy('MeshRetry', at, { to: [{ targetRef: { kind: 'Mesh' }, default: { http } }], ...spec });
    const found = forwardOf(
      [
        retries(`${system}/isthmus`, { retryOn: ['5xx', 'Reset'], perTryTimeout: '2s' }),
        retries('shop/a', { numRetries: 3, retryOn: ['ConnectFailure'] }),
      ],
      'GET /',
    ).retries;
    expect(found).toMatchObject({ attempts: 3, perTryTimeout: 2000, on: ['connect-failure'], backOff: { base: 25 } });
  });

  test('a name with a namespace means the service of that namespace', () => {
    const objects = [...shop, namespace('bank'), service('bank/s')];
    const found = meshOf([
      ...objects,
      timeout('bank/a', 3, toService(3, { kind: 'MeshService', name: 's', namespace: 'shop' })),
    ]).routeTable({ ...client, namespace: 'bank' }, { namespace: 'shop', name: 's' }, 80).virtualHosts[0]?.routes[0]
      ?.decision;
    expect(found).toMatchObject({ timeout: 3000 });
  });
});
