import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, type Emitted, type Translation, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { layOut, planLayout } from './layout.ts';
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
const translation: Translation = { ...empty, emitted, origins: emitted.map(() => []) };

test('directories stand in apply order, policies of a service in one file, drafts outside of every kustomization', () => {
  const { files, fileOf } = layOut(translation);
  expect(fileOf).toEqual([
    '10-access/mesh-wide.yaml',
    '60-routing/air.seats.yaml',
    '60-routing/air.seats.yaml',
    'patches/namespace-air/service.seats.yaml',
    'drafts/20-mesh/....._x.yaml',
  ]);
  const text = new Map(files.map((file) => [file.path, file.text]));
  expect([...text.keys()]).toEqual([...text.keys()].sort());
  expect(text.get('kustomization.yaml')).toBe(
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - "10-access"\n  - "60-routing"\nsortOptions:\n  order: fifo\n',
  );
  expect(text.get('60-routing/kustomization.yaml')).toContain('- air.seats.yaml\n');
  expect(text.get('60-routing/air.seats.yaml')?.match(/^kind: .*$/gm)).toEqual([
    'kind: MeshHTTPRoute',
    'kind: MeshTimeout',
  ]);
  expect(text.get('patches/base/namespace-air.yaml')).toContain('port: 80');
  expect(text.get('patches/namespace-air/kustomization.yaml')).toBe(
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - path: service.seats.yaml\n',
  );
  expect(text.get('patches/kustomization.yaml')).toContain(
    'resources:\n  - base/namespace-air.yaml\ncomponents:\n  - namespace-air\n',
  );
  expect(text.get('README.md')).toContain('1. `10-access`');
});

