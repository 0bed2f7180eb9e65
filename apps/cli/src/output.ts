import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from './input.ts';

// Lists what an earlier run wrote, so that --force removes that and nothing else.
const manifest = '.isthmus-bundle';

/** Whether every path stays below the folder; a manifest may have been edited. */
const isInside = (path: string): boolean => path !== '' && !path.startsWith('/') && !path.split(/[\\/]/).includes('..');

/** Writes pieces of a text to a stream as fast as its reader takes them. */
export async function writeText(stream: NodeJS.WritableStream, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
}

/** What went wrong while a path was written: an InputError that names it where the system refused. */
function refusalOf(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof InputError) return error;
  return new InputError(`${path} cannot be written: ${code === 'ENOSPC' ? 'the disk is full' : message}`);
}

/** Runs what writes; where the system refuses, an InputError names the path. */
export function writing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw refusalOf(path, error);
  }
}

/** Writes a text, or bytes, to an open file. */
export function writePiece(descriptor: number, piece: string | Buffer): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** Writes a file anew. Throws an InputError where the system refuses. */
export function writeWhole(path: string, content: string | Buffer | Iterable<string>): void {
  writing(path, () => {
    const descriptor = openSync(path, 'w');
    try {
      const pieces: Iterable<string | Buffer> =
        typeof content === 'string' || Buffer.isBuffer(content) ? [content] : content;
      for (const piece of pieces) writePiece(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
  });
}

const writeAt = promisify(write);

/** An open file; pipes and devices have no places that could be written to in any order. */
interface Opened {
  readonly path: string;
  readonly descriptor: number;
  readonly hasPlaces: boolean;
}

function open(path: string): Opened {
  const descriptor = openSync(path, 'w');
  return { path, descriptor, hasPlaces: fstatSync(descriptor).isFile() };
}

/** Writes bytes to a place of a file; the first are with the system when this returns. */
async function writeBytes({ path, descriptor, hasPlaces }: Opened, bytes: Buffer, place: number): Promise<void> {
  try {
    if (!hasPlaces) writePiece(descriptor, bytes);
    else
      for (let at = 0; at < bytes.length; )
        at += (await writeAt(descriptor, bytes, at, bytes.length - at, place + at)).bytesWritten;
  } catch (error) {
    throw refusalOf(path, error);
  }
}

const blockLength = 1024 * 1024;
// Blocks that were made and are not written yet.
const mostUnderWay = 4;

/**
 * Writes one long text to files anew: what was made of it is written on threads of the system while more is made. Rejects with
 * an InputError where the system refuses.
 */
export async function writeAlike(paths: readonly string[], pieces: Iterable<string>): Promise<void> {
  const files = paths.map((path) => writing(path, () => open(path)));
  // Memory that is used again: to get as much of it from the system as the text needs takes as long as to write the text.
  const free: Buffer<ArrayBuffer>[] = [];
  const underWay: Promise<unknown>[] = [];
  let block: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(blockLength);
  let filled = 0;
  let position = 0;
  const post = async (): Promise<void> => {
    const used = block;
    const bytes = used.subarray(0, filled);
    const all = Promise.all(files.map((file) => writeBytes(file, bytes, position))).then(() => free.push(used));
    // Waited for later; until then it may fail without anybody looking.
    all.catch(() => {});
    position += filled;
    filled = 0;
    if (underWay.push(all) > mostUnderWay) await underWay.shift();
    block = free.pop() ?? Buffer.allocUnsafeSlow(blockLength);
  };
  try {
    for (const piece of pieces) {
      // Bytes that UTF-8 may need for it.
      const most = piece.length * 3;
      if (most > block.length - filled) await post();
      if (most > block.length) block = Buffer.allocUnsafeSlow(most);
      filled += block.write(piece, filled);
    }
    await post();
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
    for (const { descriptor } of files) closeSync(descriptor);
  }
}

/** Refuses a file that cannot be written to, before the work is done. */
export function checkFile(path: string): void {
  if (!existsSync(dirname(path))) throw new InputError(`${path}: there is no folder ${dirname(path)}`);
  if (existsSync(path) && statSync(path).isDirectory()) throw new InputError(`${path}: it is a folder`);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new InputError(`${folder}: it is no folder that can be written to (${code ?? message})`);
  }
}

/**
 * Refuses a folder that must not be written to: a file, or a folder with anything in it unless `force` is set. Asked
 * before the work is done, so that nobody waits for a refusal.
 */
export function checkFolder(folder: string, force: boolean): void {
  if (filesIn(folder).length > 0 && !force)
    throw new InputError(
      `${folder} is not empty. Choose an empty folder, or say --force to replace an earlier bundle in it.`,
    );
}

/**
 * Makes a folder that `checkFolder` accepts ready for a bundle: the files of an earlier one go, everything else is left
 * alone, and what is to come is listed, so that --force also replaces what an interrupted run left.
 */
export function prepareFolder(folder: string, paths: readonly string[]): void {
  writing(folder, () => {
    if (filesIn(folder).includes(manifest)) {
      const former = readFileSync(join(folder, manifest), 'utf8').split('\n');
      for (const path of former.filter(isInside)) rmSync(join(folder, path), { force: true });
    }
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, manifest), paths.map((path) => `${path}\n`).join(''));
    for (const parent of new Set(paths.map((path) => dirname(path))))
      mkdirSync(join(folder, parent), { recursive: true });
  });
}
