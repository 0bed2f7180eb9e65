import type { Phase, Stage } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { nextShare, nextStage, stateOf } from './stages.ts';

const stage = (id: string, phase: Phase, share: number): Pick<Stage, 'id' | 'phase' | 'share'> => ({
  id,
  phase,
  share,
});
const stages = [
  stage('bridge', 'bridged', 0),
  stage('apply', 'bridged', 0),
  stage('shift-10', 'shifting', 10),
  stage('shift-100', 'shifting', 100),
  stage('cut-over', 'migrated', 100),
  stage('clean-up', 'retired', 100),
];

test.each([
  ['discovered', 0, 'bridge'],
  ['reviewed', 0, 'bridge'],
  ['rolled-back', 0, 'bridge'],
  ['bridged', 0, 'apply'],
  ['shifting', 0, 'shift-10'],
  ['shifting', 10, 'shift-100'],
  ['shifting', 25, 'shift-100'],
  ['shifting', 100, 'cut-over'],
  ['migrated', 100, 'clean-up'],
  ['retired', 100, undefined],
] as const)('after %s at %i %% comes %s', (phase, share, id) =>
  expect(stages[nextStage(stages, phase, share)]?.id).toBe(id),
);

test('a wave without a share of its own goes from the bridge to the cut-over', () => {
  const whole = stages.filter(({ phase }) => phase !== 'shifting');
  expect(whole[nextStage(whole, 'shifting', 0)]?.id).toBe('cut-over');
});

test('what is behind the next stage comes later', () =>
  expect([0, 1, 2].map((index) => stateOf(index, 1))).toEqual(['done', 'next', 'later']));

test('shifting goes on with the next step of the plan, and ends with all', () => {
  expect(nextShare([10, 50, 100], 0)).toBe(10);
  expect(nextShare([10, 50, 100], 20)).toBe(50);
  expect(nextShare([10, 50, 100], 100)).toBe(100);
});
