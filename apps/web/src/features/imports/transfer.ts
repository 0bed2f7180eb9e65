import type { ImportJob } from '@isthmus/contract';
import { addressOf, call } from '../../api/client.ts';
import { isProblem, ProblemError, problemFrom, unreachable } from '../../api/problem.ts';
import type { Found } from './walk.ts';

/**
 * Sends files to a migration. Resolves with the import once the server has them all; rejects with a ProblemError, or with
 * the signal's reason. (`fetch` cannot say how much of a body was sent.)
 */
export function send(
  migration: string,
  { uploads, cluster = '' }: Pick<Found, 'uploads' | 'cluster'>,
  onSent: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<ImportJob> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    // It is for the files that come behind it.
    if (cluster !== '') form.append('cluster', cluster);
    for (const { path, file } of uploads) form.append('files', file, path);
    const request = new XMLHttpRequest();
    request.open('POST', addressOf('POST /migrations/:id/snapshots', { id: migration }));
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded, total);
    request.onload = () => {
      if (request.status === 202) resolve(JSON.parse(request.responseText) as ImportJob);
      else reject(new ProblemError(problemFrom(request.status, request.responseText)));
    };
    request.onerror = () => reject(new ProblemError(unreachable));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) reject(signal.reason);
    else request.send(form);
  });
}

export const hasEnded = ({ state }: ImportJob): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** Calls back with every state of an import until its last. Returns how to stop. */
export function watch(id: string, onJob: (job: ImportJob) => void, onLost: (error: unknown) => void): () => void {
  const source = new EventSource(addressOf('GET /imports/:id/events', { id }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    source.close();
    clearTimeout(timer);
  };
  const onEvent = ({ data }: MessageEvent<string>): void => {
    const job = JSON.parse(data) as ImportJob;
    if (hasEnded(job)) stop();
    onJob(job);
  };
  source.addEventListener('progress', onEvent);
  source.addEventListener('end', onEvent);
  // Streams may be cut by what stands between; the import goes on, so that it is asked for until it ends.
  const ask = async (): Promise<void> => {
    try {
      const job = await call('GET /imports/:id', { params: { id } });
      onJob(job);
      if (!hasEnded(job)) timer = setTimeout(() => void ask(), 1000);
    } catch (error) {
      if (isProblem(error) && error.problem.status !== 404 && error.problem.status !== 401)
        timer = setTimeout(() => void ask(), 2000);
      else onLost(error);
    }
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) void ask();
  };
  return stop;
}
