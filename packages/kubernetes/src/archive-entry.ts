/** What the readers of the formats give, one file after the other. */
export interface Entry {
  /** As the archive has it; not to be trusted. */
  readonly path: string;
  /** `file`, `directory`, or what else it is in words. */
  readonly type: string;
  /** As declared; may be wrong. */
  readonly size: number;
  /** Unpacks up to `most` bytes. Throws `ArchiveError`. */
  readonly read: (most: number) => Promise<Uint8Array> | Uint8Array;
}

/** Why an archive cannot be unpacked further. */
export class ArchiveError extends Error {
  readonly kind: 'damaged' | 'ratio' | 'size';
  constructor(kind: ArchiveError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Below this many unpacked bytes the compression ratio does not matter. */
export const ratioFloor = 1024 * 1024;

/** Bytes handed to a decompressor at once. */
export const inputStep = 64 * 1024;

/** Joins pieces to one array. */
export function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
