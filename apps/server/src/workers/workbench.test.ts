import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Workbench } from '@isthmus/contract';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { concerns, servicesOf } from '@isthmus/migration';
import { sharedPath } from '@isthmus/testkit';
import { defaultSettings, type LedgerField, translate } from '@isthmus/translation';
import { describe, expect, test } from 'vitest';
import type { Translated } from './snapshot.ts';
import { workbench } from './workbench.ts';

/** Files as a view of the workbench needs them; findings are not looked at. */
function snapshotOf(folder: string, files: readonly string[]): Translated {
  return snapshotOfTexts(new Map(files.map((file) => [file, readFileSync(join(folder, file))])));
}

function snapshotOfTexts(texts: ReadonlyMap<string, Buffer>): Translated {
  const estate = takeIn([...texts].map(([file, bytes]) => readManifest(file, bytes)));
  const translation = translate(estate, { ...defaultSettings, complete: true });
  const services = servicesOf(estate);
  return {
    translation,
    diagnostics: [],
    services,
    concerns: concerns(estate, services, defaultSettings.clusterDomain),
    outcomes: [],
    findings: [],
    entryOf: new Map(translation.ledger.map((entry) => [entry.resource, entry])),
    textOf: (file) => texts.get(file)?.toString(),
  };
}

const idOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
  `${kind} ${namespace}/${name}`;

/** Every field of a source and every place that it went to, as the ledger has them, of some emitted resources. */
function expectedIn({ translation }: Translated, shown: Workbench): string[] {
  const positionOf = new Map(shown.after.map(({ index }, position) => [index, position]));
  const linkOf = (source: string, { path, targets }: LedgerField): string[] =>
    targets.flatMap((target) => {
      const position = positionOf.get(target.resource);
      return position === undefined ? [] : [`${source} ${path} -> ${position} ${target.path}`];
    });
  return [...translation.ledger, ...translation.context]
    .flatMap(({ resource, fields }) => fields.flatMap((field) => linkOf(idOf(resource), field)))
    .sort();
}

/** The same as the workbench shows it, from either side. */
const toldBy = ({ before, fields, elsewhere }: Workbench): string[] =>
  [
    ...fields.map((field) => ({ ...field, source: before[field.document]?.resource })),
    ...elsewhere.map((field) => ({ ...field, source: field.resource })),
  ]
    .flatMap(({ source, path, targets }) =>
      targets.map((target) => `${source && idOf(source)} ${path} -> ${target.document} ${target.path}`),
    )
    .sort();

/** Where an emitted field came from as the translators traced it, which the ledger has to agree with. */
function untold({ translation }: Translated): string[] {
  const ledger = new Map(
    [...translation.context, ...translation.ledger].map((entry) => [entry.resource, entry.fields]),
  );
  return translation.origins.flatMap((origins, resource) =>
    origins
      .filter(
        ({ path, origin }) =>
          !ledger
            .get(origin.resource)
            ?.some((field) => field.targets.some((target) => target.resource === resource && target.path === path)),
      )
      .map(({ path, origin }) => `${idOf(origin.resource)} ${origin.path} -> ${resource} ${path}`),
  );
}

function check(snapshot: Translated, mostResources: number): number {
  expect(untold(snapshot)).toEqual([]);
  const { istio } = snapshot.translation.estate;
  const wanted = [
    ...snapshot.services.map(({ id }) => ({ service: id })),
    ...[...new Set(istio.map(({ namespace }) => namespace || 'default'))].map((namespace) => ({ namespace })),
    ...[...istio.keys()].slice(0, mostResources).map((index) => ({ resource: String(index) })),
  ];
  let links = 0;
  for (const one of wanted) {
    const shown = workbench(snapshot, one, new Map(), []);
    // Where documents are left out, so are links to them; the view says how many.
    if (shown === undefined || shown.omitted > 0 || shown.omittedElsewhere > 0) continue;
    const told = toldBy(shown);
    expect(told, JSON.stringify(one)).toEqual(expectedIn(snapshot, shown));
    links += told.length;
  }
  return links;
}

test('a resource is found by its index, and by the name that lasts from import to import', () => {
  const route = (name: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}, namespace: sales}\nspec: {hosts: [${name}]}\n---\n`;
  const of = (files: Readonly<Record<string, string>>) =>
    snapshotOfTexts(new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)])));
  const shown = (snapshot: Translated, resource: string) => {
    const found = workbench(snapshot, { resource }, new Map(), []);
    return found && [found.resource, found.before[0]?.file, found.before[0]?.line];
  };
  const first = of({ 'a.yaml': route('seats') + route('flights') });
  expect(shown(first, '1')).toEqual(['VirtualService/sales/flights', 'a.yaml', 6]);
  // Another import puts others in front of it.
  const second = of({ 'a.yaml': route('api') + route('seats') + route('flights') });
  expect(shown(second, 'VirtualService/sales/flights')).toEqual(['VirtualService/sales/flights', 'a.yaml', 11]);
  const east = 'VirtualService/sales/seats@cluster=east/a.yaml:1';
  const both = of({ 'cluster=east/a.yaml': route('seats'), 'cluster=west/a.yaml': route('seats') });
  expect(shown(both, '0')).toEqual([east, 'cluster=east/a.yaml', 1]);
  expect(shown(both, east.replace('east', 'west'))).toEqual([east.replace('east', 'west'), 'cluster=west/a.yaml', 1]);
  expect(shown(both, 'VirtualService/sales/seats@gone.yaml:7')).toEqual([east, 'cluster=east/a.yaml', 1]);
  for (const none of ['9', 'VirtualService/sales/none', 'Service/sales/seats', 'VirtualService//seats', 'x'])
    expect(shown(both, none), none).toBeUndefined();
});

test('each line of what is emitted tells all that it came from, and each field all that it went to', () => {
  const folder = fileURLToPath(new URL('../../../../examples/kong-air/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  const snapshot = snapshotOf(folder, files);
  expect(check(snapshot, 1000)).toBeGreaterThan(3000);
  const web = workbench(snapshot, { service: 'sales/web' }, new Map(), []);
  // A setting of the mesh, another service's route on the same host and an annotation, with their places.
  const places = web?.elsewhere.map(({ resource, index, path, line }) => [idOf(resource), path, index, line] as const);
  expect(places).toContainEqual([
    'MeshConfig istio-system/istio',
    'defaultConfig.terminationDrainDuration',
    expect.any(Number),
    expect.any(Number),
  ]);
  expect(places).toContainEqual([
    'Deployment sales/web',
    'spec.template.metadata.annotations["proxy.istio.io/config"]',
    undefined,
    expect.any(Number),
  ]);
});

const corpus = sharedPath('corpus/files');
describe.skipIf(corpus === undefined)('the same of public repositories', () => {
  const folder = corpus as string;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^\//, ''))
    .sort();
  test.each([...Map.groupBy(files, (file) => file.split('/')[0] ?? '')])('%s', (_, own) => {
    check(snapshotOf(folder, own), 60);
  });
});
