import type { Client, Request, Rule } from '@isthmus/behavior';
import { describe, settle } from './compare-decisions.ts';
import type { Aspect, Counterexample, Decided, Difference, Verdict } from './difference.ts';
import type { Verification } from './verify-estate.ts';
import { clientsInWords, connectionInWords, requestInWords, ruleInWords, verbOf } from './words.ts';

/** What one mesh does with the request of a counterexample, for people. */
export interface DecidedInWords {
  readonly decision: string;
  /** Absent where the mesh does it by itself. */
  readonly rule?: Rule;
}

/** A counterexample as reports and screens show it. */
export interface CounterexampleInWords {
  readonly client: Client;
  readonly request: Pick<Request, 'method' | 'authority' | 'path' | 'headers'>;
  readonly before: DecidedInWords;
  readonly after: DecidedInWords;
  readonly differences: readonly { readonly what: string; readonly before: string; readonly after: string }[];
}

/** A verdict as reports, screens and terminals show it. */
export interface VerdictRow {
  /** `<namespace>/<name>` */
  readonly service: string;
  readonly port: number;
  /** Such as `clients in namespace sales with app=web`. */
  readonly clients: string;
  readonly aspect: Aspect;
  readonly verdict: 'same' | 'differs' | 'undecided';
  readonly sentence: string;
  readonly counterexample?: CounterexampleInWords;
  /** Why it is undecided. */
  readonly reason?: string;
  /** Of a difference: the codes of the findings that said so before; none is the worst of all. */
  readonly predictedBy?: readonly string[];
  /** Why somebody accepted the difference. */
  readonly accepted?: string;
}

/** A difference that somebody accepted. */
export interface Acceptance {
  /** `<namespace>/<name>`; of `access` and `transport` the workload that is called. */
  readonly service: string;
  /** All ports where absent. */
  readonly port?: number;
  readonly aspect: Aspect | 'access' | 'transport';
  /** Of `access` and `transport`: which verdict; *narrower* where absent. */
  readonly verdict?: 'narrower' | 'wider' | 'undecided';
  /** Of `access`: whose, by the names of the row; without them everybody's, but for *wider*, which needs them. */
  readonly callers?: readonly string[];
  readonly reason: string;
}

export interface PresentOptions {
  readonly accepted?: readonly Acceptance[];
  /** The codes of the findings that predicted a difference, sorted. */
  readonly predictedBy?: (verification: Verification) => readonly string[];
}

/** A decision for people. */
const decidedInWords = ({ decision, rule }: Decided, request: Request): DecidedInWords => ({
  decision: describe(decision, request),
  ...(rule === undefined ? {} : { rule }),
});

function because(before: Rule | undefined, after: Rule | undefined, target: string): string {
  if (before === undefined && after === undefined) return '';
  const of = (rule: Rule | undefined, mesh: string): string =>
    rule === undefined ? `no rule in ${mesh}` : `${ruleInWords(rule)} in ${mesh}`;
  return `, because ${of(before, 'Istio')} and ${of(after, target)} ${before === undefined || after === undefined ? 'decides' : 'decide'}`;
}

/** What shows in the decision itself. */
const outcomes: ReadonlySet<Difference['what']> = new Set(['kind', 'destinations', 'redirect', 'response']);

/** "timeout: none in Istio, 15 s in Kong Mesh"; what is different about connections says itself what it is. */
function differenceInWords({ what, before, after }: Difference, target: string): string {
  const [name, one, other] =
    what === 'connections' && before.includes(': ') && after.includes(': ')
      ? [
          before.slice(0, before.indexOf(': ')),
          before.slice(before.indexOf(': ') + 2),
          after.slice(after.indexOf(': ') + 2),
        ]
      : [what, before, after];
  return `${name}: ${one} in Istio, ${other} in ${target}`;
}

