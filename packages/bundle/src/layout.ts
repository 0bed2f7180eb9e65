import { type Json, writeYaml, writeYamlDocuments } from '@isthmus/kubernetes';
import { type Emitted, stages, type Translation } from '@isthmus/translation';
import { readme } from './readme.ts';

/** One file of a bundle; the path is relative, with `/`. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

/** The files of a bundle, sorted by path, and the file of each emitted resource (same index as `emitted`). */
export interface Layout {
  readonly files: readonly BundleFile[];
  readonly fileOf: readonly string[];
}

const directoryOf = (stage: (typeof stages)[number]): string => `${(stages.indexOf(stage) + 1) * 10}-${stage}`;

// Kubernetes names hold no separators, but drafts and patches may carry whatever the user wrote.
const safe = (text: string): string => text.replace(/[^A-Za-z0-9.-]/g, '_').replace(/^\.+$/, '_') || '_';

/** Policies about one service stand in one file, those about none or several in `mesh-wide.yaml`. */
function fileNameOf(emitted: Emitted): string {
  const [service, ...others] = emitted.services;
  return service === undefined || others.length > 0 ? 'mesh-wide.yaml' : `${safe(service.replace('/', '.'))}.yaml`;
}

function pathOf(emitted: Emitted): string {
  switch (emitted.role) {
    case 'resource':
      return `${directoryOf(emitted.stage)}/${fileNameOf(emitted)}`;
    case 'draft':
      return `drafts/${directoryOf(emitted.stage)}/${fileNameOf(emitted)}`;
    case 'patch': {
      const { kind, metadata } = emitted.object;
      return `patches/${safe(`${kind.toLowerCase()}.${metadata.namespace ?? 'default'}.${metadata.name}`)}/patch.yaml`;
    }
  }
}

const kustomization = (resources: readonly string[]): string =>
  writeYaml({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });

function component(patch: string): string {
  return writeYaml({
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    resources: ['base.yaml'],
    patches: [{ path: patch }],
  });
}

/**
 * Lays a translation out for GitOps: one directory for each step of applying, in order, each with a kustomization;
 * `patches/` with a Kustomize component for each of the user's objects that changes; `drafts/` outside of every kustomization.
 */
export function layOut(translation: Translation): Layout {
  const fileOf = translation.emitted.map(pathOf);
  const documents = new Map<string, Json[]>();
  const files: BundleFile[] = [];
  for (const [index, emitted] of translation.emitted.entries()) {
    const path = fileOf[index] as string;
    const object = emitted.object as unknown as Json;
    const others = documents.get(path);
    if (others === undefined) documents.set(path, [object]);
    else others.push(object);
    if (emitted.role === 'patch' && others === undefined) {
      const folder = path.slice(0, -'patch.yaml'.length);
      files.push({ path: `${folder}base.yaml`, text: writeYaml(emitted.base.object) });
      files.push({ path: `${folder}kustomization.yaml`, text: component('patch.yaml') });
    }
  }
  const directories = new Map<string, string[]>();
  for (const [path, objects] of documents) {
    files.push({ path, text: writeYamlDocuments(objects) });
    const [directory, name, ...deeper] = path.split('/');
    if (deeper.length > 0 || directory === undefined || name === undefined) continue;
    const names = directories.get(directory);
    if (names === undefined) directories.set(directory, [name]);
    else names.push(name);
  }
  for (const [directory, names] of directories)
    files.push({ path: `${directory}/kustomization.yaml`, text: kustomization(names.sort()) });
  const ordered = stages.map(directoryOf).filter((directory) => directories.has(directory));
  files.push({ path: 'kustomization.yaml', text: kustomization(ordered) });
  files.push({ path: 'README.md', text: readme(translation, ordered) });
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), fileOf };
}
