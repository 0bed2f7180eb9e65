import type { Overview } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { answerOf, fieldsSentence, nextStep, overridesSentence } from './sentences.ts';

const overview = (change: Partial<Overview>): Overview => ({
  resources: 431,
  carriedResources: 412,
  outcomes: { exact: 2000, approximate: 300, unsupported: 10, inert: 5, untranslated: 3 },
  findings: { blocker: 9, warning: 4, info: 0 },
  accepted: { blocker: 0, warning: 0, info: 0 },
  services: 40,
  blockedServices: 6,
  phases: { discovered: 40 },
  emitted: 100,
  drafts: 0,
  patches: 0,
  overrides: 0,
  unsettledOverrides: 0,
  kinds: [],
  namespaces: [],
  owners: [],
  waves: [],
  skipped: [],
  skippedTotal: 0,
  ...change,
});

test('the overview answers in one sentence with its denominators', () => {
  expect(answerOf(overview({}))).toBe(
    '412 of 431 resources carry over without a blocker; 9 findings block 6 of 40 services.',
  );
});

test('what somebody accepted does not block, and is counted', () => {
  const accepted = { blocker: 9, warning: 0, info: 0 };
  expect(answerOf(overview({ accepted, blockedServices: 0 }))).toBe(
    '412 of 431 resources carry over without a blocker; nothing blocks the 40 services. 9 blockers are accepted.',
  );
  expect(answerOf(overview({ accepted: { ...accepted, blocker: 1 } }))).toBe(
    '412 of 431 resources carry over without a blocker; 8 findings block 6 of 40 services. 1 blocker is accepted.',
  );
  expect(nextStep(overview({ accepted })).to).toBe('services');
});

test('one is singular, and none is said', () => {
  expect(
    answerOf(
      overview({
        resources: 1,
        carriedResources: 1,
        services: 1,
        blockedServices: 0,
        findings: { blocker: 0, warning: 0, info: 0 },
      }),
    ),
  ).toBe('1 of 1 resource carries over without a blocker; nothing blocks the service.');
  expect(answerOf(overview({ findings: { blocker: 1, warning: 0, info: 0 }, blockedServices: 0 }))).toBe(
    '412 of 431 resources carry over without a blocker; 1 blocker concerns no single service.',
  );
  expect(answerOf(overview({ resources: 0 }))).toBe('There is no Istio resource in this snapshot.');
});

test('fields are counted with what is open', () => {
  expect(fieldsSentence(overview({}))).toBe(
    'Of 2,318 fields 2,305 are settled, 10 cannot be carried over, 3 are not translated yet.',
  );
  expect(
    fieldsSentence(overview({ outcomes: { exact: 0, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 } })),
  ).toBe('No field was found that Istio reads.');
});

test('blockers come first, then reviews, then the export', () => {
  const calm = { findings: { blocker: 0, warning: 4, info: 0 } };
  expect(nextStep(overview({ resources: 0, skippedTotal: 3 })).to).toBe('import');
  expect(nextStep(overview({})).to).toBe('findings');
  expect(nextStep(overview(calm)).to).toBe('services');
  expect(nextStep(overview({ ...calm, phases: { reviewed: 40 } })).to).toBe('export');
});

test('overrides are counted, and those that wait', () => {
  expect(overridesSentence(overview({ overrides: 1 }))).toBe('1 override by people');
  expect(overridesSentence(overview({ overrides: 3, unsettledOverrides: 2 }))).toBe(
    '3 overrides by people, 2 to be decided again',
  );
});
