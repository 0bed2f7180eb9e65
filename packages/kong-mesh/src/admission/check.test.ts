import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type JsonObject, parseJson } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kumaAdmission } from '../../../../conformance/kuma-admission.ts';
import { kindsOf } from '../schema/schemas.ts';
import { type TargetVersion, targetVersions } from '../version.ts';
import { checkAdmission, policyRole } from './check.ts';

const recordsOf = (version: TargetVersion) =>
  gunzipSync(readFileSync(new URL(`../../../../conformance/kuma-admission-${version}.jsonl.gz`, import.meta.url)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseJson(line));

test.each(targetVersions)('%s: every recorded answer of its control plane is predicted', (version) => {
  const records = recordsOf(version);
  expect(records).toHaveLength(1200);
  const { compare } = kumaAdmission(version);
  expect(records.flatMap((record) => [...compare(record)]).filter(({ agrees }) => !agrees)).toEqual([]);
});

const timeout = (metadata: JsonObject, spec: JsonObject): JsonObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind: 'MeshTimeout',
  metadata: { name: 'a', ...metadata },
  spec,
});
const toReviews: JsonObject = {
  to: [{ targetRef: { kind: 'MeshService', name: 'reviews' }, default: { idleTimeout: '1h' } }],
};
const pathsOf = (object: JsonObject, version: TargetVersion = '2.14'): string[] | 'accepted' => {
  const admission = checkAdmission(object, version);
  return admission.accepted ? 'accepted' : admission.violations.map(({ path }) => path);
};

