/** What an import may ask of the machine. Each is a setting; the defaults suit an estate of 50,000 resources in 200 MB. */
export interface Limits {
  /** Bytes of all files of one archive together, unpacked. */
  readonly totalBytes: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
  /** Files and directories of one archive. */
  readonly entries: number;
  /** Documents of one file; the items of a List count as documents. */
  readonly documents: number;
  /** Nesting of maps and lists in one document. */
  readonly depth: number;
  /** Values that the aliases of one document may expand to, all together. */
  readonly aliasExpansion: number;
  /** Unpacked bytes for each packed byte, from 1 MiB unpacked on. */
  readonly compressionRatio: number;
  /** Characters of one path in an archive. */
  readonly pathLength: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  totalBytes: 256 * mebibyte,
  fileBytes: 256 * mebibyte,
  entries: 100_000,
  documents: 250_000,
  depth: 100,
  aliasExpansion: 100_000,
  compressionRatio: 500,
  pathLength: 1024,
};

/** Renders a number of bytes for people: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] = bytes < mebibyte ? [bytes / 1024, 'KiB'] : [bytes / mebibyte, 'MiB'];
  return `${Number(value.toFixed(1))} ${unit}`;
}
