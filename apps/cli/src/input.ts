import { createReadStream, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import {
  checkOtherFile,
  defaultLimits,
  type FileReading,
  formatBytes,
  isArchive,
  isArchivePath,
  isManifestPath,
  type Limits,
  nothingSpent,
  readManifest,
  redact,
  spend,
  unpack,
} from '@isthmus/kubernetes';

/** A path that cannot be read, or no input at all: the command ends with exit code 2. */
export class InputError extends Error {}

/** A manifest that is still to be read: its path as reports name it, and what it holds. */
export interface Manifest {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What the arguments lead to, before any manifest is read. */
export interface Gathered {
  readonly manifests: readonly Manifest[];
  /** Findings about files that are no manifests, about archives and about limits of the whole input. */
  readonly diagnostics: readonly Diagnostic[];
  /** Files that are no manifests. */
  readonly otherFiles: number;
}

/** Reads manifests, in their order; says how many are done. */
export type ReadManifests = (
  manifests: readonly Manifest[],
  limits: Limits,
  done: (files: number) => void,
) => readonly FileReading[] | Promise<readonly FileReading[]>;

/** What the arguments held. */
export interface Input {
  readonly readings: readonly FileReading[];
  /** Findings about files that are no manifests, about archives and about limits of the whole input. */
  readonly diagnostics: readonly Diagnostic[];
  /** Text of each manifest without secrets, for positions. */
  readonly texts: ReadonlyMap<string, () => string>;
  /** Files that are no manifests. */
  readonly otherFiles: number;
}

interface Found {
  readonly path: string;
  /** Whether the argument is this file: then it is read whatever its name. */
  readonly named: boolean;
  /** Bytes; undefined where they are known only once read. */
  readonly size: number | undefined;
  readonly read: () => Uint8Array | Promise<Uint8Array>;
}

/** An argument, and the cluster that it is of where one is named. */
export interface Argument {
  readonly path: string;
  readonly cluster?: string;
}

/**
 * The arguments of a command: paths, and `NAME=PATH` for each `--cluster`. Throws an InputError where there is none, or where
 * a name cannot be one of a folder.
 */
export function argumentsOf(paths: readonly string[], clusters: readonly string[] = []): Argument[] {
  const tagged = clusters.map((text): Argument => {
    const at = text.indexOf('=');
    const [cluster, path] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || path === '' || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(cluster))
      throw new InputError(`--cluster takes <name>=<path>, not ${text}`);
    return { path, cluster };
  });
  const all = [...paths.map((path) => ({ path })), ...tagged];
  if (all.length === 0) throw new InputError('say what to read: a path, or --cluster <name>=<path>');
  return all;
}

const neverRead = new Set(['.git', 'node_modules']);

const reason = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'the rights to read it are missing';
  return code ?? 'it cannot be read';
};

/** Runs what touches the file system; its errors are those of the user's arguments. */
function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new InputError(`${path}: ${reason(error)}`);
  }
}

/** The files below a folder in a stable order, by path relative to it. Links are not followed: they may lead outside. */
function* walk(folder: string, prefix: string): Generator<Found> {
  const names = attempt(folder, () => readdirSync(folder)).sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const full = join(folder, name);
    const path = `${prefix}${name}`;
    const about = attempt(full, () => lstatSync(full));
    if (about.isDirectory()) {
      if (!neverRead.has(name)) yield* walk(full, `${path}/`);
    } else if (about.isFile())
      yield { path, named: false, size: about.size, read: () => attempt(full, () => readFileSync(full)) };
  }
}

/** Reads a stream as far as a limit and one byte on, which tells that it is exceeded. */
async function readStream(path: string, stream: NodeJS.ReadableStream, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) break;
    }
  } catch (error) {
    throw new InputError(`${path}: ${reason(error)}`);
  }
  return Buffer.concat(chunks).subarray(0, most + 1);
}

function filesOf(argument: string, limits: Limits): Iterable<Found> {
  const streamed = (path: string, stream: () => NodeJS.ReadableStream): Found[] => [
    { path, named: true, size: undefined, read: () => readStream(argument, stream(), limits.fileBytes) },
  ];
  if (argument === '-') return streamed('-', () => process.stdin);
  const about = attempt(argument, () => statSync(argument));
  if (about.isDirectory()) return walk(argument, '');
  const path = basename(argument);
  // Devices and pipes, such as `<(kubectl get …)` gives, have no size that could be asked for.
  if (!about.isFile()) return streamed(path, () => createReadStream(argument));
  return [{ path, named: true, size: about.size, read: () => attempt(argument, () => readFileSync(argument)) }];
}

/**
 * How many bytes files and folders hold, as far as can be told before they are read; what cannot be is told then.
 * @param enough where counting may end
 */
