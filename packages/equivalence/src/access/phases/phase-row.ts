import { accepts, befores, capitalised, nameOf, order, placeInWords, severalInWords, without } from '../access-row.ts';
import type { AccessRow } from '../access-tally.ts';
import { callerInWords } from '../callers.ts';
import { type PlaintextClients, plaintextInWords } from '../plaintext.ts';
import type { PhaseCase, Side } from './bridge.ts';
import {
  createPhaseJudge,
  type Edge,
  type PhaseComparison,
  type PhaseJudge,
  type PhaseOfServer,
  type PhaseTransport,
} from './judge.ts';
import type { Way } from './ways.ts';

const meshes: Readonly<Record<Side, string>> = { istio: 'Istio', kong: 'Kong Mesh' };

const seenAs = (seen: string | undefined): string =>
  seen === undefined ? 'which the server sees without an identity' : `which the server sees as \`${seen}\``;

/** A way in words: "from Istio by a gateway, which the server sees as `spiffe://…`". */
export function wayInWords({ from, to, by, seen }: Way): string {
  if (from === 'outside') return `to its Pods in ${meshes[to]}`;
  if (from === to) return `within ${meshes[to]}`;
  const across = `from ${meshes[from]} to ${meshes[to]}`;
  switch (by) {
    case 'own':
      return `${across} by its own certificate`;
    case 'none':
      return `${across}, where there is no way`;
    case 'plaintext':
      return `${across} in plaintext, ${seenAs(undefined)}`;
    case 'gateway':
      return `${across} by a gateway, ${seenAs(seen)}`;
  }
}

const reaches = { ...befores, unknown: 'not known' } as const;

function sentenceOf({ server, port, callers, before, way, reach, verdict, request, reason }: PhaseComparison): string {
  // Who still is in Istio has Istio's identity.
  const isOfIstio = way.from === 'istio';
  const who = severalInWords(callers, (caller) => callerInWords(isOfIstio ? { ...caller, bridge: true } : caller));
  const start = capitalised(who);
  const where = placeInWords(server, port);
  const how = wayInWords(way);
  switch (verdict) {
    case 'wider':
      return request === undefined
        ? `${start} could not call ${where} before and can now, ${how}.`
        : `${capitalised(request)} by ${who} was refused at ${where} before and goes through now, ${how}.`;
    case 'narrower': {
      const could = before === 'depends' ? `could call ${where} with some requests` : `could call ${where}`;
      return `${start} ${could} before and cannot now${reach === 'depends' ? ' with all requests' : ''}, ${how}.`;
    }
    case 'undecided':
      return `Undecided for ${who} at ${where}, ${how}: ${reason}.`;
    case 'same':
      return reach === 'none' || reach === 'refused'
        ? `${start} may not call ${where}, as before.`
        : `${start} may call ${where} as before.`;
  }
}

function presentAccess(comparison: PhaseComparison, most: number): AccessRow {
  const { server, port, callers, before, way, reach, verdict, request, reason, rules } = comparison;
  return {
    aspect: 'access',
    workload: `${server.namespace}/${server.name}`,
    port,
    count: callers.count,
    callers: callers.take(most).map(nameOf),
    before: befores[before],
    after: reaches[reach],
    verdict,
    sentence: sentenceOf(comparison),
    way: wayInWords(way),
    ...(request === undefined ? {} : { request }),
    ...(reason === undefined ? {} : { reason }),
    ...(without(rules) ? {} : { rules }),
  };
}

const inMesh: Readonly<Record<Side, string>> = { istio: 'in Istio', kong: 'in Kong Mesh' };

function edgeInWords({ from, to, security }: Edge): string {
  const calls =
    from === 'outside'
      ? `clients without a sidecar to ${meshes[to]}`
      : from === to
        ? `within ${meshes[to]}`
        : `${meshes[from]} to ${meshes[to]}`;
  return `${calls}: ${security}`;
}

function presentTransport(
  { server, port, before, during, edges, verdict, reason }: PhaseTransport,
  clients: PlaintextClients,
): AccessRow {
  const where = placeInWords(server, port);
  const sides = Object.entries(during) as [Side, (typeof during)[Side]][];
  const now = sides.map(([side, mode]) => `${mode === undefined ? 'is not known' : accepts[mode]} ${inMesh[side]}`);
  const was = accepts[before].replace('takes', 'took').replace('demands', 'demanded');
  const takesPlaintext = sides.some(([, mode]) => mode !== undefined && mode !== 'strict');
  return {
    aspect: 'transport',
    workload: `${server.namespace}/${server.name}`,
    port,
    count: 1,
    callers: [],
    before,
    after: sides.map(([side, mode]) => `${mode ?? 'not known'} ${inMesh[side]}`).join(', '),
    verdict,
    sentence: `${where} ${now.join(' and ')}; before, it ${was}.${takesPlaintext || before !== 'strict' ? plaintextInWords(clients) : ''}`,
    way: edges.map(edgeInWords).join('; '),
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * The verdicts on one workload in a phase, the worst first.
 * @param most names of callers in a row, at most
 */
export function phaseRowsOf(
  { access, transport }: PhaseOfServer,
  clients: PlaintextClients,
  most = Number.POSITIVE_INFINITY,
): AccessRow[] {
  const rows = [
    ...access.map((one) => presentAccess(one, most)),
    ...transport.map((one) => presentTransport(one, clients)),
  ];
  return rows.sort((a, b) => order[a.verdict] - order[b.verdict] || a.port - b.port);
}

const mostNames = 50;

/**
 * The verdicts on the workloads of a phase, by workload.
 * @param services only workloads that one of these Services (`<namespace>/<name>`) sends to
 */
export function* verifyPhase(judge: PhaseJudge, services?: readonly string[]): Generator<AccessRow> {
  const wanted = services && new Set(services);
  for (const server of judge.servers)
    if (wanted === undefined || server.services.some((name) => wanted.has(`${server.namespace}/${name}`)))
      yield* phaseRowsOf(judge.compare(server), judge.plaintextClients(server), mostNames);
}

/**
 * Who may call whom in a state of the migration, against what Istio alone allowed: the evidence that a phase opens nothing.
 * `wider` and `undecided` rows stand against it; `answerOf(tallyAccess(rows))` says it in a sentence.
 * @param services only workloads that one of these Services (`<namespace>/<name>`) sends to
 */
export function accessInPhase(of: PhaseCase, services?: readonly string[]): readonly AccessRow[] {
  return [...verifyPhase(createPhaseJudge(of), services)];
}
