import { Gunzip } from 'fflate';
import { createTarDecoder } from 'modern-tar';
import { ArchiveError, concat, type Entry, inputStep, ratioFloor } from './archive-entry.ts';
import type { Limits } from './limits.ts';

/** Whether bytes begin as gzip data does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes of the tar file, piece by piece as they are asked for, so that a bomb stops at the limit and not in memory. */
function pieces(bytes: Uint8Array, limits: Limits): ReadableStream<Uint8Array> {
  const zipped = isGzip(bytes);
  let at = 0;
  let size = 0;
  const waiting: Uint8Array[] = [];
  const gunzip = new Gunzip((part) => {
    size += part.length;
    if (part.length > 0) waiting.push(part);
  });
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      while (waiting.length === 0 && at < bytes.length) {
        const part = bytes.subarray(at, at + inputStep);
        at += inputStep;
        if (!zipped) waiting.push(part);
        else gunzip.push(part, at >= bytes.length);
        if (size > ratioFloor && size > bytes.length * limits.compressionRatio) throw new ArchiveError('ratio', '');
      }
      for (const part of waiting.splice(0)) controller.enqueue(part);
      if (at >= bytes.length) controller.close();
    },
  });
}

async function read(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size > most) throw new ArchiveError('size', '');
  }
  return concat(parts, size);
}

const typeNames: Readonly<Record<string, string>> = {
  symlink: 'symbolic link',
  link: 'hard link',
  'character-device': 'device',
  'block-device': 'device',
  fifo: 'named pipe',
};

/** Lists a tar file, gzipped or not, entry by entry as it unpacks. Throws `ArchiveError` where it is damaged. */
export async function* unpackTar(bytes: Uint8Array, limits: Limits): AsyncGenerator<Entry> {
  try {
    for await (const { header, body } of pieces(bytes, limits).pipeThrough(createTarDecoder({ strict: true }))) {
      let consumed = false;
      const type = header.type ?? 'file';
      yield {
        path: header.name,
        size: header.size,
        type: typeNames[type] ?? (header.name.endsWith('/') ? 'directory' : type),
        read: (most) => {
          consumed = true;
          return read(body, most);
        },
      };
      if (!consumed) await body.cancel();
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError('damaged', error instanceof Error ? error.message.replace(/\.$/, '') : 'it is cut off');
  }
}