export function bytesIn(args: readonly Argument[], enough: number): number {
  let bytes = 0;
  try {
    for (const { path } of args)
      for (const { path: file, named, size = 0 } of filesOf(path, defaultLimits)) {
        if (named || isManifestPath(file) || isArchivePath(file)) bytes += size;
        if (bytes >= enough) return bytes;
      }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return bytes;
}

/**
 * Finds what the arguments of a command lead to: files, folders, archives, `-` for standard input. A path is relative to its
 * argument; where two arguments give the same path, the later one is prefixed with the argument. Limits hold for all arguments
 * together; what exceeds one becomes a finding. Files of a cluster are named as if they lay in a folder `cluster=NAME`, which is
 * how an import says of which cluster they are.
 */
export async function gather(args: readonly Argument[], limits: Limits): Promise<Gathered> {
  const manifests: Manifest[] = [];
  const diagnostics: Diagnostic[] = [];
  const used = new Set<string>();
  const spent = nothingSpent();
  let otherFiles = 0;
  let folder = '';
  const takeManifest = (path: string, bytes: Uint8Array, argument: string): void => {
    let file = `${folder}${path}`;
    if (used.has(file)) file = `${folder}${argument.replaceAll('\\', '/').replace(/\/$/, '')}/${path}`;
    for (let again = 2; used.has(file); again++) file = `${folder}${argument.replaceAll('\\', '/')}#${again}/${path}`;
    used.add(file);
    manifests.push({ file, bytes });
  };
  const takeOther = (path: string, bytes: Uint8Array): void => {
    otherFiles++;
    const diagnostic = checkOtherFile(path, bytes);
    if (diagnostic !== undefined) diagnostics.push(diagnostic);
  };
  const takeArchive = async (path: string, bytes: Uint8Array, argument: string): Promise<boolean> => {
    for await (const part of unpack(path, bytes, limits, spent)) {
      if ('diagnostic' in part) diagnostics.push(part.diagnostic);
      else if (isManifestPath(part.path)) takeManifest(part.path, part.bytes, argument);
      else takeOther(part.path, part.bytes);
    }
    return spent.bytes <= limits.totalBytes && spent.entries <= limits.entries;
  };
  /** Whether the input may go on. Files that are no manifests are only looked at, so that they use up no limit. */
  const takeFile = async ({ path, named, size, read }: Found, argument: string): Promise<boolean> => {
    const isManifest = named || isManifestPath(path);
    if (size !== undefined && isArchivePath(path)) {
      // Nothing can be said of what is in an archive that is itself more than the whole import may be.
      const excess = size > limits.totalBytes ? spend(spent, path, size, limits) : undefined;
      if (excess !== undefined) {
        diagnostics.push(excess);
        return false;
      }
    } else if (size !== undefined && size > limits.fileBytes) {
      otherFiles += isManifest ? 0 : 1;
      const sizes = { size: formatBytes(size), limit: formatBytes(limits.fileBytes) };
      if (isManifest) diagnostics.push(diagnose(codes.reading.fileTooLarge, sizes, { file: path }));
      return true;
    }
    const bytes = await read();
    if (isArchive(path, bytes)) return takeArchive(path, bytes, argument);
    if (!isManifest) {
      takeOther(path, bytes);
      return true;
    }
    const excess = spend(spent, path, bytes.length, limits);
    if (excess === undefined) takeManifest(path, bytes, argument);
    else diagnostics.push(excess);
    return excess === undefined;
  };
  for (const { path: argument, cluster } of args) {
    folder = cluster === undefined ? '' : `cluster=${cluster}/`;
    for (const found of filesOf(argument, limits)) {
      if (!(await takeFile(found, argument))) return { manifests, diagnostics, otherFiles };
    }
  }
  return { manifests, diagnostics, otherFiles };
}

/** Reads manifests here and now. */
export const readHere: ReadManifests = (manifests, limits, done) =>
  manifests.map(({ file, bytes }, index) => {
    const reading = readManifest(file, bytes, limits);
    done(index + 1);
    return reading;
  });

/**
 * Reads what was gathered.
 * @param read who reads the manifests
 */
export async function readGathered(
  { manifests, diagnostics, otherFiles }: Gathered,
  limits: Limits,
  progress: (files: number) => void,
  read: ReadManifests = readHere,
): Promise<Input> {
  const readings = await read(manifests, limits, progress);
  const texts = new Map(
    manifests.map(({ file, bytes }, index) => [file, () => redact(bytes, readings[index] as FileReading)]),
  );
  return { readings, diagnostics, texts, otherFiles };
}

/** Reads the arguments of a command; see `gather`. */
export const readInput = async (
  args: readonly Argument[],
  limits: Limits,
  progress: (files: number) => void,
): Promise<Input> => readGathered(await gather(args, limits), limits, progress);