describe('stages', () => {
  test('unknown fields come first, with the real place where the API server writes it otherwise', () => {
    expect(checkAdmission(timeout({}, { to: 'x', 'kuma.io/a': 1 }), '2.14')).toEqual({
      accepted: false,
      by: 'schema',
      violations: [{ path: 'spec.kuma.io/a', at: 'spec["kuma.io/a"]', message: 'the schema knows no such field' }],
    });
  });

  test('an integer of 32 bits and a certificate of nothing are judged by the schema', () => {
    const breaker = (maxConnections: number): JsonObject => ({
      ...timeout({}, { to: [{ targetRef: { kind: 'Mesh' }, default: { connectionLimits: { maxConnections } } }] }),
      kind: 'MeshCircuitBreaker',
    });
    expect(checkAdmission(breaker(2 ** 31 - 1), '2.14').accepted).toBe(true);
    expect(checkAdmission(breaker(2 ** 31), '2.14')).toMatchObject({
      by: 'schema',
      violations: [{ path: 'spec.to[0].default.connectionLimits.maxConnections' }],
    });
    const external = (inline: string): JsonObject => ({
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshExternalService',
      metadata: { name: 'a', namespace: 'kuma-system' },
      spec: {
        match: { type: 'HostnameGenerator', port: 443, protocol: 'tcp' },
        endpoints: [{ address: '192.0.2.1', port: 443 }],
        tls: { enabled: true, verification: { caCert: { inline } } },
      },
    });
    expect(checkAdmission(external('dGVzdA=='), '2.14').accepted).toBe(true);
    expect(checkAdmission(external(''), '2.14')).toMatchObject({
      by: 'schema',
      violations: [{ path: 'spec.tls.verification.caCert.inline' }],
    });
  });

  test('then what Go types cannot hold, then the schema, then the rules', () => {
    const wrong = { to: [{ targetRef: { kind: 'Nothing' }, default: { idleTimeout: '1 h', http: 1 } }] };
    expect(pathsOf(timeout({}, wrong))).toEqual(['spec.to[0].default.idleTimeout', 'spec.to[0].default.http']);
    expect(pathsOf(timeout({}, { to: [{ targetRef: { kind: 'Nothing' } }] }))).toEqual(['spec.to[0].targetRef.kind']);
    expect(pathsOf(timeout({}, { to: [{ targetRef: { kind: 'Mesh' } }] }))).toEqual(['spec.to[0].default']);
  });

  test('a missing required text is empty, a missing required list is null, a missing object holds zero values', () => {
    const route = (spec: JsonObject): JsonObject => ({ ...timeout({}, spec), kind: 'MeshHTTPRoute' });
    expect(pathsOf(route({ to: [{}] }))).toEqual(['spec.to[0].rules', 'spec.to[0].targetRef.kind']);
    const mirror = { type: 'RequestMirror', requestMirror: {} };
    expect(
      pathsOf(
        route({
          to: [
            {
              targetRef: { kind: 'MeshService', name: 'a' },
              rules: [{ matches: [{}], default: { filters: [mirror] } }],
            },
          ],
        }),
      ),
    ).toEqual(['spec.to[0].rules[0].default.filters[0].requestMirror.backendRef.kind']);
  });

  test('nulls are dropped, items that are null hold zero values', () => {
    expect(pathsOf(timeout({}, { ...toReviews, from: null, targetRef: null }))).toBe('accepted');
    const byLabels = (labels: JsonObject): JsonObject => ({
      to: [{ targetRef: { kind: 'MeshService', labels }, default: { idleTimeout: '1h' } }],
    });
    expect(pathsOf(timeout({}, byLabels({ a: 'b', c: null })))).toBe('accepted');
    expect(pathsOf(timeout({}, byLabels({ c: null })))).toEqual(['spec.to[0].targetRef']);
    expect(pathsOf(timeout({}, { to: [null] }))).toEqual(['spec.to[0].targetRef.kind']);
  });

  test('integers are held to the range of their Go type', () => {
    const breaker = (maxRequests: bigint | number): JsonObject => ({
      ...timeout({}, { to: [{ targetRef: { kind: 'Mesh' }, default: { connectionLimits: { maxRequests } } }] }),
      kind: 'MeshCircuitBreaker',
    });
    // Go reads up to 2^32 - 1, the schema up to 2^31 - 1.
    for (const value of [2147483648, 4294967295, 4294967296, -1, 1.5, 2n ** 60n])
      expect(pathsOf(breaker(value))).toEqual(['spec.to[0].default.connectionLimits.maxRequests']);
  });

  test('of the kinds that Kuma has not only the schema is known', () => {
    const patch = (value: JsonObject): JsonObject => ({ ...timeout({}, value), kind: 'ContainerPatch' });
    expect(checkAdmission(patch({ sidecarPatch: [{ op: 'remove', path: '/a' }] }), '2.14')).toEqual({
      accepted: true,
      labels: {},
    });
    expect(pathsOf(patch({ sidecarPatch: [{ op: 'test', path: 1 }] }))).toEqual(['spec.sidecarPatch[0].path']);
  });

  test('an object without spec is one with an empty spec', () => {
    const { spec: _, ...bare } = timeout({}, {});
    expect(pathsOf(bare)).toEqual(['spec']);
    expect(pathsOf({ ...bare, kind: 'MeshTLS' })).toBe('accepted');
  });
});

describe('labels', () => {
  const labels = (given: JsonObject, version: TargetVersion) => {
    const admission = checkAdmission(timeout({ namespace: 'a', labels: given }, toReviews), version);
    return admission.accepted ? admission.labels : admission.violations;
  };

  test.each(['2.13', '2.14'] as const)('%s: an empty origin is that of the zone, and stays', (version) => {
    expect(labels({ 'kuma.io/origin': '' }, version)).toEqual({
      'k8s.kuma.io/namespace': 'a',
      'kuma.io/env': 'kubernetes',
      'kuma.io/mesh': 'default',
      'kuma.io/policy-role': 'producer',
      'kuma.io/zone': 'default',
    });
  });

  test('a label that becomes an annotation may have any value', () => {
    expect(checkAdmission(timeout({ labels: { 'kuma.io/display-name': 'x y' } }, toReviews), '2.14').accepted).toBe(
      true,
    );
    expect(pathsOf(timeout({ labels: { 'kuma.io/other': 'x y' } }, toReviews))).toEqual([
      'metadata.labels["kuma.io/other"]',
    ]);
  });

  test.each([
    ['2.14', {}],
    ['3.0', { 'kuma.io/origin': 'zone' }],
  ] as const)('%s: a Mesh is in no namespace and of no zone', (version, expected) => {
    const mesh = { apiVersion: 'kuma.io/v1alpha1', kind: 'Mesh', metadata: { name: 'a' }, spec: {} };
    expect(checkAdmission(mesh, version)).toEqual({ accepted: true, labels: expected });
  });
});

