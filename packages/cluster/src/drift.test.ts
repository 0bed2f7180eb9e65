import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { appliedOf, canonical, deviationsFrom, driftOf, isCompared, type ObjectRef, refKey, refOf } from './drift.ts';
import type { FieldDifference } from './field-differences.ts';

const route = (name: string, host: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'sales', name, ...more },
  spec: { hosts: [host] },
});

const prints = (objects: readonly JsonObject[]): Map<string, { ref: ObjectRef; print: string }> =>
  new Map(objects.map((object) => [refKey(refOf(object)), { ref: refOf(object), print: canonical(object) }]));

const timeout = (name: string, conf: JsonObject, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind: 'MeshTimeout',
  metadata: { namespace: 'kong-mesh-system', name, labels },
  spec: { targetRef: { kind: 'Mesh' }, to: [{ targetRef: { kind: 'Mesh' }, default: conf }] },
});

describe('drift', () => {
  test('is what changed, came and went; what servers write for themselves is none', () => {
    const before = [route('a', 'a'), route('b', 'b'), route('c', 'c', { annotations: { 'isthmus/cluster': 'east' } })];
    const now = [
      route('b', 'other'),
      route('c', 'c', { resourceVersion: '9', managedFields: [] }),
      { ...route('d', 'd'), status: { conditions: [] } },
    ];
    const { changed, added, gone } = driftOf(prints(now), prints(before), () => true);
    expect([changed, added, gone].map((list) => list.map(({ name }) => name))).toEqual([['b'], ['d'], ['a']]);
  });

  test('says of nothing that it is gone whose kind cannot be read', () => {
    expect(driftOf(prints([]), prints([route('a', 'a')]), () => false).gone).toEqual([]);
  });

  test('does not depend on the version that an object is written in', () => {
    const older = { ...route('a', 'a'), apiVersion: 'networking.istio.io/v1beta1' };
    expect(driftOf(prints([older]), prints([route('a', 'a')]), () => true).changed).toEqual([]);
  });

  test('leaves out what comes and goes by itself', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
    const owned = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'a', ownerReferences: [{ name: 'b' }] },
    };
    const own = (apiVersion: string, kind: string): JsonObject => ({ apiVersion, kind, metadata: { name: 'a' } });
    const others = [
      own('v1', 'ConfigMap'),
      own('isthmus/v1', 'ClusterSnapshot'),
      own('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
    ];
    expect([pod, owned, ...others].map(isCompared)).toEqual([false, false, false, false, false]);
    expect([route('a', 'a'), own('apps/v1', 'Deployment'), own('kuma.io/v1alpha1', 'Mesh')].map(isCompared)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('takes of ConfigMaps those of istiod, by what Istio reads of them; of Secrets no record of a release', () => {
    const config = (name: string, data: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'istio-system', name },
      data,
    });
    const secret = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
    const istio = config('istio', { mesh: 'a', other: 'b' });
    const compared = [
      istio,
      config('istio-canary', { meshNetworks: '' }),
      config('istio-sidecar-injector', { values: '' }),
      config('settings', { mesh: 'a' }),
      secret('tls'),
      secret('sh.helm.release.v1.shop.v7'),
    ];
    expect(compared.map(isCompared)).toEqual([true, true, false, false, true, false]);
    expect(canonical(istio)).toBe(canonical(config('istio', { mesh: 'a' })));
    expect(canonical(istio)).not.toBe(canonical(config('istio', { mesh: 'b' })));
  });

  test('from a manifest is what the cluster does not say, not what it says besides', () => {
    const manifest = route('a', 'a');
    const defaulted = {
      ...manifest,
      metadata: { ...(manifest.metadata as JsonObject), uid: 'x' },
      spec: { hosts: ['a'], exportTo: ['*'] },
    };
    expect(deviationsFrom(manifest, defaulted)).toEqual([]);
    expect(deviationsFrom(manifest, route('a', 'b'))).toEqual([
      { change: 'changed', from: 'spec.hosts[0]', to: 'spec.hosts[0]', before: 'a', after: 'b' },
    ]);
    expect(deviationsFrom(defaulted, manifest)).toEqual([{ change: 'removed', from: 'spec.exportTo', before: ['*'] }]);
  });
});

