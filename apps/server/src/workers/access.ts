import type { AccessQuery, AccessRow, AccessView, LinkedRule, WorkloadAccess } from '@isthmus/contract';
import {
  type AccessJudge,
  type AccessTally,
  answerOf,
  createAccessJudge,
  type AccessRow as Row,
  rowsOf,
  tallyAccess,
  verifyAccess,
} from '@isthmus/equivalence';
import { linker } from './behaviour.ts';
import type { Translated } from './snapshot.ts';

type Server = AccessJudge['servers'][number];

/** What is known of a snapshot's access; grows with every request until all workloads are compared. */
interface Known {
  readonly judge: AccessJudge;
  readonly rows: AccessRow[];
  compared: number;
  tally: AccessTally;
  readonly link: ReturnType<typeof linker>;
}

const known = new WeakMap<Translated, Known>();

// Long enough to get on, short enough that other views of the snapshot need not wait.
const sliceOf = 400;
const mostNames = 20;

function knownOf(snapshot: Translated): Known {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const { estate, emitted, settings } = snapshot.translation;
  const judge = createAccessJudge({ estate, emitted, settings });
  const value: Known = { judge, rows: [], compared: 0, tally: tallyAccess([]), link: linker(snapshot) };
  known.set(snapshot, value);
  return value;
}

const placeOf = ({ namespace, name }: Server): string => `${namespace}/${name}`;

function present(row: Row, index: number, server: Server, link: Known['link']): AccessRow {
  const { rules, callers, ...rest } = row;
  const linked = (all: readonly Parameters<Known['link']>[0][]): LinkedRule[] => all.map(link);
  return {
    ...rest,
    id: `${row.workload}:${row.port}:${index}`,
    services: server.services.map((name) => `${server.namespace}/${name}`),
    callers: [...callers],
    ...(rules === undefined ? {} : { rules: { before: linked(rules.before), after: linked(rules.after) } }),
  };
}

const rowsFor = ({ judge, link }: Known, server: Server, most?: number): AccessRow[] =>
  rowsOf(judge.compare(server), judge.bare, most).map((row, index) => present(row, index, server, link));

const added = (a: AccessTally, b: AccessTally): AccessTally => {
  const sum = (aspect: keyof AccessTally): AccessTally['access'] => ({
    same: a[aspect].same + b[aspect].same,
    narrower: a[aspect].narrower + b[aspect].narrower,
    wider: a[aspect].wider + b[aspect].wider,
    undecided: a[aspect].undecided + b[aspect].undecided,
  });
  return { access: sum('access'), transport: sum('transport') };
};

function meets(row: AccessRow, { verdict, aspect, namespace }: AccessQuery): boolean {
  if (namespace !== undefined && !row.workload.startsWith(`${namespace}/`)) return false;
  if (aspect !== undefined && row.aspect !== aspect) return false;
  return verdict === undefined || verdict.split(',').includes(row.verdict);
}

/** Compares some more workloads, and gives what is known by then. */
export function access(snapshot: Translated, query: AccessQuery): AccessView {
  const of = knownOf(snapshot);
  const { servers, leftOut } = of.judge;
  const end = performance.now() + sliceOf;
  for (; of.compared < servers.length && performance.now() < end; of.compared++) {
    const rows = rowsFor(of, servers[of.compared] as Server, mostNames);
    of.rows.push(...rows);
    of.tally = added(of.tally, tallyAccess(rows));
  }
  const rows = of.rows.filter((row) => meets(row, query));
  return {
    complete: of.compared === servers.length,
    compared: of.compared,
    workloads: servers.length,
    answer: answerOf(of.tally),
    tally: of.tally,
    leftOut: [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, all]) => ({
      reason,
      count: all.length,
      workloads: all.slice(0, mostNames).map(({ workload }) => workload),
    })),
    rows: rows.slice(query.from ?? 0),
    next: rows.length,
  };
}

/** The verdicts on one workload with every caller; undefined where there is no such workload. */
export function workloadAccess(snapshot: Translated, workload: string): WorkloadAccess | undefined {
  const of = knownOf(snapshot);
  const server = of.judge.servers.find((one) => placeOf(one) === workload);
  return server === undefined ? undefined : { workload, rows: rowsFor(of, server) };
}

/** The verdicts on all workloads, as the report has them. */
export const allAccess = (snapshot: Translated): Row[] => [...verifyAccess(knownOf(snapshot).judge)];

/** A cell of a table; what a spreadsheet would take for a formula is kept from being one. */
function cell(value: string | number): string {
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const heads = ['aspect', 'caller', 'bridge', 'workload', 'port', 'before', 'after', 'verdict', 'request', 'reason'];

/** The matrix as lines of comma-separated values, a line for each caller and port; of what the query asks for. */
export function accessTable(snapshot: Translated, query: AccessQuery): Uint8Array {
  const of = knownOf(snapshot);
  const lines = [heads.join(',')];
  for (const server of of.judge.servers)
    for (const row of rowsFor(of, server)) {
      if (!meets(row, query)) continue;
      const { aspect, callers, bridge, workload, port, before, after, verdict, request = '', reason = '' } = row;
      for (const caller of aspect === 'transport' ? [''] : callers) {
        const values = [
          aspect,
          caller.replaceAll('`', ''),
          bridge ? 'yes' : '',
          workload,
          port === 0 ? 'any other' : port,
          before,
          after,
          verdict,
          request.replaceAll('`', ''),
          reason,
        ];
        lines.push(values.map(cell).join(','));
      }
    }
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`);
}
