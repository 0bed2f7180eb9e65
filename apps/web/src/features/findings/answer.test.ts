import { expect, test } from 'vitest';
import { answerOf } from './answer.ts';

test('what is open is counted, and what is not is said in words', () => {
  expect(answerOf({ blocker: 0, warning: 3 }, 0)).toBe(
    'No blocker holds a service back; 3 warnings tell of a difference.',
  );
  expect(answerOf({ blocker: 1, warning: 0 }, 1)).toBe(
    '1 blocker has to be settled before the services behind it move; no warning is open; 1 finding is accepted.',
  );
  expect(answerOf({ blocker: 1200, warning: 1 }, 2)).toBe(
    '1,200 blockers have to be settled before the services behind them move; 1 warning tells of a difference; 2 findings are accepted.',
  );
});
