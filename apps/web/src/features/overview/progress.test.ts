import type { Progress } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { apart, lineOf, phasesIn, progressSentence, reached, stages } from './progress.ts';

const progress: Progress = {
  services: 4,
  days: [
    { day: '2026-01-01', phases: { discovered: 4 } },
    { day: '2026-01-03', phases: { discovered: 1, reviewed: 2, migrated: 1 } },
    { day: '2026-01-11', phases: { discovered: 1, reviewed: 1, migrated: 2 } },
  ],
  namespaces: [],
  owners: [],
  waves: [],
};
const [seen, both, moved] = stages;

test('a stage counts those that went further too', () => {
  const counts = progress.days[1]?.phases ?? {};
  expect([seen, both, moved].map((stage) => stage && reached(counts, stage))).toEqual([3, 1, 1]);
  expect(phasesIn(progress.days.map(({ phases }) => phases))).toEqual(['discovered', 'reviewed', 'migrated']);
});

test('the sentence has the denominator, and says since when', () => {
  expect(progressSentence(progress)).toBe('In 10 days, 3 of 4 services have been reviewed, and 2 are on Kong Mesh.');
  expect(progressSentence({ ...progress, days: progress.days.slice(0, 1) })).toBe(
    'Since today, 0 of 4 services have been reviewed, and 0 are on Kong Mesh.',
  );
  expect(progressSentence({ ...progress, services: 0 })).toBe('No service was found in this snapshot.');
});

test('lines go in steps, and keep the distances of days', () => {
  expect(lineOf(progress, moved)).toEqual([
    { x: 0, y: 0 },
    { x: 0.2, y: 0 },
    { x: 0.2, y: 0.25 },
    { x: 1, y: 0.25 },
    { x: 1, y: 0.5 },
  ]);
  expect(lineOf({ ...progress, days: progress.days.slice(0, 1) }, moved)).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 0 },
  ]);
});

test('labels do not cover each other', () => {
  expect(apart([0, 0, 0], 16)).toEqual([0, 16, 32]);
  expect(apart([50, 0, 45], 16)).toEqual([61, 0, 45]);
});
