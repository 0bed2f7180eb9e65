import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { meshAfter, verifyEstate } from '@isthmus/equivalence';
import { effectiveConfig, takeIn } from '@isthmus/istio';
import { checkAdmission, targetVersions } from '@isthmus/kong-mesh';
import { type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import { sharedPath } from '@isthmus/testkit';
import { defaultSettings, type EmittedObject, type Settings, translate } from '@isthmus/translation';
import { describe, expect, test } from 'vitest';
import { layOut } from './layout.ts';
import { isUniversal, toUniversal, type UniversalObject } from './universal.ts';

const kongAir = fileURLToPath(new URL('../../../examples/kong-air/', import.meta.url));
const estateOf = (folder: string) =>
  takeIn(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => readManifest(name, readFileSync(`${folder}${name}`))),
  );

const labelled = (kind: string, labels: Record<string, string>) => ({ kind, labels });
const settings: Settings = { ...defaultSettings, zone: 'east' };
const policy = (kind: string, namespace: string, spec: object): EmittedObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind,
  metadata: { name: 'seats', namespace, labels: { 'kuma.io/mesh': 'default', 'kuma.io/origin': 'zone' } },
  spec,
});

/** As the control plane of the zone would have it; its admission is that of the Kubernetes form. */
const asKubernetes = ({ type, mesh, name, labels = {}, spec, ...fields }: UniversalObject): JsonObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind: type,
  metadata: {
    name,
    namespace: settings.systemNamespace,
    labels: { ...(labels as JsonObject), ...(mesh === undefined ? {} : { 'kuma.io/mesh': mesh }) },
  },
  ...(type === 'Dataplane' ? { mesh: mesh as string } : {}),
  spec: spec ?? fields,
});

describe('a resource in Universal form', () => {
  test('refers by labels with the zone, and its name carries the namespace', () => {
    const route = policy('MeshHTTPRoute', 'sales', {
      targetRef: { kind: 'Mesh' },
      to: [
        {
          targetRef: { kind: 'MeshService', name: 'seats', sectionName: 'http' },
          rules: [
            {
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
              default: {
                backendRefs: [
                  { kind: 'MeshService', name: 'seats-v2', namespace: 'other', port: 80, weight: 1 },
                  { kind: 'MeshExternalService', name: 'partner', namespace: 'kong-mesh-system', port: 80 },
                ],
              },
            },
          ],
        },
      ],
    });
    const seats = { 'kuma.io/display-name': 'seats', 'k8s.kuma.io/namespace': 'sales', 'kuma.io/zone': 'east' };
    expect(toUniversal(route, settings)).toEqual({
      type: 'MeshHTTPRoute',
      mesh: 'default',
      name: 'sales-seats',
      spec: {
        targetRef: { kind: 'Mesh' },
        to: [
          {
            targetRef: { kind: 'MeshService', sectionName: 'http', labels: seats },
            rules: [
              {
                matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                default: {
                  backendRefs: [
                    {
                      kind: 'MeshService',
                      port: 80,
                      weight: 1,
                      labels: { ...seats, 'kuma.io/display-name': 'seats-v2', 'k8s.kuma.io/namespace': 'other' },
                    },
                    { ...labelled('MeshExternalService', { 'kuma.io/display-name': 'partner' }), port: 80 },
                  ],
                },
              },
            ],
          },
        ],
      },
    });
  });

  test('is for its namespace and zone only, where the namespace said so before', () => {
    const own = policy('MeshAccessLog', 'sales', { rules: [{ default: { backends: [] } }] });
    const labels = { 'k8s.kuma.io/namespace': 'sales', 'kuma.io/zone': 'east' };
    expect(toUniversal(own, settings).spec).toMatchObject({ targetRef: labelled('Dataplane', labels) });
    const some = policy('MeshRateLimit', 'kong-mesh-system', {
      targetRef: { kind: 'Dataplane', labels: { app: 'a' } },
    });
    expect(toUniversal(some, settings).spec).toMatchObject({
      targetRef: labelled('Dataplane', { app: 'a', 'kuma.io/zone': 'east' }),
    });
  });

  test('lets nobody in, and demands nothing, in other zones', () => {
    for (const kind of ['MeshTrafficPermission', 'MeshTLS']) {
      const all = policy(kind, 'kong-mesh-system', { targetRef: { kind: 'Mesh' }, rules: [] });
      expect(toUniversal(all, settings).spec).toMatchObject({
        targetRef: labelled('Dataplane', { 'kuma.io/zone': 'east' }),
      });
    }
  });

  test('of several zones has its own in its name', () => {
    const external = policy('MeshExternalService', 'kong-mesh-system', { match: { port: 80 } });
    expect(toUniversal(external, settings, 'west').name).toBe('west-seats');
  });

  test('has the fields of a Dataplane and a Mesh at the top', () => {
    const plane = policy('Dataplane', 'sales', { networking: { address: '192.0.2.1' } });
    expect(toUniversal(plane, settings)).toEqual({
      type: 'Dataplane',
      mesh: 'default',
      name: 'sales-seats',
      networking: { address: '192.0.2.1' },
    });
    const mesh = { apiVersion: 'kuma.io/v1alpha1', kind: 'Mesh', metadata: { name: 'air' }, spec: { routing: {} } };
    expect(toUniversal(mesh, settings)).toEqual({ type: 'Mesh', name: 'air', routing: {} });
  });

  test('exists for resources of Kong Mesh only', () => {
    expect(isUniversal({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })).toBe(false);
    expect(isUniversal({ apiVersion: 'kuma.io/v1alpha1', kind: 'ContainerPatch', metadata: { name: 'a' } })).toBe(
      false,
    );
  });
});

