import { isUniversal, type ResourceForm, toUniversal, type UniversalObject } from '@isthmus/kong-mesh';
import { type Json, writeYamlDocuments } from '@isthmus/kubernetes';
import {
  type Emitted,
  type EmittedObject,
  type Settings,
  type Stage,
  stages,
  type Translation,
  writeOverrides,
} from '@isthmus/translation';
import { applyScript } from './apply-script.ts';
import { valuesFiles } from './control-planes.ts';
import { readme } from './readme.ts';

/** One file of a bundle; the path is relative, with `/`. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

/** A file of a bundle before it is made: the documents that it holds, or its text. */
export type PlannedFile = { readonly path: string } & (
  | { readonly documents: readonly Json[] }
  | { readonly text: string }
);

/** The text of a planned file. */
export const textOfFile = (file: PlannedFile): string =>
  'text' in file ? file.text : writeYamlDocuments(file.documents);

/** The files of a bundle to be made, and the file of each emitted resource. */
export interface LayoutPlan {
  readonly files: readonly PlannedFile[];
  readonly fileOf: readonly string[];
}

/** The files of a bundle, sorted by path, and the file of each emitted resource (same index as `emitted`). */
export interface Layout {
  readonly files: readonly BundleFile[];
  readonly fileOf: readonly string[];
}

const directoryByStage = new Map(stages.map((stage, index) => [stage, `${(index + 1) * 10}-${stage}`]));

const directoryOf = (stage: Stage): string => directoryByStage.get(stage) as string;

// Kubernetes names hold no separators, but drafts and patches may carry whatever the user wrote.
const safe = (text: string): string => text.replace(/[^A-Za-z0-9.-]/g, '_').replace(/^\.+$/, '_') || '_';

// Thousands of small files take long to write, to check out and to apply, and nobody pages through them.
const mostFiles = 1000;

/** The namespace or service that a file is about; undefined for what concerns several or the whole mesh. */
type Topic = (emitted: Emitted) => string | undefined;

const service: Topic = ({ services }) => (services.length === 1 ? services[0] : undefined);

const namespace: Topic = (emitted) => {
  const about = service(emitted);
  return about?.slice(0, about.indexOf('/'));
};

/**
 * Policies about one service stand in one file, those about none or several in `mesh-wide.yaml`. Of a stage with more
 * services than a person can look through, those of one namespace stand in one file.
 */
function topics(emitted: readonly Emitted[]): (stage: Stage) => Topic {
  const servicesOf = new Map<Stage, Set<string>>();
  for (const one of emitted) {
    if (one.role === 'patch') continue;
    const found = servicesOf.get(one.stage) ?? new Set();
    servicesOf.set(one.stage, found);
    if (found.size <= mostFiles) found.add(service(one) ?? '');
  }
  return (stage) => ((servicesOf.get(stage)?.size ?? 0) > mostFiles ? namespace : service);
}

/** Where a patch of an object stands: in the component of its namespace. */
function patchOf({ kind, metadata }: EmittedObject): { folder: string; name: string } {
  const folder = metadata.namespace === undefined ? 'cluster' : `namespace-${safe(metadata.namespace)}`;
  return { folder, name: `${safe(`${kind.toLowerCase()}.${metadata.name}`)}.yaml` };
}

const nameOf = (topic: string | undefined): string =>
  `${topic === undefined ? 'mesh-wide' : safe(topic.replace('/', '.'))}.yaml`;

const kustomization = (resources: readonly string[], more: { readonly [field: string]: Json } = {}): Json[] => [
  { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources, ...more },
];

// Kustomize sorts by kind unless told otherwise (api/builtins/SortOrderTransformer.go, 5.6): MeshTLS would come before the
// permissions without which it denies everything.
const inGivenOrder = { sortOptions: { order: 'fifo' } };

const component = (patches: readonly string[]): Json[] => [
  {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: patches.map((path) => ({ path })),
  },
];

const sorted = (items: Iterable<string>): string[] => [...items].sort();

function group<T>(into: Map<string, T[]>, key: string, item: T): void {
  const others = into.get(key);
  if (others === undefined) into.set(key, [item]);
  else others.push(item);
}

/**
 * The user's objects that change: one component for each namespace, so that its team can take it into its own
 * kustomization, and one kustomization over the user's manifests that shows the result, because Kustomize refuses a patch
 * without its target.
 */
