import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { isList, isMap, type Json, type Resource } from '@isthmus/kubernetes';
import type { Intake } from './take-in.ts';

/** A Kustomization or Component of the import. */
export interface Kustomization {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

/** A path as it stands in a file, from the folder of the import; undefined where it leads out of it. */
function resolve(file: string, path: string): string | undefined {
  const parts = file.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

const listOf = (value: Json | undefined): readonly Json[] => (value !== undefined && isList(value) ? value : []);

/** The files that it applies as patches: `patches[].path`, and entries of `patchesStrategicMerge` (kustomize, api/types/kustomization.go, 5.6). */
function patchPaths({ object }: Resource): string[] {
  const named = listOf(object.patches).map((patch) => (isMap(patch) ? patch.path : undefined));
  return [...named, ...listOf(object.patchesStrategicMerge)].filter((path): path is string => typeof path === 'string');
}

/** The files of an import that are patches of other objects, each with what applies it. */
export function patchFiles(files: readonly Intake[]): ReadonlyMap<string, Kustomization> {
  const found = new Map<string, Kustomization>();
  for (const { file, resources, unidentified } of files)
    for (const resource of [...resources, ...unidentified.flatMap((one) => one.resource ?? [])]) {
      const { group, kind, source } = resource;
      if (group !== 'kustomize.config.k8s.io') continue;
      const kustomization: Kustomization = { file, line: source.line, kind };
      for (const path of patchPaths(resource)) {
        const patch = resolve(file, path);
        if (patch !== undefined) found.set(patch, kustomization);
      }
    }
  return found;
}

/** Says of patches that were left out by what they are applied; none where none was. */
export function reportPatches(left: ReadonlyMap<Kustomization, readonly Resource[]>): Diagnostic[] {
  return [...left].map(([{ file, line, kind }, patches]) => {
    const [first, ...others] = patches.map((one) => `${one.kind} ${one.name}`);
    const what = others.length === 0 ? `${first}` : `${first} and ${others.length} more`;
    return diagnose(codes.estate.patchLeftOut, { kind, what }, { file, line });
  });
}
