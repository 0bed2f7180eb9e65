import { gzipSync, type Zippable, zipSync } from 'fflate';
import { packTar } from 'modern-tar';
import type { BundleFile } from './layout.ts';

/** Formats of a bundle in one file. */
export type ArchiveFormat = 'zip' | 'tar.gz';

// Zip knows no earlier time; a fixed one, so that the same files give the same bytes.
const written = new Date('1980-01-01T00:00:00Z');
// Zip holds a time of day without zone, which fflate takes from the machine's: the same fields on every machine.
const localWritten = new Date(1980, 0, 1);

/** Packs files in their order; the same files give the same bytes on every machine. */
export async function archive(files: readonly BundleFile[], format: ArchiveFormat): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  if (format === 'zip') {
    const entries: Zippable = {};
    for (const { path, text } of files) entries[path] = [encoder.encode(text), { mtime: localWritten }];
    return zipSync(entries, { level: 6 });
  }
  const packed = await packTar(
    files.map(({ path, text }) => {
      const body = encoder.encode(text);
      return {
        header: { name: path, size: body.length, type: 'file' as const, mtime: written, mode: 0o644, uid: 0, gid: 0 },
        body,
      };
    }),
  );
  return gzipSync(packed, { level: 6, mtime: 0 });
}
