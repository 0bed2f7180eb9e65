import { expect, test } from 'vitest';
import { resultOf } from '../example.test-support.ts';
import { chain } from './chain.ts';

test('it is shown as skipped, with the reason', () => {
  expect(resultOf(chain, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: sales}\n')).toMatchObject({
    state: 'skipped',
    reason: expect.stringMatching(/needs|look at/),
  });
});
