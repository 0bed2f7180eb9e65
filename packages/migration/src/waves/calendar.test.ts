import { expect, test } from 'vitest';
import { problemOfSchedule, type Schedule, waveDays } from './calendar.ts';

const weekly: Schedule = { start: '2026-12-01', everyDays: 7, freezes: [] };
const days = (count: number, own: Partial<Schedule>): string[] =>
  waveDays(count, { ...weekly, ...own }).map(({ day }) => day);

test('waves move at equal distances, over ends of months and leap days too', () => {
  expect(days(3, {})).toEqual(['2026-12-01', '2026-12-08', '2026-12-15']);
  expect(days(2, { start: '2028-02-28', everyDays: 1 })).toEqual(['2028-02-28', '2028-02-29']);
});

test('a wave that would fall into freezes moves behind them, and those after it follow', () => {
  const freezes = [
    { from: '2026-12-24', to: '2027-01-03', reason: 'year end' },
    { from: '2026-12-10', to: '2026-12-24', reason: 'holiday sales' },
  ];
  expect(days(3, { freezes })).toEqual(['2026-12-01', '2026-12-08', '2027-01-04']);
  expect(waveDays(3, { ...weekly, freezes })[2]?.behind.map(({ reason }) => reason)).toEqual([
    'holiday sales',
    'year end',
  ]);
});

test('waves beyond what four digits are for have no day', () => {
  expect(days(5, { start: '2998-06-01', everyDays: 365 })).toEqual(['2998-06-01', '2999-06-01']);
});

test('without a start no wave has a day', () => {
  expect(days(3, { start: undefined })).toEqual([]);
});

test.each<[Partial<Schedule>, string]>([
  [{ start: '2026-02-30' }, '2026-02-30 is no day'],
  [{ start: 'tomorrow' }, 'tomorrow is no day'],
  [{ everyDays: 0 }, '0 is no whole number of days'],
  [{ freezes: [{ from: '2026-12-24', to: '2026-12-01', reason: '' }] }, 'ends before it begins'],
  [{ freezes: [{ from: '2026-12-24', to: '2026-13-01', reason: '' }] }, '2026-13-01 is no day'],
  [{ freezes: [{ from: '2026-12-24', to: '9999-12-31', reason: '' }] }, 'does not end before the year 3000'],
  [{ start: '3000-01-01' }, 'not before the year 3000'],
])('%j is refused', (own, message) => {
  expect(problemOfSchedule({ ...weekly, ...own })).toContain(message);
  expect(() => waveDays(1, { ...weekly, ...own })).toThrow(RangeError);
});
