import type { ImportJob } from '@isthmus/contract';

/** Where an import stands, from looking into folders to the snapshot. */
export type ImportState =
  | { readonly step: 'collecting'; readonly files: number }
  | {
      readonly step: 'sending';
      readonly files: number;
      readonly leftOut: number;
      readonly sent: number;
      readonly total: number;
    }
  | { readonly step: 'running'; readonly files: number; readonly leftOut: number; readonly job: ImportJob }
  | { readonly step: 'done'; readonly job: ImportJob }
  | { readonly step: 'failed'; readonly detail: string }
  | { readonly step: 'cancelled' };

export type ImportEvent =
  | { readonly type: 'collected'; readonly files: number }
  | { readonly type: 'sending'; readonly files: number; readonly leftOut: number; readonly total: number }
  | { readonly type: 'sent'; readonly sent: number; readonly total: number }
  | { readonly type: 'job'; readonly job: ImportJob }
  | { readonly type: 'failed'; readonly detail: string }
  | { readonly type: 'cancelled' };

export const isOver = ({ step }: ImportState): boolean => step === 'done' || step === 'failed' || step === 'cancelled';

/** The state after an event. What is over stays as it is: a late event changes nothing. */
export function advance(state: ImportState, event: ImportEvent): ImportState {
  if (isOver(state)) return state;
  switch (event.type) {
    case 'collected':
      return { step: 'collecting', files: event.files };
    case 'sending':
      return { step: 'sending', files: event.files, leftOut: event.leftOut, sent: 0, total: event.total };
    case 'sent':
      return state.step === 'sending'
        ? { ...state, sent: event.sent, total: Math.max(event.total, event.sent) }
        : state;
    case 'job': {
      const { job } = event;
      if (job.state === 'done') return { step: 'done', job };
      if (job.state === 'cancelled') return { step: 'cancelled' };
      if (job.state === 'failed') return { step: 'failed', detail: job.detail ?? 'The server does not say why.' };
      const known = state.step === 'sending' || state.step === 'running' ? state : { files: 0, leftOut: 0 };
      return { step: 'running', files: known.files, leftOut: known.leftOut, job };
    }
    case 'failed':
      return { step: 'failed', detail: event.detail };
    case 'cancelled':
      return { step: 'cancelled' };
  }
}

/** The share that is done, from 0 to 1; undefined where nobody knows. */
export function progressOf(state: ImportState): number | undefined {
  if (state.step === 'sending') return state.total === 0 ? undefined : Math.min(1, state.sent / state.total);
  if (state.step === 'done') return 1;
  if (state.step !== 'running') return undefined;
  if (state.job.state === 'translating') return undefined;
  // Of archives nobody knows how much they hold.
  return state.files > 0 && state.job.files > 0 && state.job.files <= state.files
    ? state.job.files / state.files
    : undefined;
}