/** "Differs: `GET /v2/seats` … goes to seats-v1:80 in Istio and to seats-v2:80 in Kong Mesh, because …". */
function sentenceOf(
  { isConnection, request, before, after, differences }: Counterexample,
  target: 'Kong Mesh' | 'Kong Gateway',
): string {
  const asked = isConnection ? connectionInWords(request) : requestInWords(request);
  const [first] = differences;
  const isElsewhere = differences.some(({ what }) => outcomes.has(what));
  const [here, there] = [describe(before.decision, request), describe(after.decision, request)];
  const why = because(before.rule, after.rule, target);
  if (isElsewhere && here !== there) {
    const verbs = [verbOf(settle(before.decision, request)), verbOf(settle(after.decision, request))] as const;
    return `Differs: ${asked} ${verbs[0]}${here} in Istio and ${verbs[0] === verbs[1] ? verbs[1].replace(/^\S+ /, '') : verbs[1]}${there} in ${target}${why}.`;
  }
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  return `Differs: for ${asked}, ${first === undefined ? 'settings are others' : differenceInWords(first, target)}${more}${why}.`;
}

/** Rows with what is accepted now, whatever was accepted before. */
export function withAcceptances(rows: readonly VerdictRow[], accepted: readonly Acceptance[]): readonly VerdictRow[] {
  return rows.map((row) => {
    const { accepted: _, ...rest } = row;
    const reason = row.verdict === 'same' ? undefined : acceptanceOf(row, accepted)?.reason;
    return reason === undefined ? rest : { ...rest, accepted: reason };
  });
}

const acceptanceOf = (
  { service, port, aspect }: Pick<VerdictRow, 'service' | 'port' | 'aspect'>,
  accepted: readonly Acceptance[],
): Acceptance | undefined =>
  accepted.find(
    (one) => one.service === service && one.aspect === aspect && (one.port === undefined || one.port === port),
  );

/** How a verdict is put into a row. */
interface RowOptions {
  readonly client: Client;
  /** What answers beside Istio. */
  readonly target: 'Kong Mesh' | 'Kong Gateway';
  readonly accepted: readonly Acceptance[];
  /** What is said where nothing differs. */
  readonly same: string;
  readonly predictedBy: () => readonly string[];
}

/** A verdict on a subject as a row. */
export function rowOf(
  subject: Pick<VerdictRow, 'service' | 'port' | 'clients' | 'aspect'>,
  verdict: Verdict,
  { client, target, accepted, same, predictedBy }: RowOptions,
): VerdictRow {
  const acceptance = acceptanceOf(subject, accepted);
  const decision = acceptance === undefined ? {} : { accepted: acceptance.reason };
  switch (verdict.verdict) {
    case 'same':
      return { ...subject, verdict: 'same', sentence: same };
    case 'undecided': {
      const { reason } = verdict;
      return { ...subject, verdict: 'undecided', sentence: `Undecided: ${reason}.`, reason, ...decision };
    }
    case 'differs': {
      const { counterexample } = verdict;
      const { request, before, after, differences } = counterexample;
      const { method, authority, path, headers } = request;
      return {
        ...subject,
        verdict: 'differs',
        sentence: sentenceOf(counterexample, target),
        counterexample: {
          client,
          request: { method, authority, path, headers },
          before: decidedInWords(before, request),
          after: decidedInWords(after, request),
          differences: differences.map(({ what, before: one, after: other }) => ({ what, before: one, after: other })),
        },
        predictedBy: predictedBy(),
        ...decision,
      };
    }
  }
}

/** A verdict for people and machines. */
export function present(
  verification: Verification,
  { accepted = [], predictedBy = () => [] }: PresentOptions = {},
): VerdictRow {
  const { namespace, name, port, clients, everywhere, aspect, verdict } = verification;
  const subject = { service: `${namespace}/${name}`, port, clients: clientsInWords(clients, everywhere), aspect };
  const but = verdict.verdict === 'same' && verdict.but !== undefined ? `, ${verdict.but}` : '';
  return rowOf(subject, verdict, {
    client: clients.client,
    target: 'Kong Mesh',
    accepted,
    same: `Same for all requests${but}.`,
    predictedBy: () => predictedBy(verification),
  });
}
