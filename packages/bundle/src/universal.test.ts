import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { meshAfter, verifyEstate } from '@isthmus/equivalence';
import { effectiveConfig, takeIn } from '@isthmus/istio';
import { checkAdmission, isUniversal, targetVersions, toUniversal } from '@isthmus/kong-mesh';
import { readManifest } from '@isthmus/kubernetes';
import { asKubernetes, readAsKumactl, sharedPath } from '@isthmus/testkit';
import { defaultSettings, translate } from '@isthmus/translation';
import { describe, expect, test } from 'vitest';
import { layOut } from './layout.ts';

const kongAir = fileURLToPath(new URL('../../../examples/kong-air/', import.meta.url));
const estateOf = (folder: string) =>
  takeIn(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => readManifest(name, readFileSync(`${folder}${name}`))),
  );

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
      expect([
        object.name,
        checkAdmission(asKubernetes(object, systemNamespace), target, { systemNamespace }),
      ]).toMatchObject([object.name, { accepted: true }]);
    }
    const names = universal.map(({ type, name }) => `${type}/${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('requests go where those of the Kubernetes form go', () => {
    const options = { version: target, mesh: own.mesh, systemNamespace: own.systemNamespace };
    const others = translation.emitted.filter((one) => one.role === 'patch' || !isUniversal(one.object));
    const after = [
      ...others,
      ...universal.map((object) => ({ role: 'resource' as const, object: asKubernetes(object, own.systemNamespace) })),
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
          const result = checkAdmission(asKubernetes(object, systemNamespace), target, { systemNamespace });
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
