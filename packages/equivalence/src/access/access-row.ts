import type { Acceptance } from '../verdict-row.ts';
import type { AccessRow } from './access-tally.ts';
import type { CallerGroup } from './caller-groups.ts';
import { type Caller, callerInWords } from './callers.ts';
import type {
  AccessComparison,
  AccessJudge,
  AccessVerdict,
  ServerComparison,
  TransportComparison,
} from './compare-access.ts';
import { cutOffInWords, type PlaintextClients } from './plaintext.ts';
import { anyOther } from './scene.ts';
import type { Server } from './servers.ts';

export const befores = {
  all: 'may call',
  none: 'refused',
  refused: 'refused without mTLS',
  depends: 'some requests',
} as const;
const afters = { all: 'may call', none: 'refused', unknown: 'not known' } as const;

/** A caller in a list. */
export function nameOf(caller: Caller): string {
  const { kind, namespace, account } = caller;
  if (kind === 'account') return `${namespace}/${account}`;
  return kind === 'named' ? `${namespace}/${account} (named by policies only)` : callerInWords(caller);
}

const listed = 3;

/** Callers in a sentence: some of them, and how many more. */
export function severalInWords(callers: CallerGroup, inWords = callerInWords): string {
  const named = callers.take(listed).map(inWords);
  const rest = callers.count - named.length;
  if (rest > 0) return `${named.join(', ')} and ${rest} more`;
  return named.length < 2 ? (named[0] ?? 'nobody') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

/** At the beginning of a sentence; what is code stays as it is. */
export const capitalised = (text: string): string =>
  text.startsWith('`') ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A port of a workload in a sentence. */
export function placeInWords({ name, namespace }: Server, port: number): string {
  const full = `${name}.${namespace}`;
  return port === anyOther ? `\`${full}\` on a port that nothing declares` : `\`${full}:${port}\``;
}

function sentenceOf({ server, port, callers, before, after, verdict, request, reason }: AccessComparison): string {
  const who = severalInWords(callers);
  const start = capitalised(who);
  const where = placeInWords(server, port);
  switch (verdict) {
    case 'wider':
      return request === undefined
        ? `${start} could not call ${where} before and can now.`
        : `${capitalised(request)} by ${who} was refused at ${where} before and goes through now.`;
    case 'narrower':
      return before === 'depends'
        ? `${start} could call ${where} with some requests before and cannot now.`
        : `${start} could call ${where} before and cannot now.`;
    case 'undecided':
      return `Undecided for ${who} at ${where}: ${reason}.`;
    case 'same':
      return after === 'none'
        ? `${start} may not call ${where}, neither before nor after.`
        : `${start} may call ${where} before and after.`;
  }
}

export const without = ({ before, after }: AccessComparison['rules']): boolean =>
  before.length === 0 && after.length === 0;

const mostNamesOfWider = 500;

function presentAccess(comparison: AccessComparison, most: number): AccessRow {
  const { server, port, callers, before, after, verdict, request, reason, rules, predictedBy } = comparison;
  return {
    aspect: 'access',
    workload: `${server.namespace}/${server.name}`,
    port,
    count: callers.count,
    // Whoever gains has to be named to be accepted.
    callers: callers.take(verdict === 'wider' ? Math.max(most, mostNamesOfWider) : most).map(nameOf),
    ...(callers.bridge ? { bridge: true as const } : {}),
    before: before === 'refused' && callers.bridge ? 'not trusted' : befores[before],
    after: afters[after],
    verdict,
    sentence: sentenceOf(comparison),
    ...(request === undefined ? {} : { request }),
    ...(reason === undefined ? {} : { reason }),
    ...(without(rules) ? {} : { rules }),
    ...(predictedBy === undefined ? {} : { predictedBy }),
  };
}

export const accepts = {
  plaintext: 'takes plaintext only',
  permissive: 'takes plaintext and mTLS',
  strict: 'demands mTLS',
} as const;

function presentTransport(
  { server, port, before, after, verdict, reason, predictedBy }: TransportComparison,
  clients: PlaintextClients,
): AccessRow {
  const where = `\`${server.name}.${server.namespace}:${port}\``;
  const plain = after === 'strict' && before !== 'strict' ? cutOffInWords(clients) : '';
  return {
    aspect: 'transport',
    workload: `${server.namespace}/${server.name}`,
    port,
    count: 1,
    callers: [],
    before,
    after: after ?? 'not known',
    verdict,
    sentence:
      after === undefined
        ? `Undecided for ${where}: ${reason}.`
        : before === after
          ? `${where} ${accepts[after]}, before and after.`
          : `${where} ${accepts[after]} now; before, it ${accepts[before].replace('takes', 'took').replace('demands', 'demanded')}.${plain}`,
    ...(reason === undefined ? {} : { reason }),
    ...(predictedBy === undefined ? {} : { predictedBy }),
  };
}

/** Whether a comparison is worth a row: what Istio's certificates may do is a matter only where it is more than before. */
const isShown = ({ callers, verdict }: AccessComparison): boolean => !callers.bridge || verdict === 'wider';

export const order: Readonly<Record<AccessVerdict, number>> = { wider: 0, undecided: 1, narrower: 2, same: 3 };

/**
 * The verdicts on one workload, the worst first.
 * @param most names of callers in a row, at most
 */
export function rowsOf(
  comparison: ServerComparison,
  clients: PlaintextClients,
  most = Number.POSITIVE_INFINITY,
): AccessRow[] {
  const rows = [
    ...comparison.access.filter(isShown).map((one) => presentAccess(one, most)),
    ...comparison.transport.map((one) => presentTransport(one, clients)),
  ];
  return rows.sort((a, b) => order[a.verdict] - order[b.verdict] || a.port - b.port);
}

/**
 * What somebody accepted of a row: the verdict that was looked at, for the callers that were. *Wider* is accepted for callers by
 * their names only, so that whoever comes to them later is not accepted with them.
 */
function acceptanceOf(row: AccessRow, accepted: readonly Acceptance[]): Acceptance | undefined {
  const { workload, port, aspect, verdict, callers, count } = row;
  const isMeant = ({ callers: named }: Acceptance): boolean => {
    if (aspect === 'transport') return true;
    if (named === undefined) return verdict !== 'wider';
    return count === callers.length && callers.every((one) => named.includes(one));
  };
  return accepted.find(
    (one) =>
      one.service === workload &&
      one.aspect === aspect &&
      (one.port === undefined || one.port === port) &&
      (one.verdict ?? 'narrower') === verdict &&
      isMeant(one),
  );
}

/** Rows with what is accepted now, whatever was accepted before. Of a phase nothing is: its gate has its own approvals. */
export function withAccessAcceptances(rows: readonly AccessRow[], accepted: readonly Acceptance[]): AccessRow[] {
  return rows.map((row) => {
    const { accepted: _, ...rest } = row;
    const reason = row.verdict === 'same' ? undefined : acceptanceOf(row, accepted)?.reason;
    return reason === undefined ? rest : { ...rest, accepted: reason };
  });
}

// Thousands of workloads have thousands of callers each: a report names some and counts all.
const mostNames = 50;

/**
 * The verdicts on all workloads, by workload.
 * @param services only workloads that one of these Services (`<namespace>/<name>`) sends to
 */
export function* verifyAccess(
  judge: AccessJudge,
  services?: readonly string[],
  accepted: readonly Acceptance[] = [],
): Generator<AccessRow> {
  const wanted = services && new Set(services);
  for (const server of judge.servers)
    if (wanted === undefined || server.services.some((name) => wanted.has(`${server.namespace}/${name}`)))
      yield* withAccessAcceptances(rowsOf(judge.compare(server), judge.plaintextClients(server), mostNames), accepted);
}
