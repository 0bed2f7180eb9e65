import type { Search } from '../../ui/search.ts';

/** Which moment of the migration is looked at: services as they are recorded, unless a wave (and one of its stages) is named. */
export interface Moment {
  readonly wave: number | undefined;
  readonly stage: string | undefined;
}

/** The moment that an address asks for; what it says wrongly is left out. */
export function momentOf({ wave, stage }: Search): Moment {
  const number = wave === undefined || !/^\d{1,5}$/.test(wave) ? undefined : Number(wave);
  return { wave: number, stage: number === undefined || number === 0 ? undefined : stage };
}

/** A name for the file of what is drawn at a moment. */
export function fileNameOf(parts: readonly (string | number | undefined)[], extension: 'svg' | 'mmd'): string {
  const name = parts
    .filter((part) => part !== undefined)
    .map((part) => String(part).replace(/[^A-Za-z0-9.-]/g, '_'))
    .join('-');
  return `${name}.${extension}`;
}
