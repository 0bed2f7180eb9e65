import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// Biome refuses imports that a package.json does not declare, so that these declarations are the walls of the house.
const allowed: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  kubernetes: ['diagnostics'],
  behavior: [],
  istio: ['behavior', 'diagnostics', 'kubernetes'],
  'kong-mesh': ['behavior', 'diagnostics', 'kubernetes'],
  'kong-gateway': ['behavior', 'diagnostics', 'kubernetes'],
  translation: ['behavior', 'diagnostics', 'istio', 'kong-gateway', 'kong-mesh', 'kubernetes'],
  // A judge does not ask the accused: both meshes' own behaviour, and nothing of the translation.
  equivalence: ['behavior', 'istio', 'kong-gateway', 'kong-mesh', 'kubernetes'],
  preflight: ['behavior', 'diagnostics', 'istio', 'kong-mesh', 'kubernetes'],
  migration: ['behavior', 'diagnostics', 'equivalence', 'istio', 'kong-gateway', 'kong-mesh', 'kubernetes'],
  bundle: ['diagnostics', 'equivalence', 'istio', 'kong-mesh', 'kubernetes', 'translation'],
  contract: [],
  store: [],
  cluster: ['kubernetes'],
  testkit: ['kubernetes'],
};

const dependenciesOf = (folder: string): string[] => {
  const manifest = JSON.parse(readFileSync(new URL(`../${folder}/package.json`, import.meta.url), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(manifest.dependencies ?? {}).flatMap((name) =>
    name.startsWith('@isthmus/') ? [name.slice('@isthmus/'.length)] : [],
  );
};

test.each(readdirSync(new URL('../packages/', import.meta.url)))('%s imports only what stands below it', (name) => {
  expect(Object.keys(allowed)).toContain(name);
  expect(allowed[name]).toEqual(expect.arrayContaining(dependenciesOf(`packages/${name}`)));
});

test.each(readdirSync(new URL('../apps/', import.meta.url)))('%s imports no app', (name) => {
  const apps = readdirSync(new URL('../apps/', import.meta.url));
  expect(dependenciesOf(`apps/${name}`).filter((dependency) => apps.includes(dependency))).toEqual([]);
});
