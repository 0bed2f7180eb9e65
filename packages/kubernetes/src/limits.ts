/** What an import may ask of the machine. Each is a setting; the defaults suit an estate of 50,000 resources in 200 MB. */
export interface Limits {
  /** Bytes of all files of one import together, unpacked. */
  readonly totalBytes: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
  /** Files of one import, entries of archives included. */
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

/** What an import has used of its limits so far, over all of its files and archives. */
export interface Spent {
  bytes: number;
  entries: number;
}

/** Nothing used yet. */
export const nothingSpent = (): Spent => ({ bytes: 0, entries: 0 });

const units: Readonly<Record<string, number>> = { '': 1, kib: 1024, mib: mebibyte, gib: 1024 * mebibyte };

/**
 * Reads the value of a limit: a whole number above zero, for sizes also with a unit (`512MiB`).
 * @returns why it is none, as the rest of a sentence, where it is not accepted
 */
export function parseLimit(name: keyof Limits, text: string): number | string {
  const [, digits, unit = ''] = /^(\d+)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const isSize = name === 'totalBytes' || name === 'fileBytes';
  const factor = units[unit.toLowerCase()];
  const value = Number(digits) * (factor ?? Number.NaN);
  if (!Number.isSafeInteger(value) || value < 1 || (unit !== '' && !isSize))
    return `takes a whole number above zero${isSize ? ', with KiB, MiB or GiB if you like' : ''}, not ${JSON.stringify(text)}`;
  return value;
}

/** Whether a text names a limit. */
export const isLimit = (name: string): name is keyof Limits => Object.hasOwn(defaultLimits, name);

/**
 * The limits that environment variables set: `ISTHMUS_LIMIT_TOTAL_BYTES` for `totalBytes`, and so on.
 * @param refuse is called with what is wrong with a variable
 */
export function limitsFrom(
  environment: Readonly<Record<string, string | undefined>>,
  refuse: (message: string) => never,
): Limits {
  const limits: Record<keyof Limits, number> = { ...defaultLimits };
  for (const name of Object.keys(defaultLimits) as (keyof Limits)[]) {
    const variable = `ISTHMUS_LIMIT_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    const value = parseLimit(name, text);
    if (typeof value === 'string') refuse(`${variable} ${value}.`);
    else limits[name] = value;
  }
  return limits;
}

/** Renders a number of bytes for people: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] = bytes < mebibyte ? [bytes / 1024, 'KiB'] : [bytes / mebibyte, 'MiB'];
  return `${Number(value.toFixed(1))} ${unit}`;
}
