import { isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { Watch } from '@kubernetes/client-node';
import { ClusterError, fromNetwork, fromStatus } from './cluster-error.ts';
import type { ServedKind } from './kinds.ts';
import { listKind, listPath, selectorOf } from './list.ts';
import type { KindReading } from './read-cluster.ts';
import type { Reader } from './reader.ts';
import { backOff } from './timing.ts';

/** What a watch of one kind says. */
export type WatchEvent =
  | { readonly type: 'set'; readonly object: JsonObject }
  | { readonly type: 'gone'; readonly object: JsonObject }
  /** The whole kind, read anew because what came between is no longer known. */
  | { readonly type: 'list'; readonly objects: readonly JsonObject[] }
  /** The connection was lost and is being made again, or stands again. */
  | { readonly type: 'lost'; readonly error: ClusterError }
  | { readonly type: 'back' };

// The API server ends a watch by itself after that; shorter than its own 30 to 60 minutes, so that rights are asked again.
const seconds = 300;
const mostRefusals = 7;

const isFinal = ({ failure }: ClusterError): boolean =>
  failure === 'forbidden' || failure === 'credentials' || failure === 'not-served';

/** How one connection of a watch ended. */
type Ending = { readonly error: ClusterError | undefined; readonly resourceVersion: string; readonly heard: boolean };

/** One connection: events from a version on, until it ends. */
async function follow(
  reader: Reader,
  kind: ServedKind,
  from: string,
  shape: (object: JsonObject) => JsonObject,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<Ending> {
  let resourceVersion = from;
  let heard = false;
  let expired = false;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const take = (type: string, object: Json): void => {
    if (!isMap(object)) return;
    if (type === 'ERROR') {
      expired = object.code === 410;
      return;
    }
    heard = true;
    const version = isMap(object.metadata) ? object.metadata.resourceVersion : undefined;
    if (typeof version === 'string') resourceVersion = version;
    const shaped = (): JsonObject => shape({ ...object, apiVersion, kind: kind.kind });
    if (type === 'ADDED' || type === 'MODIFIED') onEvent({ type: 'set', object: shaped() });
    else if (type === 'DELETED') onEvent({ type: 'gone', object: shaped() });
  };
  const query = { ...selectorOf(kind), resourceVersion, allowWatchBookmarks: true, timeoutSeconds: seconds };
  const failure = await new Promise<unknown>((resolve) => {
    const watch = new Watch(reader.config);
    watch.watch(listPath(kind), query, take, resolve).then((connection) => {
      if (signal.aborted) connection.abort();
      else signal.addEventListener('abort', () => connection.abort(), { once: true });
    }, resolve);
  });
  if (expired) return { error: new ClusterError('gone', fromStatus(410).message), resourceVersion, heard };
  if (failure === null || failure === undefined) return { error: undefined, resourceVersion, heard };
  const { statusCode, name } = failure as { statusCode?: unknown; name?: unknown };
  // Half a minute of silence ends a connection, which may be dead; a quiet kind is asked again from where it was.
  if (name === 'TimeoutError') return { error: undefined, resourceVersion, heard };
  if (typeof statusCode !== 'number' || statusCode === 401) reader.config.renew();
  const error = typeof statusCode === 'number' ? fromStatus(statusCode) : fromNetwork(failure, signal);
  return { error, resourceVersion, heard };
}

/**
 * Watches a kind from where its list ended, until the signal says stop. A connection that ends is made again from the last
 * version that an object or a bookmark named; where that is forgotten (410), the kind is listed anew. After failures it
 * waits longer and longer. Resolves when stopped, or with the error that waiting does not heal: no rights, no credentials.
 */
export async function watchKind(
  reader: Reader,
  { kind, resourceVersion: from }: Pick<KindReading, 'kind' | 'resourceVersion'>,
  shape: (object: JsonObject) => JsonObject,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<ClusterError | undefined> {
  const { wait, random, now } = reader.timing;
  let resourceVersion = from;
  let failures = 0;
  let isLost = false;
  let hasWorked = false;
  const back = (): void => {
    failures = 0;
    hasWorked = true;
    if (isLost) onEvent({ type: 'back' });
    isLost = false;
  };
  while (!signal.aborted) {
    const begun = now();
    const tell = (event: WatchEvent): void => {
      back();
      onEvent(event);
    };
    let error: ClusterError | undefined;
    if (resourceVersion === '') {
      try {
        const list = await listKind(reader, kind, shape, () => {}, signal);
        resourceVersion = list.resourceVersion;
        tell({ type: 'list', objects: list.objects });
        continue;
      } catch (caught) {
        error = caught as ClusterError;
        if (!(error instanceof ClusterError)) throw error;
      }
    } else {
      const ending = await follow(reader, kind, resourceVersion, shape, tell, signal);
      resourceVersion = ending.resourceVersion;
      error = ending.error;
      if (ending.heard || (error === undefined && now() - begun > 1000)) back();
    }
    if (signal.aborted) return undefined;
    if (error?.failure === 'gone') {
      resourceVersion = '';
      continue;
    }
    failures++;
    // An API server that has just started refuses for some seconds what it grants later.
    if (error !== undefined && isFinal(error) && (failures > mostRefusals || !hasWorked)) return error;
    if (error !== undefined && !isLost) {
      isLost = true;
      onEvent({ type: 'lost', error });
    }
    await wait(backOff(failures, random, error?.retryAfter), signal);
  }
  return undefined;
}
