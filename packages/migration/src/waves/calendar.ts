/** A time in which no wave moves; both days count. Days are `YYYY-MM-DD`. */
export interface Freeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** When waves move. */
export interface Schedule {
  /** Day of the first wave; undefined: no days are given. */
  readonly start: string | undefined;
  /** Days from one wave to the next. */
  readonly everyDays: number;
  readonly freezes: readonly Freeze[];
}

/** The day of a wave, and the freezes that it was moved behind. */
export interface WaveDay {
  readonly day: string;
  readonly behind: readonly Freeze[];
}

const length = 24 * 3_600_000;

/** The number of a day since 1970; undefined where the text is no day of the calendar. */
function numberOf(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || dayOf(time / length) !== day ? undefined : time / length;
}

/** Days are written with four digits for the year; nobody plans for longer. */
const mostYears = 3000;
const end = Date.UTC(mostYears, 0, 1) / length;

const dayOf = (number: number): string => new Date(number * length).toISOString().slice(0, 10);

/** What is wrong with a schedule; undefined where nothing is. */
export function problemOfSchedule({ start, everyDays, freezes }: Schedule): string | undefined {
  const first = start === undefined ? 0 : numberOf(start);
  if (first === undefined) return `${start} is no day of the form 2027-01-31.`;
  if (first >= end) return `${start} is not before the year ${mostYears}.`;
  if (!Number.isInteger(everyDays) || everyDays < 1 || everyDays > 365)
    return `${everyDays} is no whole number of days from 1 to 365.`;
  for (const { from, to } of freezes) {
    const [first, last] = [numberOf(from), numberOf(to)];
    if (first === undefined || last === undefined)
      return `${first === undefined ? from : to} is no day of the form 2027-01-31.`;
    if (last < first) return `The freeze from ${from} to ${to} ends before it begins.`;
    if (last >= end)
      return `The freeze from ${from} to ${to} does not end before the year ${mostYears}: exclude the services that are not to move instead.`;
  }
  return undefined;
}

/**
 * The days of waves: each so many days after the one before, or on the first day behind the freezes that it would fall into. Empty
 * where no start is given; waves beyond the year 3000 have none. Throws a RangeError for a schedule that `problemOfSchedule` objects to.
 */
export function waveDays(count: number, schedule: Schedule): WaveDay[] {
  const problem = problemOfSchedule(schedule);
  if (problem !== undefined) throw new RangeError(problem);
  const { start, everyDays, freezes } = schedule;
  if (start === undefined) return [];
  const sorted = freezes
    .map((freeze) => ({ freeze, first: numberOf(freeze.from) ?? 0, last: numberOf(freeze.to) ?? 0 }))
    .sort((a, b) => a.first - b.first || a.last - b.last);
  const days: WaveDay[] = [];
  let next = numberOf(start) ?? 0;
  for (let wave = 0; wave < count && next < end; wave++) {
    const behind: Freeze[] = [];
    // Sorted by their first day, so that moving behind one can only run into a later one.
    for (const { freeze, first, last } of sorted)
      if (next >= first && next <= last) {
        behind.push(freeze);
        next = last + 1;
      }
    days.push({ day: dayOf(next), behind });
    next += everyDays;
  }
  return days;
}
