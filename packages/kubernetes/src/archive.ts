import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { ArchiveError, type Entry } from './archive-entry.ts';
import { isGzip, unpackTar } from './archive-tar.ts';
import { isZip, unpackZip } from './archive-zip.ts';
import { defaultLimits, formatBytes, type Limits, nothingSpent, type Spent } from './limits.ts';

/** One file of an archive, or what stands against one. */
export type Unpacked = { readonly path: string; readonly bytes: Uint8Array } | { readonly diagnostic: Diagnostic };

/** Whether a path names a manifest: `.yaml`, `.yml` or `.json`, and no resource fork that macOS packs beside files. */
export function isManifestPath(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path) && !/(?:^|\/)(?:__MACOSX\/|\._)/.test(path);
}

/** Whether a path names an archive: `.zip`, `.tar`, `.tgz` or `.tar.gz`. */
export const isArchivePath = (path: string): boolean => /\.(?:zip|tar|tgz|tar\.gz)$/i.test(path);

/** Whether `unpack` would take this file apart, by its first bytes or its name. */
export function isArchive(path: string, bytes: Uint8Array): boolean {
  return isZip(bytes) || isGzip(bytes) || isTarBlock(bytes) || isArchivePath(path);
}

function isTarBlock(bytes: Uint8Array): boolean {
  return bytes.length >= 512 && String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';
}

/** Why an entry's path must not be used; undefined where it may. */
function pathFault(path: string, limits: Limits): string | undefined {
  if (path.length > limits.pathLength) return `a path of more than ${limits.pathLength} characters`;
  if (/^(?:\/|[A-Za-z]:)/.test(path)) return 'an absolute path';
  if (path.split('/').includes('..')) return "'..' in its path";
  if (/\p{Cc}/u.test(path)) return 'a control character in its path';
  return undefined;
}

/** Counts a file of an import; what stands against it where it is one too many. Nothing may follow then. */
function countEntry(spent: Spent, path: string, limits: Limits): Diagnostic | undefined {
  if (++spent.entries <= limits.entries) return undefined;
  return diagnose(codes.reading.tooManyEntries, { limit: limits.entries }, { file: path });
}

function countBytes(spent: Spent, path: string, bytes: number, limits: Limits): Diagnostic | undefined {
  spent.bytes += bytes;
  if (spent.bytes <= limits.totalBytes) return undefined;
  return diagnose(codes.reading.archiveTooLarge, { limit: formatBytes(limits.totalBytes), path }, { file: path });
}

/** Counts a file outside of archives; what stands against it where the import has used up a limit. Nothing may follow then. */
export function spend(spent: Spent, path: string, bytes: number, limits: Limits): Diagnostic | undefined {
  return countEntry(spent, path, limits) ?? countBytes(spent, path, bytes, limits);
}

function entries(path: string, bytes: Uint8Array, limits: Limits): AsyncIterable<Entry> | Iterable<Entry> {
  if (isZip(bytes) || /\.zip$/i.test(path)) return unpackZip(bytes, limits);
  return unpackTar(bytes, limits);
}

function failure(error: ArchiveError, archive: string, path: string, limits: Limits): Diagnostic {
  switch (error.kind) {
    case 'damaged':
      return diagnose(codes.reading.archiveDamaged, { reason: error.message }, { file: archive });
    case 'ratio':
      return diagnose(codes.reading.compressionRatio, { path, limit: limits.compressionRatio }, { file: archive });
    case 'size': {
      const limit = formatBytes(limits.fileBytes);
      return diagnose(codes.reading.fileTooLarge, { size: `more than ${limit}`, limit }, { file: path });
    }
  }
}

/**
 * Unpacks `.zip`, `.tar`, `.tar.gz` and `.tgz`, recognised by content; any other file comes out as it is. Files come one
 * by one with their path in the archive; entries that could do harm (links, absolute paths, `..`) and what exceeds a
 * limit come as diagnostics, and unpacking stops where going on is pointless. Archives within are not taken apart.
 * @param path of the archive, for diagnostics
 * @param spent what the import used before this archive; counts on
 */
export async function* unpack(
  path: string,
  bytes: Uint8Array,
  limits: Limits = defaultLimits,
  spent: Spent = nothingSpent(),
): AsyncGenerator<Unpacked, void, undefined> {
  if (!isArchive(path, bytes)) {
    yield { path, bytes };
    return;
  }
  const refused = (diagnostic: Diagnostic): Unpacked => ({ diagnostic });
  const seen = new Set<string>();
  let current = path;
  try {
    for await (const entry of entries(path, bytes, limits)) {
      const surplus = countEntry(spent, path, limits);
      if (surplus !== undefined) {
        yield refused(surplus);
        return;
      }
      const name = entry.path.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
      const fault = pathFault(name, limits);
      if (fault !== undefined) {
        const shown = name.length > 200 ? `${name.slice(0, 200)}...` : name;
        yield refused(diagnose(codes.reading.unsafePath, { path: shown, reason: fault }, { file: path }));
        continue;
      }
      if (entry.type === 'directory') continue;
      if (entry.type !== 'file') {
        yield refused(diagnose(codes.reading.archiveLink, { path: name, type: entry.type }, { file: path }));
        continue;
      }
      if (seen.has(name)) {
        yield refused(diagnose(codes.reading.entryTwice, { path: name }, { file: path }));
        continue;
      }
      seen.add(name);
      if (entry.size > limits.fileBytes) {
        const sizes = { size: formatBytes(entry.size), limit: formatBytes(limits.fileBytes) };
        yield refused(diagnose(codes.reading.fileTooLarge, sizes, { file: name }));
        continue;
      }
      current = name;
      const content = await entry.read(limits.fileBytes);
      const excess = countBytes(spent, name, content.length, limits);
      if (excess !== undefined) {
        yield refused({ ...excess, file: path });
        return;
      }
      yield { path: name, bytes: content };
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    yield refused(failure(error, path, current, limits));
  }
}
