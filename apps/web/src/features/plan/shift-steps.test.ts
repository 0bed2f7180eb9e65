import { expect, test } from 'vitest';
import { stepsOf } from './shift-steps.ts';

test.each([
  ['10, 50, 100', [10, 50, 100]],
  ['5 % 100 %', [5, 100]],
  ['100', [100]],
])('%s are steps', (text, steps) => expect(stepsOf(text)).toEqual(steps));

test.each(['', '10, 50', '50, 10, 100', '10, 10, 100', '0, 100', '10.5, 100', 'ten, 100', '100, 200'])(
  '“%s” are none',
  (text) => expect(stepsOf(text)).toBeUndefined(),
);