describe('metadata', () => {
  test.each([
    [{ name: 'Upper' }, 'metadata.name'],
    [{ name: '' }, 'metadata.name'],
    [{ name: 'a.b-c' }, undefined],
    [{ name: 'a', label: {} }, 'metadata.label'],
    [{ name: 'a', namespace: 1 }, 'metadata.namespace'],
    [{ name: 'a', labels: { 'x y': 'z' } }, 'metadata.labels["x y"]'],
    [{ name: 'a', labels: { x: 'a/b' } }, 'metadata.labels["x"]'],
    [{ name: 'a', labels: { 'kuma.io/mesh': 'A' } }, 'mesh'],
    [{ name: 'a', labels: { 'kuma.io/origin': 'moon' } }, 'labels["kuma.io/origin"]'],
    [{ name: 'a', annotations: { x: 1 } }, 'metadata.annotations["x"]'],
  ] as const)('%j', (metadata, path) => {
    expect(pathsOf(timeout(metadata as JsonObject, toReviews))).toEqual(path === undefined ? 'accepted' : [path]);
  });

  test('what belongs in the namespace of the control plane is refused elsewhere', () => {
    const generator = (namespace: string): JsonObject => ({
      ...timeout({ namespace }, { selector: { meshService: {} }, template: 'a.mesh' }),
      kind: 'HostnameGenerator',
    });
    expect(pathsOf(generator('shop'))).toEqual(['metadata.namespace']);
    expect(pathsOf(generator('kong-mesh-system'))).toBe('accepted');
    expect(checkAdmission(generator('mesh'), '3.0', { systemNamespace: 'mesh' }).accepted).toBe(true);
  });

  test('a kind that a version lacks is a violation', () => {
    expect(kindsOf('2.14')).toContain('kuma.io/v1alpha1/MeshHTTPRoute');
    expect(pathsOf({ ...timeout({}, {}), kind: 'MeshTelepathy' })).toEqual(['kind']);
    expect(pathsOf({ ...timeout({}, {}), kind: 'MeshOpenTelemetryBackend' }, '2.13')).toEqual(['kind']);
    expect(pathsOf({ kind: 1 } as JsonObject)).toEqual(['kind']);
  });
});

