import { expect, test } from 'vitest';
import { daysOf } from './progress.ts';

const step = (service: string, day: string, phase: string) => ({ service, at: `${day}T10:00:00.000Z`, phase });
const course = { first: '2026-01-01', today: '2026-01-05' };

test('each day counts every service of the snapshot, in the phase that it was in at its end', () => {
  const steps = [
    step('a/x', '2026-01-02', 'translated'),
    step('a/x', '2026-01-02', 'reviewed'),
    step('gone/y', '2026-01-02', 'reviewed'),
    step('b/z', '2026-01-03', 'translated'),
    step('a/x', '2026-01-03', 'discovered'),
  ];
  expect(daysOf(['a/x', 'b/z'], { ...course, steps })).toEqual([
    { day: '2026-01-01', phases: { discovered: 2 } },
    { day: '2026-01-02', phases: { discovered: 1, reviewed: 1 } },
    { day: '2026-01-03', phases: { discovered: 1, translated: 1 } },
    { day: '2026-01-05', phases: { discovered: 1, translated: 1 } },
  ]);
});

test('nothing that happened is a line from the first day to today, and no services are none', () => {
  expect(daysOf(['a/x'], { ...course, steps: [] }).map(({ day }) => day)).toEqual(['2026-01-01', '2026-01-05']);
  expect(daysOf([], { ...course, steps: [] })[0]).toEqual({ day: '2026-01-01', phases: {} });
  expect(daysOf(['a/x'], { first: '2026-01-01', today: '2026-01-01', steps: [] })).toHaveLength(1);
});
