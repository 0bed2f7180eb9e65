import { readManifest } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeIn } from './take-in.ts';

const read = (file: string, text: string) => readManifest(file, new TextEncoder().encode(text));
const rule = (host: string, apiVersion = 'networking.istio.io/v1', namespace = '\n  namespace: shop') =>
  `apiVersion: ${apiVersion}\nkind: DestinationRule\nmetadata:\n  name: seats${namespace}\nspec:\n  host: ${host}\n`;

test('Istio, what gives it meaning and what is not needed are told apart, and nothing is lost', () => {
  const estate = takeIn([
    read(
      'all.yaml',
      [
        rule('seats'),
        'apiVersion: v1\nkind: Service\nmetadata: {name: seats}\n',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {a: b}\n',
        'apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {version: v1.27.0}\n',
        'apiVersion: kuma.io/v1alpha1\nkind: Mesh\nmetadata: {name: default}\n',
      ].join('---\n'),
    ),
  ]);
  expect(estate.istio.map(({ kind }) => kind)).toEqual(['DestinationRule', 'Istio']);
  expect(estate.context.map(({ kind }) => kind)).toEqual(['Service', 'Mesh']);
  expect(estate.skipped).toEqual([
    {
      file: 'all.yaml',
      line: 13,
      kind: 'ConfigMap',
      name: 'app',
      reason: "an application's configuration; no part of the mesh",
    },
  ]);
  expect(estate.sources).toEqual([{ file: 'all.yaml', documents: 5, resources: 4 }]);
});

test('equal copies count once, with an info', () => {
  const estate = takeIn([read('a.yaml', rule('seats')), read('b.yaml', rule('seats'))]);
  expect(estate.istio).toHaveLength(1);
  expect(estate.superseded).toEqual([]);
  expect(estate.diagnostics).toMatchObject([{ code: 'ISTHMUS-EST-001', severity: 'info', file: 'a.yaml', line: 1 }]);
});

test('different versions of an object block, and the last by path and position is used', () => {
  const files = [read('b.yaml', rule('used')), read('a.yaml', `${rule('first')}---\n${rule('second')}`)];
  const estate = takeIn(files);
  expect(estate.istio.map(({ object }) => object.spec)).toEqual([{ host: 'used' }]);
  expect(estate.superseded.map(({ loser }) => loser.source.line)).toEqual([1, 9]);
  expect(estate.diagnostics).toMatchObject([
    { code: 'ISTHMUS-EST-002', severity: 'blocker', file: 'a.yaml', line: 1, related: [{ file: 'b.yaml', line: 1 }] },
    { code: 'ISTHMUS-EST-002', severity: 'blocker', file: 'a.yaml', line: 9, related: [{ file: 'b.yaml', line: 1 }] },
  ]);
});

test('another API version and a namespace left out name the same object', () => {
  const estate = takeIn([
    read('a.yaml', rule('seats', 'networking.istio.io/v1beta1', '')),
    read('b.yaml', rule('seats', 'networking.istio.io/v1', '\n  namespace: default')),
  ]);
  expect(estate.istio).toHaveLength(1);
  expect(estate.diagnostics).toMatchObject([{ code: 'ISTHMUS-EST-001' }]);
  expect(estate.superseded).toHaveLength(1);
});

test('the mesh configuration is taken out of its ConfigMap, or a blocker says why not', () => {
  const configMap = (mesh: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    ${mesh}\n`;
  const estate = takeIn([read('good.yaml', configMap('enableTracing: true'))]);
  expect(estate.istio).toMatchObject([
    { apiVersion: 'v1', kind: 'MeshConfig', name: 'istio', namespace: 'istio-system', object: { enableTracing: true } },
  ]);
  expect(estate.skipped).toEqual([]);
  const broken = takeIn([read('bad.yaml', configMap('a: {'))]);
  expect(broken.istio).toEqual([]);
  expect(broken.diagnostics).toMatchObject([{ code: 'ISTHMUS-EST-003', severity: 'blocker', path: 'data.mesh' }]);
});

test('the order of files does not matter', () => {
  const files = ['z', 'a', 'é', '😀', 'ﬀ'].map((name, index) => read(`${name}.yaml`, rule(`host-${index}`)));
  const expected = takeIn(files);
  fc.assert(
    fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
      expect(takeIn(shuffled)).toEqual(expected);
    }),
  );
  // Bytes of UTF-8, not UTF-16 code units: the surrogates of an emoji sort after U+FB00.
  expect(expected.sources.map(({ file }) => file)).toEqual(['a.yaml', 'z.yaml', 'é.yaml', 'ﬀ.yaml', '😀.yaml']);
});