describe('labels and roles', () => {
  test('a zone adds mesh, origin, zone, environment, namespace and role', () => {
    expect(checkAdmission(timeout({ namespace: 'shop' }, toReviews), '2.14', { zone: 'east' })).toEqual({
      accepted: true,
      labels: {
        'k8s.kuma.io/namespace': 'shop',
        'kuma.io/env': 'kubernetes',
        'kuma.io/mesh': 'default',
        'kuma.io/origin': 'zone',
        'kuma.io/policy-role': 'producer',
        'kuma.io/zone': 'east',
      },
    });
  });

  test('before 3.0 nothing is computed for what says that it comes from a global control plane', () => {
    const metadata = { namespace: 'shop', labels: { 'kuma.io/origin': 'global', 'kuma.io/mesh': 'default' } };
    expect(checkAdmission(timeout(metadata, toReviews), '2.14')).toEqual({ accepted: true, labels: {} });
    const byLabels = {
      to: [{ targetRef: { kind: 'MeshService', labels: { a: 'b' } }, default: { idleTimeout: '1h' } }],
    };
    expect(checkAdmission(timeout(metadata, byLabels), '3.0')).toMatchObject({
      labels: { 'kuma.io/origin': 'zone', 'kuma.io/policy-role': 'consumer' },
    });
  });

  const to = (...refs: JsonObject[]): JsonObject => ({ to: refs.map((targetRef) => ({ targetRef })) });
  const own = { 'kuma.io/display-name': 'a', 'k8s.kuma.io/namespace': 'shop' };
  test.each([
    ['2.14', {}, 'workload-owner'],
    ['2.14', { rules: [{}] }, 'workload-owner'],
    ['2.14', { from: [{}] }, 'workload-owner'],
    ['2.14', to({ kind: 'MeshService', name: 'a' }), 'producer'],
    ['2.14', to({ kind: 'MeshHTTPRoute', name: 'a', namespace: 'shop' }), 'producer'],
    ['2.14', to({ kind: 'MeshService', name: 'a', namespace: 'other' }), 'consumer'],
    ['2.14', to({ kind: 'MeshService', labels: own }), 'consumer'],
    ['2.14', to({ kind: 'Mesh' }), 'consumer'],
    ['2.14', to({ kind: 'Mesh' }, { kind: 'MeshService', name: 'a' }), undefined],
    ['2.14', { ...to({ kind: 'Mesh' }), from: [{}] }, undefined],
    ['3.0', to({ kind: 'MeshService', labels: own }), 'producer'],
    ['3.0', to({ kind: 'MeshService', labels: { 'kuma.io/display-name': 'a' } }), 'producer'],
    ['3.0', to({ kind: 'MeshService', labels: { ...own, app: 'a' } }), 'consumer'],
    ['3.0', to({ kind: 'MeshService', labels: { ...own, 'k8s.kuma.io/namespace': 'other' } }), 'consumer'],
    ['3.0', to({ kind: 'MeshExternalService', labels: own }), 'consumer'],
  ] as const)('%s %j: %s', (version, spec, role) => {
    expect(policyRole(timeout({ namespace: 'shop' }, spec as JsonObject), 'mesh-system', version)).toBe(role);
    expect(policyRole(timeout({ namespace: 'mesh-system' }, spec as JsonObject), 'mesh-system', version)).toBe(
      'system',
    );
  });

  test('what is no policy has no role', () => {
    expect(policyRole({ ...timeout({}, {}), kind: 'MeshExternalService' }, 'a', '2.14')).toBeUndefined();
    expect(policyRole({}, 'a', '2.14')).toBeUndefined();
  });
});

describe('robustness', () => {
  const kinds = kindsOf('2.14').map((key) => key.split('/')[2] as string);
  const keys = fc.constantFrom(
    'spec',
    'metadata',
    'to',
    'from',
    'rules',
    'default',
    'targetRef',
    'backends',
    '__proto__',
    'x',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 8 },
      fc.constantFrom(null, true, 0, -1, 1.5, 2n ** 63n, '', 'Mesh', '10s', '5%', '\ud800'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
    ),
  }));

  test('no JSON makes it throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.constantFrom(...targetVersions), value, (kind, version, any) => {
        const object = { apiVersion: 'kuma.io/v1alpha1', kind, metadata: { name: 'a' }, spec: any } as JsonObject;
        const admission = checkAdmission(object, version);
        expect(admission.accepted || admission.violations.length > 0).toBe(true);
        checkAdmission({ ...object, metadata: any, status: any } as JsonObject, version);
      }),
      { numRuns: 1000 },
    );
  });

  // Parts of recorded resources in other places come deeper than chance does.
  test('no mixture of recorded resources makes it throw', () => {
    const records = recordsOf('2.14').map((record) => (record as JsonObject).resource as JsonObject);
    const parts: unknown[] = [];
    const collect = (part: unknown): void => {
      if (typeof part !== 'object' || part === null) return;
      parts.push(part);
      for (const item of Object.values(part)) collect(item);
    };
    for (const resource of records.slice(0, 200)) collect(resource.spec);
    const graft = (part: unknown, at: number, scion: unknown): unknown => {
      let left = at;
      const walk = (one: unknown): unknown => {
        if (left-- === 0) return scion;
        if (Array.isArray(one)) return one.map(walk);
        if (typeof one !== 'object' || one === null) return one;
        return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, walk(item)]));
      };
      return walk(part);
    };
    const position = fc.nat({ max: 60 });
    fc.assert(
      fc.property(
        fc.constantFrom(...records),
        position,
        fc.constantFrom(...parts, null, 0, '', 'x', true),
        fc.constantFrom(...targetVersions),
        (resource, at, scion, version) => {
          const object = { ...resource, spec: graft(resource.spec, at, scion) } as JsonObject;
          const admission = checkAdmission(object, version);
          expect(admission.accepted || admission.violations.length > 0).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