function planPatches(emitted: readonly Emitted[]): PlannedFile[] {
  const bases = new Map<string, Map<string, Json>>();
  const patches = new Map<string, Map<string, Json[]>>();
  for (const one of emitted) {
    if (one.role !== 'patch') continue;
    const { folder, name } = patchOf(one.object);
    const base = bases.get(folder) ?? new Map<string, Json>();
    bases.set(folder, base.set(name, one.base.object));
    const files = patches.get(folder) ?? new Map<string, Json[]>();
    patches.set(folder, files);
    group(files, name, one.object as unknown as Json);
  }
  const files: PlannedFile[] = [];
  for (const [folder, byName] of patches) {
    for (const [name, objects] of byName) files.push({ path: `patches/${folder}/${name}`, documents: objects });
    files.push({ path: `patches/${folder}/kustomization.yaml`, documents: component(sorted(byName.keys())) });
    const objects = bases.get(folder) ?? new Map<string, Json>();
    const inOrder = sorted(objects.keys()).map((name) => objects.get(name) as Json);
    files.push({ path: `patches/base/${folder}.yaml`, documents: inOrder });
  }
  if (files.length > 0) {
    const folders = sorted(patches.keys());
    const documents = kustomization(
      folders.map((folder) => `base/${folder}.yaml`),
      { components: folders },
    );
    files.push({ path: 'patches/kustomization.yaml', documents });
  }
  return files;
}

const globalFolder = 'global/';
const folderOfZone = (zone: string): string => `zones/${safe(zone)}/`;

/** The folder of a bundle for a control plane; none where there is one cluster. */
function folderOf({ place }: Emitted): string {
  if (place === undefined) return '';
  return place.kind === 'global' ? globalFolder : folderOfZone(place.zone);
}

/**
 * The form of what is in a folder. A global control plane of 3.0 is not run by Kubernetes, so that kumactl brings it what
 * is its own, whatever the zones are (kuma, UPGRADE.md, 3.0; edge.md 0).
 */
const formatIn = (folder: string, format: ResourceForm, { target }: Pick<Settings, 'target'>): ResourceForm =>
  target === '3.0' && folder === globalFolder ? 'universal' : format;

/** The emitted resources of each control plane, with their places in the list. */
function byFolder(emitted: readonly Emitted[]): Map<string, number[]> {
  const folders = new Map<string, number[]>();
  emitted.forEach((one, index) => {
    group(folders, folderOf(one), index);
  });
  return folders;
}

/** The file of each resource for one control plane (same index), without the folder. */
function filesWithin(emitted: readonly Emitted[], format: ResourceForm): string[] {
  const topicOf = topics(emitted);
  const folders = new Map<string, Map<string | undefined, string>>();
  return emitted.map((one) => {
    if (one.role === 'patch') {
      const { folder, name } = patchOf(one.object);
      return `patches/${folder}/${name}`;
    }
    const directory = directoryOf(one.stage);
    const within = format === 'universal' && !isUniversal(one.object) ? `kubernetes/${directory}` : directory;
    const folder = one.role === 'draft' ? `drafts/${within}` : within;
    const files = folders.get(folder) ?? new Map<string | undefined, string>();
    folders.set(folder, files);
    const topic = topicOf(one.stage)(one);
    const known = files.get(topic);
    if (known !== undefined) return known;
    const file = `${folder}/${nameOf(topic)}`;
    files.set(topic, file);
    return file;
  });
}

/** The bundle's file of each emitted resource (same index), as `layOut` writes it. */
export function filesOf(
  { emitted, settings }: Pick<Translation, 'emitted' | 'settings'>,
  format: ResourceForm = 'kubernetes',
): string[] {
  const files: string[] = [];
  for (const [folder, indices] of byFolder(emitted)) {
    const within = filesWithin(
      indices.map((index) => emitted[index] as Emitted),
      formatIn(folder, format, settings),
    );
    indices.forEach((index, position) => {
      files[index] = `${folder}${within[position] as string}`;
    });
  }
  return files;
}

/**
 * The form that a bundle has a resource in. Dataplanes are read by kuma-dp on machines, which takes the Universal form, whatever
 * the rest is written in.
 */
export function formInBundle(one: Emitted, format: ResourceForm, settings: Pick<Settings, 'target'>): ResourceForm {
  if (!isUniversal(one.object)) return 'kubernetes';
  return one.object.kind === 'Dataplane' ? 'universal' : formatIn(folderOf(one), format, settings);
}

/** An emitted resource in Universal form; undefined where it has none. */
export const universalOf = ({ object, place }: Emitted, settings: Settings): UniversalObject | undefined =>
  isUniversal(object) ? toUniversal(object, settings, place?.kind === 'zone' ? place.zone : undefined) : undefined;

