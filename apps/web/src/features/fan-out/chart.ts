/** Round numbers from zero to at least `most`, four steps or so: 1, 2 or 5 times a power of ten apart. */
export function ticksTo(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** Where a number lies on a logarithmic axis, from 0 to 1. */
export const logarithmic = (value: number, [least, most]: readonly [number, number]): number =>
  (Math.log10(value) - Math.log10(least)) / (Math.log10(most) - Math.log10(least));

/** The points with others on the straight lines between them, which a logarithmic axis bends; the same ratio apart. */
export function between(points: readonly (readonly [x: number, y: number])[], steps: number): [number, number][] {
  return points.flatMap(([x, y], index): [number, number][] => {
    const next = points[index + 1];
    if (next === undefined) return [[x, y]];
    const [endX, endY] = next;
    return Array.from({ length: steps }, (_, step) => {
      const at = x * (endX / x) ** (step / steps);
      return [at, y + ((at - x) / (endX - x)) * (endY - y)];
    });
  });
}

/**
 * Moves labels apart that would stand on each other: each stays as near to its place as the others allow.
 * @returns the places, in the order given
 */
export function spread(
  places: readonly number[],
  distance: number,
  [top, bottom]: readonly [number, number],
): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place || a.index - b.index);
  const result = new Array<number>(places.length).fill(0);
  let next = top;
  for (const { place, index } of order) {
    result[index] = Math.max(place, next);
    next = (result[index] as number) + distance;
  }
  let last = bottom;
  for (const { index } of order.toReversed()) {
    result[index] = Math.min(result[index] as number, last);
    last = (result[index] as number) - distance;
  }
  return result;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 1,234,567 → "1.23 MB" (1 kB is 1,000 B, as sizes on the wire are counted). */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits)).toLocaleString('en')} ${units[unit]}`;
}
