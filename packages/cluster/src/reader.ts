import { type Json, parseJson } from '@isthmus/kubernetes';
import { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext, type ResponseContext } from '@kubernetes/client-node';
import { ClusterError, fromNetwork, fromStatus } from './cluster-error.ts';
import type { Connection, ConnectionSettings } from './connection.ts';
import { openKubeconfig } from './kubeconfig.ts';
import { ReadOnlyConfig } from './read-only.ts';
import { backOff, type Timing, timing } from './timing.ts';

/** A cluster that is read. */
export interface Reader {
  readonly config: ReadOnlyConfig;
  readonly timing: Timing;
  /**
   * Reads one path as JSON; tries again, with growing pauses, where the API server is busy, fails or does not answer.
   * Throws a ClusterError.
   */
  get(path: string, query?: Readonly<Record<string, string>>, options?: GetOptions): Promise<Json>;
}

export interface GetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Instead of plain JSON. */
  readonly accept?: string;
}

const longInteger = /[:[,]\s*-?\d{16}/;
const tries = 5;
// Longer than the API server takes for the largest page; it ends requests itself after a minute.
const longest = 65_000;

const isPassing = ({ failure }: ClusterError): boolean =>
  failure === 'throttled' || failure === 'unreachable' || failure === 'server';

function retryAfterOf({ headers }: ResponseContext): number | undefined {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** Waits for a program that gives credentials, and no longer than that. */
const within = (work: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(new ClusterError('credentials', 'The program that gives the credentials does not answer.'));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

/** Opens a connection; nothing is sent yet. Throws a ClusterError where its credentials cannot be used. */
export function openReader(connection: Connection, settings: ConnectionSettings, clock: Timing = timing): Reader {
  const config = new ReadOnlyConfig(() => openKubeconfig(connection, settings));
  const server = config.getCurrentCluster()?.server ?? '';
  const library = new IsomorphicFetchHttpLibrary();
  async function once(url: string, { signal, accept = 'application/json' }: GetOptions): Promise<Json> {
    const limit = AbortSignal.timeout(longest);
    const request = new RequestContext(url, HttpMethod.GET);
    request.setHeaderParam('Accept', accept);
    request.setSignal(signal === undefined ? limit : AbortSignal.any([signal, limit]));
    try {
      await within(config.applySecurityAuthentication(request), request.getSignal() ?? limit);
    } catch (error) {
      if (signal?.aborted) throw fromNetwork(error, signal);
      if (error instanceof ClusterError) throw error;
      const { code } = error as { code?: unknown };
      const isFile = code === 'ENOENT' || code === 'EACCES';
      throw isFile
        ? fromNetwork(error)
        : new ClusterError('credentials', 'The program or file that gives the credentials failed.');
    }
    let answer: ResponseContext;
    let text: string;
    try {
      answer = await library.send(request).toPromise();
      text = await answer.body.text();
    } catch (error) {
      config.renew();
      if (limit.aborted && !signal?.aborted)
        throw new ClusterError('unreachable', 'The API server cannot be reached: it does not answer.');
      throw fromNetwork(error, signal);
    }
    if (answer.httpStatusCode === 401) config.renew();
    if (answer.httpStatusCode !== 200) throw fromStatus(answer.httpStatusCode, retryAfterOf(answer), text);
    try {
      // Beyond 2^53 the fast parser loses digits.
      return longInteger.test(text) ? parseJson(text) : (JSON.parse(text) as Json);
    } catch {
      throw new ClusterError('server', 'The API server answered with what is no JSON.');
    }
  }
  return {
    config,
    timing: clock,
    async get(path, query = {}, options = {}) {
      const url = new URL(server + path);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      for (let failures = 1, hasRenewed = false; ; failures++) {
        if (options.signal?.aborted) throw new ClusterError('cancelled', 'Reading was cancelled.');
        try {
          return await once(url.href, options);
        } catch (error) {
          const failure = error as ClusterError;
          // A token is replaced where it lies before it expires; what was read before is not the newest.
          if (failure.failure === 'credentials' && !hasRenewed) {
            hasRenewed = true;
            continue;
          }
          if (failures >= tries || !isPassing(failure)) throw failure;
          await clock.wait(backOff(failures, clock.random, failure.retryAfter), options.signal);
        }
      }
    },
  };
}
