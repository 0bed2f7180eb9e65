import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleFile } from '@isthmus/bundle';
import { InputError } from './input.ts';

// Lists what an earlier run wrote, so that --force removes that and nothing else.
const manifest = '.isthmus-bundle';

/** Whether every path stays below the folder; a manifest may have been edited. */
const isInside = (path: string): boolean => path !== '' && !path.startsWith('/') && !path.split(/[\\/]/).includes('..');

/** Small files wait for the disk more than they work: several at a time, few enough not to run out of handles. */
async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const size = 64;
  for (let from = 0; from < items.length; from += size) await Promise.all(items.slice(from, from + size).map(act));
}

/**
 * Writes a bundle to a folder. A folder with anything in it is refused unless `force` is set; then the files of an earlier
 * bundle are replaced and everything else is left alone.
 */
export async function writeBundle(folder: string, files: readonly BundleFile[], force: boolean): Promise<void> {
  const present: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`${folder}: it is no folder that can be written to (${error.code ?? error.message})`);
  });
  if (present.length > 0 && !force)
    throw new InputError(
      `${folder} is not empty. Choose an empty folder, or say --force to replace an earlier bundle in it.`,
    );
  if (present.includes(manifest)) {
    const former = (await readFile(join(folder, manifest), 'utf8')).split('\n');
    await inBatches(former.filter(isInside), (path) => rm(join(folder, path), { force: true }));
  }
  await mkdir(folder, { recursive: true });
  for (const parent of new Set(files.map(({ path }) => dirname(join(folder, path)))))
    await mkdir(parent, { recursive: true });
  await inBatches(files, ({ path, text }) => writeFile(join(folder, path), text));
  await writeFile(join(folder, manifest), files.map(({ path }) => `${path}\n`).join(''));
}
