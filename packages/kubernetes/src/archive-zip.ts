import { Inflate, inflateSync } from 'fflate';
import { ArchiveError, concat, type Entry, inputStep, ratioFloor } from './archive-entry.ts';
import type { Limits } from './limits.ts';

/** Whether bytes begin as a ZIP file does, also an empty one. */
export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

const crcTable = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (const byte of bytes) c = (c >>> 8) ^ (crcTable[(c ^ byte) & 255] as number);
  return ~c >>> 0;
}

/** Unpacks an entry that declares a small size at once; archives have thousands of these. */
function inflateSmall(packed: Uint8Array, expected: number): Uint8Array {
  try {
    // One byte more than there should be, which tells that there is more; what does not fit is not kept.
    return inflateSync(packed, { out: new Uint8Array(expected + 1) });
  } catch (error) {
    throw new ArchiveError('damaged', error instanceof Error ? error.message : 'its data is damaged');
  }
}

/** Unpacks a deflate stream, a long one piece by piece, so that a bomb stops at the limit and not in memory. */
function inflate(packed: Uint8Array, expected: number, most: number, limits: Limits): Uint8Array {
  const wrongSize = 'the size of an entry is not what it declares';
  if (expected < ratioFloor && expected <= most) {
    const content = inflateSmall(packed, expected);
    if (content.length !== expected) throw new ArchiveError('damaged', wrongSize);
    return content;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const inflater = new Inflate((part, final) => {
    parts.push(part);
    size += part.length;
    ended = final;
  });
  for (let at = 0; at < packed.length; at += inputStep) {
    try {
      inflater.push(packed.subarray(at, at + inputStep), at + inputStep >= packed.length);
    } catch (error) {
      throw new ArchiveError('damaged', error instanceof Error ? error.message : 'its data is damaged');
    }
    if (size > ratioFloor && size > packed.length * limits.compressionRatio) throw new ArchiveError('ratio', '');
    if (size > most) throw new ArchiveError('size', '');
  }
  if (!ended || size !== expected) throw new ArchiveError('damaged', wrongSize);
  return concat(parts, size);
}

interface Directory {
  readonly offset: number;
  readonly count: number;
}

function findDirectory(view: DataView): Directory {
  const first = Math.max(0, view.byteLength - 22 - 65_535);
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const count = view.getUint16(at + 10, true);
    const offset = view.getUint32(at + 16, true);
    const isZip64 =
      at >= 20 && view.getUint32(at - 20, true) === 0x07064b50 && (count === 0xffff || offset === 0xffffffff);
    if (!isZip64) return { offset, count };
    const end = Number(view.getBigUint64(at - 12, true));
    if (end + 56 > view.byteLength || view.getUint32(end, true) !== 0x06064b50) break;
    return { offset: Number(view.getBigUint64(end + 48, true)), count: Number(view.getBigUint64(end + 32, true)) };
  }
  throw new ArchiveError('damaged', 'its directory is missing, as when a download was cut off');
}

/** Sizes and offset of an entry beyond 32 bits stand in extra field 1 (APPNOTE 4.5.3), in this order where needed. */
function zip64(view: DataView, start: number, end: number, values: [number, number, number]): [number, number, number] {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    return values.map((value) => {
      if (value !== 0xffffffff || field + 8 > end) return value;
      field += 8;
      return Number(view.getBigUint64(field - 8, true));
    }) as [number, number, number];
  }
  return values;
}

/** Unix file types from the high bits of the external attributes. */
const unixTypes: Readonly<Record<number, string>> = {
  10: 'symbolic link',
  4: 'directory',
  2: 'device',
  6: 'device',
  1: 'named pipe',
  12: 'socket',
};

/**
 * Lists a ZIP file by its central directory, which alone knows links, and reads the entries one by one.
 * Throws `ArchiveError` where the file is damaged, encrypted or packed by another method than deflate.
 */
export function* unpackZip(bytes: Uint8Array, limits: Limits): Generator<Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const { offset, count } = findDirectory(view);
    let at = offset;
    for (let i = 0; i < count; i++) {
      if (view.getUint32(at, true) !== 0x02014b50) throw new ArchiveError('damaged', 'its directory is damaged');
      const nameEnd = at + 46 + view.getUint16(at + 28, true);
      const extraEnd = nameEnd + view.getUint16(at + 30, true);
      const path = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
      const [size, packedSize, header] = zip64(view, nameEnd, extraEnd, [
        view.getUint32(at + 24, true),
        view.getUint32(at + 20, true),
        view.getUint32(at + 42, true),
      ]);
      const attributes = view.getUint32(at + 38, true);
      const madeByUnix = view.getUint8(at + 5) === 3;
      const unixType = madeByUnix ? unixTypes[attributes >>> 28] : undefined;
      const entry = {
        flags: view.getUint16(at + 8, true),
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
      };
      yield {
        path,
        size,
        type: unixType ?? (/[/\\]$/.test(path) ? 'directory' : 'file'),
        read: (most) => {
          if (entry.flags & 1) throw new ArchiveError('damaged', `${path} is encrypted`);
          if (view.getUint32(header, true) !== 0x04034b50)
            throw new ArchiveError('damaged', `${path} is not where it should be`);
          const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
          const packed = bytes.subarray(start, start + packedSize);
          if (packed.length !== packedSize) throw new ArchiveError('damaged', `${path} is cut off`);
          if (entry.method !== 0 && entry.method !== 8) {
            throw new ArchiveError(
              'damaged',
              `${path} is packed with method ${entry.method}, and deflate was expected`,
            );
          }
          const content = entry.method === 0 ? packed : inflate(packed, size, most, limits);
          if (crc32(content) !== entry.crc) throw new ArchiveError('damaged', `${path} does not match its checksum`);
          return content;
        },
      };
      at = extraEnd + view.getUint16(at + 32, true);
    }
  } catch (error) {
    if (error instanceof RangeError) throw new ArchiveError('damaged', 'it is cut off');
    throw error;
  }
}
