// What becomes of each field of each kind of Istio, found out by translating an example of it: the data of the coverage
// table (`scripts/generate-coverage.ts`).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { takeIn } from '@isthmus/istio';
import { type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { type Json, type JsonObject, parseYaml, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { type FieldSample, fieldSamples, knownIstioFields, type SampleHints } from '@isthmus/testkit';
import { defaultSettings, translate } from '@isthmus/translation';
import type { FieldCoverage, FieldResult, KindCoverage } from '@isthmus/translation/coverage';

const folder = fileURLToPath(new URL('./field-examples/', import.meta.url));
const documents = (file: string): Json[] =>
  parseYaml(readFileSync(`${folder}${file}`, 'utf8')).map(({ value }) => value as Json);

type Manifest = JsonObject & { readonly kind: string; readonly spec: JsonObject };

/** A resource whose fields are tried one by one, and what stands beside it. */
interface Base {
  /** `mesh` of `virtual-service.mesh.yaml`. */
  readonly context: string;
  readonly manifest: Manifest;
  readonly surroundings: readonly Json[];
}

function readBases(): readonly Base[] {
  return readdirSync(folder)
    .filter((file) => /^[a-z-]+\.[a-z-]+\.yaml$/.test(file))
    .sort()
    .map((file) => {
      const [manifest, ...surroundings] = documents(file) as [Manifest, ...Json[]];
      return { context: file.split('.')[1] as string, manifest, surroundings };
    });
}

type Manifests = ReturnType<typeof readManifest>;

/** A value as it is shown: a scalar as it is, anything else as its JSON. */
function shown(json: string): string | number | boolean {
  const value = JSON.parse(json) as unknown;
  return typeof value === 'object' ? json : (value as string | number | boolean);
}

interface Answer extends Omit<FieldResult, 'contexts' | 'versions' | 'values'> {
  readonly context: string;
  readonly version: TargetVersion;
  readonly value: Json;
}

/** A place in an emitted resource for everyone: without the positions and names of the example. */
const generalPath = (path: string): string =>
  path.replace(/\[\d+\]/g, '[]').replace(/\[\]\.?\["[^"]*"\]|\["[^"]*"\]/g, '{}');

const isUnder = (path: string, field: string): boolean =>
  path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);

const manifest = (name: string, objects: readonly Json[]): Manifests =>
  readManifest(name, Buffer.from(writeYamlDocuments(objects)));

function answers(base: Base, estate: readonly Manifests[], sample: FieldSample): Answer[] {
  const object = { ...base.manifest, spec: sample.spec };
  const taken = takeIn([manifest('example.yaml', [object]), ...estate]);
  return targetVersions.flatMap((version) => {
    const translation = translate(taken, { ...defaultSettings, target: version, complete: true });
    const entry = translation.ledger.find(({ resource }) => resource.source.file === 'example.yaml');
    return (entry?.fields ?? [])
      .filter(({ path }) => isUnder(path, sample.path))
      .map(({ outcome, code, targets }): Answer => {
        const places = targets.map(
          ({ resource, path }) => `${translation.emitted[resource]?.object.kind} ${generalPath(path)}`,
        );
        return {
          outcome,
          ...(code === undefined ? {} : { code }),
          targets: [...new Set(places)].sort(),
          context: base.context,
          version,
          value: sample.value,
        };
      });
  });
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Answers that are alike become one result, which says when it holds unless it always does. */
function results(found: readonly Answer[]): FieldResult[] {
  const all = {
    contexts: distinct(found.map(({ context }) => context)),
    versions: distinct(found.map(({ version }) => version)),
    values: distinct(found.map(({ value }) => JSON.stringify(value))),
  };
  const groups = Map.groupBy(found, ({ outcome, code, targets }) => JSON.stringify([outcome, code, targets]));
  return [...groups.values()].map((group) => {
    const { outcome, code, targets } = group[0] as Answer;
    const contexts = distinct(group.map(({ context }) => context));
    const versions = distinct(group.map(({ version }) => version));
    const values = distinct(group.map(({ value }) => JSON.stringify(value)));
    return {
      outcome,
      ...(code === undefined ? {} : { code }),
      targets,
      ...(contexts.length === all.contexts.length ? {} : { contexts }),
      ...(versions.length === all.versions.length ? {} : { versions }),
      ...(values.length === all.values.length ? {} : { values: values.map(shown) }),
    };
  });
}

/** Every field of every kind with what becomes of it, in the order of the schemas. */
export function fieldCoverage(): KindCoverage[] {
  const hints = documents('hints.yaml')[0] as unknown as Record<string, SampleHints>;
  const estate = manifest('estate.yaml', documents('estate.yaml'));
  const bases = readBases();
  return [...knownIstioFields()].map(([name, schema]) => {
    const [group = '', version = '', kind = ''] = name.split('/');
    const byField = new Map<string, Answer[]>();
    for (const base of bases.filter(({ manifest }) => manifest.kind === kind)) {
      const around = [manifest('surroundings.yaml', base.surroundings), estate];
      for (const sample of fieldSamples(schema, base.manifest.spec, hints[kind] ?? {})) {
        const known = byField.get(sample.field) ?? [];
        byField.set(sample.field, [...known, ...answers(base, around, sample)]);
      }
    }
    const fields = [...byField].map(([field, found]): FieldCoverage => ({ field, results: results(found) }));
    return { group, version, kind, fields };
  });
}