const place = (one: FieldDifference): string => `${one.change} ${'to' in one ? one.to : one.from}`;

describe('what is applied', () => {
  const states = (emitted: JsonObject[], live: JsonObject[], isRead = true) =>
    appliedOf(emitted, live, () => isRead).map((one) => [
      one.ref.name,
      one.state,
      'differences' in one ? one.differences.map(place) : [],
    ]);

  test('may say more than what was emitted, as defaults do, but nothing else', () => {
    const emitted = [timeout('same', { idle: '1s' }), timeout('other', { idle: '1s' }), timeout('absent', {})];
    const live = [timeout('same', { idle: '1s', http: '2s' }, { added: 'x' }), timeout('other', { idle: '9s' })];
    expect(states(emitted, live)).toEqual([
      ['absent', 'missing', []],
      ['other', 'changed', ['changed spec.to[0].default.idle']],
      ['same', 'applied', []],
    ]);
  });

  test('is changed where a list has an entry more or less, or a label another value', () => {
    const more = timeout('more', { idle: '1s' });
    const spec = more.spec as { to: JsonObject[] };
    const longer = { ...more, spec: { ...spec, to: [...spec.to, {}] } } as JsonObject;
    expect(states([more], [longer])).toEqual([['more', 'changed', ['added spec.to[1]']]]);
    expect(states([longer], [more])).toEqual([['more', 'changed', ['removed spec.to[1]']]]);
    expect(states([timeout('l', {}, { 'kuma.io/mesh': 'a' })], [timeout('l', {}, { 'kuma.io/mesh': 'b' })])).toEqual([
      ['l', 'changed', ['changed metadata.labels["kuma.io/mesh"]']],
    ]);
  });

  test('is not called missing where its kind cannot be read', () => {
    expect(states([timeout('a', {})], [], false)).toEqual([['a', 'unknown', []]]);
  });

  test('comes from a global control plane too, under a name with a hash, and then says what the Universal form says', () => {
    const handedOn = (name: string, given: string, spec: JsonObject, mesh = 'default'): JsonObject => ({
      ...timeout(name, {}, { 'kuma.io/origin': 'global', 'kuma.io/display-name': given, 'kuma.io/mesh': mesh }),
      spec,
    });
    const emitted = ['same', 'other', 'elsewhere', 'absent'].map((name) => ({
      ...timeout(name, { idle: '1s' }),
      metadata: { namespace: 'sales', name },
    }));
    const spec = { targetRef: { kind: 'Dataplane', labels: { 'kuma.io/zone': 'default' } } };
    const live = [
      handedOn('sales.same-4f', 'sales.same', { ...spec, rules: [] }),
      handedOn('sales.other-4f', 'sales.other', { targetRef: { kind: 'Mesh' } }),
      handedOn('sales.elsewhere-4f', 'sales.elsewhere', spec, 'another'),
      // One of the zone is not what a control plane handed on.
      timeout('sales.absent-4f', {}, { 'kuma.io/display-name': 'sales.absent', 'kuma.io/mesh': 'default' }),
    ];
    const found = appliedOf(
      emitted,
      live,
      () => true,
      (index) => ({ type: 'MeshTimeout', mesh: 'default', name: `sales.${emitted[index]?.metadata.name}`, spec }),
    );
    expect(found.flatMap(({ ref, state }) => (ref.namespace === 'sales' ? [`${ref.name} ${state}`] : []))).toEqual([
      'absent missing',
      'elsewhere missing',
      'other changed',
      'same applied',
    ]);
  });

  test('holds policies that nobody emitted; Kong Mesh’s own are not among them', () => {
    const live = [
      timeout('by-hand', {}),
      timeout('mesh-timeout-all-default', {}),
      timeout('synced', {}, { 'kuma.io/origin': 'global' }),
      { apiVersion: 'kuma.io/v1alpha1', kind: 'Mesh', metadata: { name: 'default' }, spec: {} },
    ];
    expect(states([], live)).toEqual([['by-hand', 'extra', []]]);
  });
});
