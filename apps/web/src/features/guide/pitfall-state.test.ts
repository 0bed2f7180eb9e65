import { expect, test } from 'vitest';
import { pitfallState } from './pitfall-state.ts';

const pitfall = { checks: ['timeouts', 'retries'], codes: ['ISTHMUS-MC-002'] };
const none = new Map<string, number>();

test('one failed check or one finding is enough', () => {
  const results = [
    { id: 'timeouts', state: 'passed' as const },
    { id: 'retries', state: 'failed' as const },
  ];
  expect(pitfallState(pitfall, results, none)).toBe('failed');
  expect(pitfallState(pitfall, [], new Map([['ISTHMUS-MC-002', 1]]))).toBe('failed');
});

test('results of other checks and counts of zero say nothing', () => {
  const results = [{ id: 'headless', state: 'failed' as const }];
  expect(pitfallState(pitfall, results, new Map([['ISTHMUS-MC-002', 0]]))).toBe('skipped');
});

test('it is passed where everything was looked at, and unknown where all checks were skipped', () => {
  const skipped = { id: 'timeouts', state: 'skipped' as const };
  expect(pitfallState(pitfall, [skipped], none)).toBe('skipped');
  expect(pitfallState(pitfall, [skipped, { id: 'retries', state: 'passed' }], none)).toBe('partly');
  const passed = pitfall.checks.map((id) => ({ id, state: 'passed' as const }));
  expect(pitfallState(pitfall, passed, none)).toBe('passed');
  expect(pitfallState({ checks: [], codes: ['ISTHMUS-VS-007'] }, [], none)).toBe('passed');
});
