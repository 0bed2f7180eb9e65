/** `1` → "1 service", `1234` → "1,234 services". */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${whole(number)} ${number === 1 ? singular : plural}`;
}

const grouped = new Intl.NumberFormat('en');

/** 1234 → "1,234" */
export const whole = (number: number): string => grouped.format(number);

/** A share with the precision that its size allows: never "100 %" or "0 %" of what is not all or nothing. */
export function share(part: number, of: number): string {
  if (of === 0) return '–';
  const percent = (part / of) * 100;
  if (part === of) return '100 %';
  if (part === 0) return '0 %';
  if (percent > 99) return '> 99 %';
  if (percent < 1) return '< 1 %';
  return `${Math.round(percent)} %`;
}

const units = ['B', 'KB', 'MB', 'GB'];

/** 1536 → "1.5 KB" (1 KB is 1024 B). */
export function bytes(number: number): string {
  let value = number;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

const steps: readonly (readonly [number, string])[] = [
  [60, 's'],
  [60, 'min'],
  [24, 'h'],
  [14, 'd'],
];

/** How long ago, in one unit; a date from two weeks on. Clocks that differ do not lead to the future. */
export function ago(iso: string, now: number): string {
  let value = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (value < 10) return 'just now';
  for (const [size, unit] of steps) {
    if (value < size) return `${Math.floor(value)} ${unit} ago`;
    value /= size;
  }
  return iso.slice(0, 10);
}

const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** Date and time in the reader's time zone. */
export const exactly = (iso: string): string => moment.format(new Date(iso));
