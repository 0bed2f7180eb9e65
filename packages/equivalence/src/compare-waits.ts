import type { Decision, ListenerSettings, RouteTable, Waits } from '@isthmus/behavior';
import { parseProtoDuration } from '@isthmus/kubernetes';
import type { Difference } from './difference.ts';
import { timeInWords } from './words.ts';

const names: Readonly<Record<keyof Waits, string>> = {
  headers: 'for the headers of a request',
  request: 'for all of a request',
  connection: 'for the next request on a connection',
};

const inMilliseconds = (duration: string | undefined): number =>
  Number(parseProtoDuration(duration ?? '0s') ?? 0n) / 1_000_000;

/**
 * How long a client's proxy of Kong Mesh waits for its application, as far as that can differ from Istio's: what Istio's
 * proxies have by default is not compared, unless Kong Mesh sets a limit where Istio has none.
 */
export function waitsOfMesh(before: Waits | undefined, settings: ListenerSettings | undefined): Waits | undefined {
  if (settings?.kind !== 'http') return undefined;
  const headers = inMilliseconds(settings.requestHeadersTimeout);
  const connection = inMilliseconds(settings.commonHttpProtocolOptions.idleTimeout);
  const waits: Waits = {
    ...(headers > 0 ? { headers } : {}),
    ...(before?.connection === undefined ? {} : { connection }),
  };
  return Object.keys(waits).length === 0 ? undefined : waits;
}

/**
 * The same of Kong Gateway, for what Istio's gateway was told: nginx's defaults, which Kong keeps, as nobody can tell what
 * the environment of its pods says (kong/templates/nginx_kong.lua: client_header_timeout, keepalive_timeout; read). All of
 * a request may take as long as it comes on.
 */
export const waitsOfKong = (before: Waits | undefined): Waits | undefined =>
  before === undefined
    ? undefined
    : {
        ...(before.headers === undefined ? {} : { headers: 60_000 }),
        ...(before.connection === undefined ? {} : { connection: 75_000 }),
      };

const reads = ({ kind }: Decision): boolean => kind === 'forward' || kind === 'respond' || kind === 'redirect';

/** What two proxies that read requests do differently with clients that are slow. */
export function compareWaits(before: RouteTable, after: RouteTable): readonly Difference[] {
  if (before.opaque === true || after.opaque === true) return [];
  const keys = (Object.keys(names) as (keyof Waits)[]).filter(
    (key) => (before.waits?.[key] ?? 0) !== (after.waits?.[key] ?? 0),
  );
  return keys.map((key) => {
    const shown = ({ waits }: RouteTable): string => `${timeInWords(waits?.[key])} ${names[key]}`;
    return { aspect: 'resilience', what: 'timeout', before: shown(before), after: shown(after) };
  });
}

/** Whether both proxies have waited for a request before they decide so about it. */
export const waited = (before: Decision, after: Decision): boolean => reads(before) && reads(after);
