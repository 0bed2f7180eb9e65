import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, type Emitted, type Translation, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { layOut } from './layout.ts';
import { buildReport } from './report.ts';

const service = readManifest(
  'service.yaml',
  new TextEncoder().encode(
    'apiVersion: v1\nkind: Service\nmetadata: {name: seats, namespace: air}\nspec: {ports: [{port: 80}]}\n',
  ),
);
const empty = translate(takeIn([service]), defaultSettings);
const base = empty.estate.context[0];
if (base === undefined) throw new Error('the Service was not read');

const policy = (kind: string, name: string) => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'air' },
  spec: {},
});
const emitted: Emitted[] = [
  { role: 'resource', stage: 'access', object: policy('MeshTrafficPermission', 'all'), services: [] },
  { role: 'resource', stage: 'routing', object: policy('MeshHTTPRoute', 'seats'), services: ['air/seats'] },
  { role: 'resource', stage: 'routing', object: policy('MeshTimeout', 'seats'), services: ['air/seats'] },
  {
    role: 'patch',
    base,
    object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'seats', namespace: 'air' } },
    services: ['air/seats'],
  },
  {
    role: 'draft',
    stage: 'mesh',
    why: 'a person decides',
    object: policy('Mesh', '../../etc/passwd'),
    services: ['../../x'],
  },
];
const translation: Translation = { ...empty, emitted, origins: emitted.map(() => new Map()) };

test('directories stand in apply order, policies of a service in one file, drafts outside of every kustomization', () => {
  const { files, fileOf } = layOut(translation);
  expect(fileOf).toEqual([
    '10-access/mesh-wide.yaml',
    '60-routing/air.seats.yaml',
    '60-routing/air.seats.yaml',
    'patches/service.air.seats/patch.yaml',
    'drafts/20-mesh/....._x.yaml',
  ]);
  const text = new Map(files.map((file) => [file.path, file.text]));
  expect([...text.keys()]).toEqual([...text.keys()].sort());
  expect(text.get('kustomization.yaml')).toBe(
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - "10-access"\n  - "60-routing"\n',
  );
  expect(text.get('60-routing/kustomization.yaml')).toContain('- air.seats.yaml\n');
  expect(text.get('60-routing/air.seats.yaml')?.match(/^kind: .*$/gm)).toEqual([
    'kind: MeshHTTPRoute',
    'kind: MeshTimeout',
  ]);
  expect(text.get('patches/service.air.seats/base.yaml')).toContain('port: 80');
  expect(text.get('patches/service.air.seats/kustomization.yaml')).toContain('kind: Component');
  expect(text.get('README.md')).toContain('1. `10-access`');
});

test('the report lists each emitted object once with its file, and its summary counts what it lists', () => {
  const { fileOf } = layOut(translation);
  const report = buildReport(translation, translation.diagnostics, fileOf);
  expect(report.resources.map(({ file, patch, draft }) => [file, patch, draft])).toEqual([
    ['10-access/mesh-wide.yaml', undefined, undefined],
    ['60-routing/air.seats.yaml', undefined, undefined],
    ['60-routing/air.seats.yaml', undefined, undefined],
    ['patches/service.air.seats/patch.yaml', true, undefined],
    ['drafts/20-mesh/....._x.yaml', undefined, true],
  ]);
  expect(report.summary).toMatchObject({
    files: 1,
    documents: 1,
    contextResources: 1,
    resources: 3,
    patches: 1,
    drafts: 1,
  });
  expect(report.sources).toEqual([{ file: 'service.yaml', documents: 1, resources: 1, skipped: [] }]);
});
