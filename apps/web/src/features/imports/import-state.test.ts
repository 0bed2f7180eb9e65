import type { ImportJob } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { advance, type ImportEvent, type ImportState, progressOf } from './import-state.ts';

const job = (change: Partial<ImportJob>): ImportJob => ({
  id: 'j',
  migration: 'm',
  state: 'reading',
  files: 0,
  documents: 0,
  resources: 0,
  bytes: 0,
  ...change,
});
const start: ImportState = { step: 'collecting', files: 0 };
const after = (...events: ImportEvent[]): ImportState => events.reduce(advance, start);

test('an import goes from folders over sending and reading to its snapshot', () => {
  const sending = after(
    { type: 'collected', files: 50 },
    { type: 'sending', files: 52, leftOut: 3, total: 1000 },
    { type: 'sent', sent: 250, total: 1000 },
  );
  expect(progressOf(sending)).toBe(0.25);
  const reading = advance(sending, { type: 'job', job: job({ files: 13 }) });
  expect(reading).toMatchObject({ step: 'running', files: 52, leftOut: 3 });
  expect(progressOf(reading)).toBe(0.25);
  expect(progressOf(advance(reading, { type: 'job', job: job({ state: 'translating' }) }))).toBeUndefined();
  expect(advance(reading, { type: 'job', job: job({ state: 'done', snapshot: 's' }) }).step).toBe('done');
});

test('nobody knows how much an archive holds', () => {
  const state = after({ type: 'sending', files: 1, leftOut: 0, total: 10 }, { type: 'job', job: job({ files: 40 }) });
  expect(progressOf(state)).toBeUndefined();
});

test('a failure keeps its reason, and what is over stays over', () => {
  const failed = after({ type: 'job', job: job({ state: 'failed', detail: 'No manifest.' }) });
  expect(failed).toEqual({ step: 'failed', detail: 'No manifest.' });
  expect(advance(failed, { type: 'job', job: job({ state: 'reading' }) })).toBe(failed);
  const cancelled = after({ type: 'cancelled' });
  expect(advance(cancelled, { type: 'failed', detail: 'aborted' })).toBe(cancelled);
});

test('a job that is watched without having been sent from here', () => {
  expect(after({ type: 'job', job: job({ state: 'receiving' }) })).toMatchObject({ step: 'running', files: 0 });
});
