// One view at a time is computed in a thread.
let waiting: Int32Array | undefined;

/** Begins a view. @param flag becomes 1, in memory that threads share, when nobody waits for the view any more */
export function beginView(flag: Int32Array): void {
  waiting = flag;
}

/**
 * To be called between two parts of a long view: throws where nobody waits for it any more. Ending the thread instead
 * would cost the next view its translation.
 */
export function stopIfLeft(): void {
  if (waiting !== undefined && Atomics.load(waiting, 0) === 1) throw new Error('Nobody waits for this view any more.');
}
