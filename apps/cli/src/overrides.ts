import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '@isthmus/diagnostics';
import { type Override, type OverrideSubject, readOverrides, subjectKey, type Translation } from '@isthmus/translation';
import { InputError } from './input.ts';

const unreadable = (path: string) => (error: NodeJS.ErrnoException) => {
  throw new InputError(`${path}: it cannot be read (${error.code ?? error.message})`);
};

async function filesIn(path: string): Promise<string[]> {
  if (!(await stat(path).catch(unreadable(path))).isDirectory()) return [path];
  const names = (await readdir(path).catch(unreadable(path))).filter((name) => /\.(?:ya?ml|json)$/i.test(name));
  return names.sort().map((name) => join(path, name));
}

const nameOf = ({ kind, namespace, name }: OverrideSubject): string =>
  `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;

/**
 * Reads a file of overrides, or all of a folder, as the app exports them and bundles hold them. Throws an InputError with the
 * place of what cannot be read, and where two decide about one resource.
 */
export async function readOverrideFiles(path: string | undefined): Promise<Override[]> {
  if (path === undefined) return [];
  const known = new Map<string, { readonly file: string; readonly override: Override }>();
  for (const file of await filesIn(path)) {
    const { overrides, problems } = readOverrides(await readFile(file, 'utf8').catch(unreadable(file)));
    const [first] = problems;
    if (first !== undefined) {
      const at = first.line === undefined ? file : `${file}:${first.line}:${first.column}`;
      throw new InputError(`${at}: ${first.message}`);
    }
    for (const override of overrides) {
      const key = subjectKey(override.subject);
      const before = known.get(key);
      if (before !== undefined)
        throw new InputError(`${file}: ${nameOf(override.subject)} has an override in ${before.file} already`);
      known.set(key, { file, override });
    }
  }
  return [...known.values()].map(({ override }) => override);
}

/** Findings about overrides, for commands that say nothing of the translation itself. */
export const findingsOfOverrides = ({ diagnostics }: Translation): Diagnostic[] =>
  diagnostics.filter(({ code }) => code.startsWith('ISTHMUS-OVR-'));
