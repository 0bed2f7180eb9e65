import { expect, test } from 'vitest';
import { type PlanReport, sentenceOfPlan } from './report.ts';

test('the answer of a plan writes its numbers as the tables do', () => {
  const summary = { services: 7000, waves: 6, groups: 0, crossing: 1138 } as PlanReport['summary'];
  expect(sentenceOfPlan({ summary, unkept: [], excluded: [] })).toBe(
    '7,000 services move in 6 waves; at most 1,138 calls cross between the meshes at once.',
  );
});