describe.each(targetVersions)('for %s', (target) => {
  const own = { ...defaultSettings, target, complete: true };
  const estate = estateOf(kongAir);
  const translation = translate(estate, own);
  const universal = translation.emitted.flatMap((one) =>
    one.role === 'resource' && isUniversal(one.object) ? [toUniversal(one.object, own)] : [],
  );

  test('every resource is accepted, and no two have one name', () => {
    expect(universal.length).toBeGreaterThan(20);
    for (const object of universal) {
      const { systemNamespace } = own;
      expect([object.name, checkAdmission(asKubernetes(object), target, { systemNamespace })]).toMatchObject([
        object.name,
        { accepted: true },
      ]);
    }
    const names = universal.map(({ type, name }) => `${type}/${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('requests go where those of the Kubernetes form go', () => {
    const options = { version: target, mesh: own.mesh, systemNamespace: own.systemNamespace };
    const others = translation.emitted.filter((one) => one.role === 'patch' || !isUniversal(one.object));
    const after = [
      ...others,
      ...universal.map((object) => ({ role: 'resource' as const, object: asKubernetes(object) })),
    ];
    const verdicts = (emitted: Parameters<typeof meshAfter>[1]) =>
      Array.from(
        verifyEstate(effectiveConfig(estate), meshAfter(estate, emitted, options), {
          clusterDomain: own.clusterDomain,
        }),
        ({ verdict, ...subject }) => [subject, verdict.verdict],
      );
    expect(verdicts(after)).toEqual(verdicts(translation.emitted));
  });
});

test('a bundle has a script with the order, and what exists on Kubernetes only apart', () => {
  const translation = translate(estateOf(kongAir), { ...defaultSettings, complete: true });
  const { files, fileOf } = layOut(translation, 'universal');
  const paths = files.map(({ path }) => path);
  expect(paths.some((path) => path.endsWith('kustomization.yaml') && !path.startsWith('patches/'))).toBe(false);
  const script = files.find(({ path }) => path === 'apply.sh')?.text ?? '';
  const applied = [...script.matchAll(/^(kumactl|kubectl) apply -f '(.*)'$/gm)].map(([, tool, path]) => [tool, path]);
  const steps = paths.filter((path) => /^(?:kubernetes\/)?\d\d-/.test(path));
  expect(applied.map(([, path]) => path).sort()).toEqual(steps.sort());
  for (const [tool, path] of applied) expect(tool).toBe(path?.startsWith('kubernetes/') ? 'kubectl' : 'kumactl');
  const order = applied.map(([, path]) => path?.replace('kubernetes/', '').slice(0, 2));
  expect(order).toEqual([...order].sort());
  for (const [index, { object, role }] of translation.emitted.entries())
    if (role === 'resource') expect(fileOf[index]?.startsWith('kubernetes/')).toBe(!isUniversal(object));
  for (const { path, text } of files)
    if (/^\d\d-/.test(path))
      expect([path, /^apiVersion:/m.test(text), /^type: /m.test(text)]).toEqual([path, false, true]);
});

const corpus = sharedPath('corpus/files');
const repositories = corpus === undefined ? [] : readdirSync(corpus).sort();

/** The documents of a file as kumactl reads them: one resource each, with its type, its name and its mesh. */
function readAsKumactl(text: string): UniversalObject[] {
  return parseYaml(text).map(({ value }) => {
    const { type, name, mesh, labels, ...rest } = value as UniversalObject;
    expect(rest).not.toHaveProperty('metadata');
    expect(rest).not.toHaveProperty('apiVersion');
    expect([type, typeof name, typeof mesh]).toEqual([
      type,
      'string',
      ['HostnameGenerator', 'Mesh'].includes(type) ? 'undefined' : 'string',
    ]);
    for (const [key, one] of Object.entries(labels ?? {})) expect([key, typeof one]).toEqual([key, 'string']);
    return value as UniversalObject;
  });
}

test.skipIf(repositories.length === 0).each(targetVersions)(
  'bundles of the corpus are read, accepted, and hold no two resources of one name (%s; needs ../shared)',
  (target) => {
    let accepted = 0;
    for (const repository of repositories) {
      const estate = estateOf(`${corpus}/${repository}/`);
      const own = { ...defaultSettings, target, complete: true };
      const { files } = layOut(translate(estate, own), 'universal');
      const names = new Set<string>();
      for (const { path, text } of files) {
        if (!/^\d\d-/.test(path)) continue;
        for (const object of readAsKumactl(text)) {
          const { systemNamespace } = own;
          const result = checkAdmission(asKubernetes(object), target, { systemNamespace });
          expect([repository, object.type, object.name, result]).toMatchObject([
            repository,
            object.type,
            object.name,
            { accepted: true },
          ]);
          expect(names).not.toContain(`${object.type}/${object.name}`);
          names.add(`${object.type}/${object.name}`);
          accepted++;
        }
      }
    }
    expect(accepted).toBeGreaterThan(700);
  },
);