function documentOf(one: Emitted, format: ResourceForm, settings: Settings): Json {
  const universal = formInBundle(one, format, settings) === 'universal' ? universalOf(one, settings) : undefined;
  return universal ?? (one.object as unknown as Json);
}

/** The files for one control plane: directories by step, the patches, and what has the steps in order. */
function planPlace(
  emitted: readonly Emitted[],
  format: ResourceForm,
  settings: Settings,
): {
  readonly files: readonly PlannedFile[];
  /** The file of each resource (same index). */
  readonly fileOf: readonly string[];
  readonly steps: readonly string[];
  /** How many resources Kustomize reads for each step; of the Universal form none. */
  readonly sizes: ReadonlyMap<string, number>;
} {
  const fileOf = filesWithin(emitted, format);
  const documents = new Map<string, Json[]>();
  emitted.forEach((one, index) => {
    if (one.role !== 'patch') group(documents, fileOf[index] as string, documentOf(one, format, settings));
  });
  const files = planPatches(emitted);
  const directories = new Map<string, string[]>();
  const sizes = new Map<string, number>();
  for (const [path, objects] of documents) {
    files.push({ path, documents: objects });
    if (path.startsWith('drafts/')) continue;
    const cut = path.lastIndexOf('/');
    const directory = path.slice(0, cut);
    group(directories, directory, path.slice(cut + 1));
    if (format === 'kubernetes') sizes.set(directory, (sizes.get(directory) ?? 0) + objects.length);
  }
  const steps = stages
    .map(directoryOf)
    .flatMap((directory) => [directory, `kubernetes/${directory}`].filter((folder) => directories.has(folder)));
  if (format === 'universal') {
    const inOrder = steps.map((folder) => ({ folder, names: sorted(directories.get(folder) ?? []) }));
    files.push({ path: 'apply.sh', text: applyScript(inOrder) });
  } else {
    for (const [directory, names] of directories)
      files.push({ path: `${directory}/kustomization.yaml`, documents: kustomization(sorted(names)) });
    files.push({ path: 'kustomization.yaml', documents: kustomization(steps, inGivenOrder) });
  }
  return { files, fileOf, steps, sizes };
}

/**
 * Plans the bundle of a translation for GitOps: one directory for each step of applying, in order, each with a kustomization;
 * `patches/` with Kustomize components for the user's objects that change; `drafts/` outside of every kustomization. Of several
 * clusters each has all of this in `zones/NAME`, and `global` holds what belongs to no single one; values for installing their
 * control planes stand beside it. In the Universal format
 * `apply.sh` stands in the place of kustomizations, and `kubernetes/` holds the steps of what exists on Kubernetes only.
 */
export function planLayout(translation: Translation, format: ResourceForm = 'kubernetes'): LayoutPlan {
  const { emitted, zones, settings } = translation;
  const files: PlannedFile[] = [];
  const fileOf: string[] = [];
  const steps = new Set<string>();
  const sizes = new Map<string, ReadonlyMap<string, number>>();
  const places = byFolder(emitted);
  for (const { zone } of zones ?? []) if (!places.has(folderOfZone(zone))) places.set(folderOfZone(zone), []);
  if (zones === undefined && places.size === 0) places.set('', []);
  for (const [folder, indices] of places) {
    const own = indices.map((index) => emitted[index] as Emitted);
    const planned = planPlace(own, formatIn(folder, format, settings), settings);
    for (const step of planned.steps) steps.add(step);
    sizes.set(folder, planned.sizes);
    files.push(...planned.files.map((file) => ({ ...file, path: `${folder}${file.path}` })));
    indices.forEach((index, position) => {
      fileOf[index] = `${folder}${planned.fileOf[position] as string}`;
    });
  }
  const ordered = stages
    .map(directoryOf)
    .flatMap((directory) => [directory, `kubernetes/${directory}`].filter((folder) => steps.has(folder)));
  files.push(...valuesFiles(translation, folderOfZone));
  const decided = (translation.overrides ?? []).map(({ override }) => override);
  if (decided.length > 0) files.push({ path: 'overrides.yaml', text: writeOverrides(decided) });
  files.push({ path: 'README.md', text: readme(translation, { directories: ordered, sizes, format }) });
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), fileOf };
}

/** Lays a translation out as `planLayout` plans it, with the text of each file. */
export function layOut(translation: Translation, format: ResourceForm = 'kubernetes'): Layout {
  const { files, fileOf } = planLayout(translation, format);
  return { files: files.map((file) => ({ path: file.path, text: textOfFile(file) })), fileOf };
}
