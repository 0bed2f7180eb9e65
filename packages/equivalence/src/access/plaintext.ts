import type { Server } from './servers.ts';

/** A call that something in the estate shows. */
export interface WorkloadCall {
  /** The workload that calls: `<namespace>/<name>`. */
  readonly from: string;
  /** The Service that is called: `<namespace>/<name>`. */
  readonly to: string;
  /** What shows it, such as the variable that names the Service. */
  readonly detail: string;
}

/** Who may come in plaintext to a server: workloads without a sidecar (`<namespace>/<name>`). */
export interface PlaintextClients {
  /** Those that something in the estate shows to call it, with what shows it. */
  readonly known: readonly string[];
  /** Those of which nothing says so, of the server's own namespace first. */
  readonly possible: readonly string[];
}

/**
 * Tells for each server which workloads without a sidecar call it.
 * @param bare the workloads without a sidecar
 * @param calls those that the estate shows, of whatever workload
 */
export function plaintextClientsOf(
  bare: readonly string[],
  calls: readonly WorkloadCall[],
): (server: Server) => PlaintextClients {
  const without = new Set(bare);
  const byService = Map.groupBy(
    calls.filter(({ from }) => without.has(from)),
    ({ to }) => to,
  );
  const sorted = [...without].sort();
  return ({ namespace, name, services }) => {
    const own = `${namespace}/${name}`;
    const found = new Map<string, string>();
    for (const service of services)
      for (const { from, detail } of byService.get(`${namespace}/${service}`) ?? [])
        if (from !== own && !found.has(from)) found.set(from, detail);
    const others = sorted.filter((one) => !found.has(one));
    const isNear = (one: string): boolean => one.startsWith(`${namespace}/`);
    return {
      known: [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([from, detail]) => `${from} (${detail})`),
      possible: [...others.filter(isNear), ...others.filter((one) => !isNear(one))],
    };
  };
}

const listed = 3;

/** Names, as many as fit a sentence. */
const some = (names: readonly string[]): string =>
  `${names.slice(0, listed).join(', ')}${names.length > listed ? ` and ${names.length - listed} more` : ''}`;

/** Where plaintext comes from, in sentences that follow another: what is known first, then what is only possible. */
export function plaintextInWords({ known, possible }: PlaintextClients): string {
  if (known.length + possible.length === 0) return ' No workload without a sidecar is known.';
  if (known.length === 0)
    return ` No workload without a sidecar is known to call it; these may, in plaintext: ${some(possible)}.`;
  const rest = possible.length === 0 ? '' : `; of others nothing is known, but they may: ${some(possible)}`;
  return ` Workloads without a sidecar call it in plaintext: ${some(known)}${rest}.`;
}

/** Who is cut off where mTLS is demanded now and was not before. */
export function cutOffInWords({ known, possible }: PlaintextClients): string {
  const certain = known.length === 0 ? '' : ` Without a sidecar these call it, and cannot any more: ${some(known)}.`;
  if (possible.length === 0) return certain;
  return `${certain} ${known.length === 0 ? 'Without a sidecar these' : 'Others without a sidecar'} cannot call it any more, if they do: ${some(possible)}.`;
}
