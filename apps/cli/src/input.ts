import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Diagnostic } from '@isthmus/diagnostics';
import {
  checkOtherFile,
  type FileReading,
  isArchive,
  isManifestPath,
  readManifest,
  redact,
  unpack,
} from '@isthmus/kubernetes';

/** A path that cannot be read, or no input at all: the command ends with exit code 2. */
export class InputError extends Error {}

/** What the arguments held. */
export interface Input {
  readonly readings: readonly FileReading[];
  /** Findings about files that are no manifests and about archives. */
  readonly diagnostics: readonly Diagnostic[];
  /** Text of each manifest without secrets, for positions. */
  readonly texts: ReadonlyMap<string, () => string>;
  /** Files that are no manifests, and folders that were passed over. */
  readonly otherFiles: number;
}

interface Found {
  readonly path: string;
  readonly read: () => Promise<Uint8Array>;
}

const neverRead = new Set(['.git', 'node_modules']);

const reason = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'the rights to read it are missing';
  return code ?? 'it cannot be read';
};

/** The files below a folder in a stable order, by path relative to it. Links are not followed: they may lead outside. */
async function* walk(folder: string, prefix: string): AsyncGenerator<Found> {
  const names = (await readdir(folder)).sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const full = join(folder, name);
    const path = `${prefix}${name}`;
    const about = await lstat(full);
    if (about.isDirectory()) {
      if (!neverRead.has(name)) yield* walk(full, `${path}/`);
    } else if (about.isFile()) yield { path, read: () => readFile(full) };
  }
}

async function* filesOf(argument: string): AsyncGenerator<Found> {
  if (argument === '-') {
    yield {
      path: '-',
      read: async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
        return Buffer.concat(chunks);
      },
    };
    return;
  }
  const about = await stat(argument).catch((error: unknown) => {
    throw new InputError(`${argument}: ${reason(error)}`);
  });
  if (about.isDirectory()) yield* walk(argument, '');
  else yield { path: basename(argument), read: () => readFile(argument) };
}

/**
 * Reads the arguments of a command: files, folders, archives, `-` for standard input. A path is relative to its argument;
 * where two arguments give the same path, the later one is prefixed with the argument.
 */
export async function readInput(paths: readonly string[], progress: (files: number) => void): Promise<Input> {
  const readings: FileReading[] = [];
  const diagnostics: Diagnostic[] = [];
  const texts = new Map<string, () => string>();
  const used = new Set<string>();
  let otherFiles = 0;
  const take = (path: string, bytes: Uint8Array, named: boolean, argument: string): void => {
    if (!named && !isManifestPath(path)) {
      otherFiles++;
      const diagnostic = checkOtherFile(path, bytes);
      if (diagnostic !== undefined) diagnostics.push(diagnostic);
      return;
    }
    let file = path;
    if (used.has(file)) file = `${argument.replaceAll('\\', '/').replace(/\/$/, '')}/${path}`;
    for (let again = 2; used.has(file); again++) file = `${argument.replaceAll('\\', '/')}#${again}/${path}`;
    used.add(file);
    const reading = readManifest(file, bytes);
    readings.push(reading);
    texts.set(file, () => redact(bytes, reading));
    progress(readings.length);
  };
  for (const argument of paths) {
    for await (const { path, read } of filesOf(argument)) {
      const bytes = await read().catch((error: unknown) => {
        throw new InputError(`${path}: ${reason(error)}`);
      });
      const named = path === '-' || path === basename(argument);
      if (!isArchive(path, bytes)) take(path, bytes, named, argument);
      else {
        for await (const part of unpack(path, bytes)) {
          if ('diagnostic' in part) diagnostics.push(part.diagnostic);
          else take(part.path, part.bytes, false, argument);
        }
      }
    }
  }
  return { readings, diagnostics, texts, otherFiles };
}