test('the report lists each emitted object once with its file, and its summary counts what it lists', () => {
  const { fileOf } = layOut(translation);
  const report = buildReport(translation, translation.diagnostics, fileOf);
  expect(report.resources.map(({ file, patch, draft }) => [file, patch, draft])).toEqual([
    ['10-access/mesh-wide.yaml', undefined, undefined],
    ['60-routing/air.seats.yaml', undefined, undefined],
    ['60-routing/air.seats.yaml', undefined, undefined],
    ['patches/namespace-air/service.seats.yaml', true, undefined],
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

test('of very many services those of one namespace share a file', () => {
  const many: Emitted[] = Array.from({ length: 1001 }, (_, index) => ({
    role: 'resource',
    stage: 'routing',
    object: policy('MeshHTTPRoute', `seats-${index}`),
    services: [`air-${index % 2}/seats-${index}`],
  }));
  const few = { ...(many[0] as Emitted), stage: 'resilience' as const } as Emitted;
  const { files, fileOf } = layOut({ ...empty, emitted: [...many, few], origins: [] });
  expect(new Set(fileOf)).toEqual(
    new Set(['60-routing/air-0.yaml', '60-routing/air-1.yaml', '70-resilience/air-0.seats-0.yaml']),
  );
  expect(files.find(({ path }) => path === '60-routing/air-1.yaml')?.text.match(/^kind: /gm)).toHaveLength(500);
});

test('each cluster of several has a folder of its own, and what belongs to all of them another', () => {
  const both: Emitted[] = [
    {
      role: 'resource',
      stage: 'services',
      object: policy('MeshMultiZoneService', 'seats'),
      services: ['air/seats'],
      place: { kind: 'global' },
    },
    ...(['east', 'west'] as const).map(
      (zone): Emitted => ({
        role: 'resource',
        stage: 'routing',
        object: policy('MeshTimeout', 'seats'),
        services: ['air/seats'],
        place: { kind: 'zone', zone },
      }),
    ),
  ];
  const zones = ['east', 'west', 'idle'].map((zone) => ({ cluster: zone, zone, translation: empty }));
  const { files, fileOf } = layOut({ ...empty, emitted: both, zones });
  expect(fileOf).toEqual([
    'global/40-services/air.seats.yaml',
    'zones/east/60-routing/air.seats.yaml',
    'zones/west/60-routing/air.seats.yaml',
  ]);
  expect(files.map(({ path }) => path)).toEqual([
    'README.md',
    'global/40-services/air.seats.yaml',
    'global/40-services/kustomization.yaml',
    'global/kustomization.yaml',
    'global/values.yaml',
    'zones/east/60-routing/air.seats.yaml',
    'zones/east/60-routing/kustomization.yaml',
    'zones/east/kustomization.yaml',
    'zones/east/values.yaml',
    'zones/idle/kustomization.yaml',
    'zones/idle/values.yaml',
    'zones/west/60-routing/air.seats.yaml',
    'zones/west/60-routing/kustomization.yaml',
    'zones/west/kustomization.yaml',
    'zones/west/values.yaml',
  ]);
  expect(files[0]?.text).toContain('- `zones/west`: for cluster west');
});

test('what is of all zones goes to the global control plane of 3.0 by kumactl, which is none of Kubernetes', () => {
  const shared: Emitted = {
    role: 'resource',
    stage: 'services',
    object: policy('MeshMultiZoneService', 'seats'),
    services: ['air/seats'],
    place: { kind: 'global' },
  };
  const settings = { ...empty.settings, target: '3.0' } as const;
  const zones = [{ cluster: 'east', zone: 'east', translation: empty }];
  const { files, fileOf } = layOut({ ...empty, settings, emitted: [shared], zones });
  const text = new Map(files.map((file) => [file.path, file.text]));
  expect(fileOf).toEqual(['global/40-services/air.seats.yaml']);
  expect(text.get('global/40-services/air.seats.yaml')).toMatch(/^type: MeshMultiZoneService\nmesh: default\n/);
  expect(text.get('global/apply.sh')).toContain("kumactl apply -f '40-services/air.seats.yaml'");
  expect(text.has('global/kustomization.yaml')).toBe(false);
  expect(text.has('zones/east/kustomization.yaml')).toBe(true);
  expect(text.get('README.md')).toContain('with kumactl (`sh apply.sh` there)');
});

test('a bundle that is imported holds each object once: its patches are no versions of the objects that they change', () => {
  const port = (appProtocol?: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'seats', namespace: 'air' },
    spec: { ports: [{ port: 80, ...(appProtocol === undefined ? {} : { appProtocol }) }] },
  });
  const own: Emitted[] = [{ role: 'patch', base, object: port('http'), services: ['air/seats'] }];
  const { files } = layOut({ ...translation, emitted: own, origins: own.map(() => []) });
  const manifests = files.filter(({ path }) => path.endsWith('.yaml'));
  const estate = takeIn(manifests.map(({ path, text }) => readManifest(path, new TextEncoder().encode(text))));
  expect(estate.context.map(({ kind, source }) => `${kind} ${source.file}`)).toEqual([
    'Service patches/base/namespace-air.yaml',
  ]);
  expect(estate.diagnostics.map(({ code }) => code)).toEqual(['ISTHMUS-EST-008']);
});

test('a README says from which size on directories are applied one by one, and of which the files', () => {
  const readmeOf = (count: number, format: 'kubernetes' | 'universal' = 'kubernetes'): string => {
    const all: Emitted[] = Array.from({ length: count }, (_, index) => ({
      role: 'resource',
      stage: index < 10 ? 'access' : 'routing',
      object: policy('MeshHTTPRoute', `route-${index}`),
      services: ['air/seats'],
    }));
    const { files } = planLayout({ ...empty, emitted: all, origins: all.map(() => []) }, format);
    const found = files.find(({ path }) => path === 'README.md');
    return found !== undefined && 'text' in found ? found.text : '';
  };
  expect(readmeOf(2000)).not.toContain('one by one');
  const several = readmeOf(2001);
  expect(several).toContain('**Apply the directories one by one**');
  expect(several).toContain('there are 2,001 resources');
  expect(several).not.toContain('find DIRECTORY');
  expect(readmeOf(5011)).toContain('These are `60-routing` (5,001).');
  // Its script applies file by file.
  expect(readmeOf(5011, 'universal')).not.toContain('one by one');
});
