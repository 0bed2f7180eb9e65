import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { bytes, count, whole } from '../../text/format.ts';
import { Reading, Unread } from '../clusters/reading.tsx';
import { type ImportState, progressOf } from './import-state.ts';
import classes from './progress.module.css';

const steps = ['Send', 'Read', 'Translate'] as const;

function stepOf(state: ImportState): number {
  if (state.step === 'running') return state.job.state === 'translating' ? 2 : state.job.state === 'receiving' ? 0 : 1;
  return state.step === 'done' ? 3 : 0;
}

function sentence(state: ImportState): ReactNode {
  switch (state.step) {
    case 'collecting':
      return 'Starting …';
    case 'sending':
      return `Sending ${count(state.files, 'file')}: ${bytes(state.sent)} of ${bytes(state.total)}.`;
    case 'running':
      if (state.job.state === 'translating') return 'Storing the snapshot and translating it.';
      return state.job.current === undefined ? (
        'Reading.'
      ) : (
        <>
          Reading <code>{state.job.current}</code>
        </>
      );
    case 'done':
      return 'Done.';
    case 'failed':
      return state.detail;
    case 'cancelled':
      return 'Cancelled. Nothing was stored; what was imported before is untouched.';
  }
}

/** How far an import is, with counts, and how to stop it. */
export function Progress({ state, onCancel }: { state: ImportState; onCancel: () => void }) {
  const at = stepOf(state);
  const done = progressOf(state);
  const job = state.step === 'running' || state.step === 'done' ? state.job : undefined;
  const leftOut = state.step === 'sending' || state.step === 'running' ? state.leftOut : 0;
  const canCancel = state.step === 'collecting' || state.step === 'sending' || (state.step === 'running' && at < 2);
  return (
    <div className={classes.progress}>
      <ol className={classes.steps}>
        {steps.map((step, number) => (
          <li key={step} aria-current={number === at ? 'step' : undefined} data-done={number < at || undefined}>
            {number < at ? `${step} ✓` : step}
          </li>
        ))}
      </ol>
      <progress className={classes.bar} aria-label="Import" {...(done === undefined ? {} : { value: done })} max={1} />
      <p role="status">{sentence(state)}</p>
      {job?.clusters?.map(({ name, kinds }) => (
        <Reading key={name} name={name} progress={kinds} />
      ))}
      {job?.clusters?.some(({ unread }) => unread.length > 0) && (
        <Unread unread={job.clusters.flatMap(({ unread }) => unread)} />
      )}
      {job !== undefined && (
        <dl className={classes.counts}>
          {(
            [
              ['Files', whole(job.files)],
              ['Documents', whole(job.documents)],
              ['Resources', whole(job.resources)],
              ['Received', bytes(job.bytes)],
            ] as const
          ).map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {leftOut > 0 && (
        <p className="muted">
          {count(leftOut, 'other file')} of the folder {leftOut === 1 ? 'is' : 'are'} neither a manifest nor an archive
          and {leftOut === 1 ? 'was' : 'were'} not sent.
        </p>
      )}
      {canCancel && (
        <div>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      )}
    </div>
  );
}
