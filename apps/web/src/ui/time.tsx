import { useSyncExternalStore } from 'react';
import { ago, exactly } from '../text/format.ts';

// One clock for all that is shown: a table may hold hundreds of times.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0)
    timer = setInterval(() => {
      now = Date.now();
      for (const tell of listeners) tell();
    }, 30_000);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** A moment as "3 h ago", with the exact time on hovering. */
export function Ago({ at }: { at: string }) {
  const time = useSyncExternalStore(subscribe, () => now);
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, Math.max(time, Date.parse(at)))}
    </time>
  );
}
