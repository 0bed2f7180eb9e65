import { expect, test } from 'vitest';
import { resultOf } from '../example.test-support.ts';
import { autoscaling } from './autoscaling.ts';

test('it is shown as skipped, with the reason', () => {
  expect(resultOf(autoscaling, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: sales}\n')).toMatchObject({
    state: 'skipped',
    reason: expect.stringMatching(/needs|look at/),
  });
});
