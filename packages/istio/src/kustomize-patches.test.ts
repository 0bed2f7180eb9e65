import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from './take-in.ts';

const read = (file: string, text: string) => readManifest(file, new TextEncoder().encode(text));
const service = (spec: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: seats, namespace: sales}\nspec: ${spec}\n`;
const kustomization = (more: string, kind = 'Kustomization', version = 'v1beta1'): string =>
  `apiVersion: kustomize.config.k8s.io/${version}\nkind: ${kind}\n${more}\n`;
const base = read('shop/base/seats.yaml', service('{ports: [{port: 80}]}'));
const patch = read('shop/patches/seats.yaml', service('{ports: [{port: 80, appProtocol: http}]}'));

test.each([
  ['a patch by path', kustomization('patches: [{path: ../patches/seats.yaml}]'), 'Kustomization'],
  [
    'a patch of a component',
    kustomization('patches: [{path: ../patches/./seats.yaml}]', 'Component', 'v1alpha1'),
    'Component',
  ],
  [
    'a patch as it was written before',
    kustomization('patchesStrategicMerge: [../patches/seats.yaml]'),
    'Kustomization',
  ],
])('%s is left out beside the object that it changes, and this is said', (_, text, kind) => {
  const estate = takeIn([patch, base, read('shop/base/kustomization.yaml', text)]);
  expect(estate.context.map(({ source }) => source.file)).toEqual(['shop/base/seats.yaml']);
  expect(estate.skipped.map(({ file }) => file)).toContain('shop/patches/seats.yaml');
  expect(estate.diagnostics).toMatchObject([
    { code: 'ISTHMUS-EST-008', severity: 'warning', file: 'shop/base/kustomization.yaml', line: 1 },
  ]);
  expect(estate.diagnostics[0]?.message).toContain(`This ${kind} patches Service seats`);
});

test('a patch whose object is not in the import counts as the object', () => {
  const estate = takeIn([
    patch,
    read('shop/base/kustomization.yaml', kustomization('patches: [{path: ../patches/seats.yaml}]')),
  ]);
  expect(estate.context).toHaveLength(1);
  expect(estate.diagnostics).toEqual([]);
});

test('a patch of a kind of Istio still blocks, and so does a path that leads out of the import', () => {
  const rule = (host: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: seats, namespace: sales}\nspec: {host: ${host}}\n`;
  const istio = takeIn([
    read('base.yaml', rule('seats')),
    read('patch.yaml', rule('other')),
    read('kustomization.yaml', kustomization('patches: [{path: patch.yaml}]')),
  ]);
  expect(istio.diagnostics).toMatchObject([{ code: 'ISTHMUS-EST-002', severity: 'blocker' }]);
  const outside = takeIn([
    read('seats.yaml', service('{ports: [{port: 80}]}')),
    read('patch.yaml', service('{ports: [{port: 81}]}')),
    read('kustomization.yaml', kustomization('patches: [{path: ../patch.yaml}]')),
  ]);
  expect(outside.diagnostics).toMatchObject([{ code: 'ISTHMUS-EST-002' }]);
});
