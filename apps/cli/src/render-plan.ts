import {
  type PlanReport,
  type ReportedCall,
  type ReportedEvidence,
  sentenceOfPlan,
  type WaveDay,
} from '@isthmus/migration';
import { colours, marks, paint, printable } from './render.ts';

function placeOf({ file, line, column, path, kind, detail }: ReportedEvidence): string {
  const position = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  const place = file === undefined ? '' : `${file}${position}${path === '' ? '' : ` ${path}`} `;
  return printable(`${place}(${kind}: ${detail})`);
}

function* renderCall({ from, to, evidence, total }: ReportedCall): Generator<string> {
  yield `  ${printable(from)} → ${printable(to)}\n`;
  for (const one of evidence) yield `      ${placeOf(one)}\n`;
  if (total > evidence.length) yield `      … and ${total - evidence.length} more\n`;
}

const dayOf = ({ day, behind }: WaveDay): string =>
  behind.length === 0 ? day : `${day}, behind ${behind.map(({ reason }) => reason).join(' and ')}`;

function* renderWaves({ waves }: PlanReport, days: readonly WaveDay[], colour: boolean): Generator<string> {
  for (const { number, services, namespaces, groups, crossing } of waves) {
    const day = days[number - 1];
    const on = day === undefined ? '' : ` · ${dayOf(day)}`;
    const count = `${services} ${services === 1 ? 'service' : 'services'} of ${namespaces.join(', ')}`;
    yield `${paint(`Wave ${number}`, 1, colour)} · ${printable(count)}${printable(on)}\n`;
    for (const group of groups) {
      yield `  ${printable(group.services.join(', '))}\n`;
      if (group.workloads.length > 0)
        yield `    together, because the same pods stand behind them: ${printable(group.workloads.join(', '))}\n`;
      if (group.circle.length > 0) yield `    together, because of ${printable(group.circle.join(' → '))}\n`;
    }
    yield crossing.total === 0
      ? '  afterwards no known call crosses\n\n'
      : `  afterwards ${crossing.total} ${crossing.total === 1 ? 'call crosses' : 'calls cross'}: ${crossing.toKong} from Istio to Kong Mesh, ${crossing.toIstio} from Kong Mesh to Istio\n\n`;
  }
}

/** A plan in pieces of text; with `all` also each call with its evidence. The answer in a sentence comes last. */
export function* renderPlan(
  report: PlanReport,
  { colour, all, days }: { readonly colour: boolean; readonly all: boolean; readonly days: readonly WaveDay[] },
): Generator<string> {
  const { calls, excluded, replaced, unconnected, unkept, summary } = report;
  yield* renderWaves(report, days, colour);
  if (all)
    for (const [title, counts] of [
      ['Calls', true],
      ['Calls with too little evidence to order the waves', false],
    ] as const) {
      const listed = calls.filter((call) => call.counts === counts);
      if (listed.length === 0) continue;
      yield `${paint(title, 1, colour)}\n`;
      for (const call of listed) yield* renderCall(call);
      yield '\n';
    }
  for (const { service, reason } of replaced)
    yield `${marks.info} ${printable(service)} does not move: it is ${reason}.\n`;
  for (const { service, calls: count } of excluded)
    yield `${marks.info} ${printable(service)} stays in Istio: ${count} ${count === 1 ? 'call crosses' : 'calls cross'} for good.\n`;
  if (unconnected.length > 0)
    yield `${marks.info} ${unconnected.length} ${unconnected.length === 1 ? 'service has' : 'services have'} no call with enough evidence, so that nothing says when to move: ${printable(unconnected.join(', '))}\n`;
  for (const { reason } of unkept)
    yield `${paint(`${marks.warning} not kept`, colours.warning, colour)} ${printable(reason)}\n`;
  yield `\n${report.reason}\n${sentenceOfPlan(report)}\n`;
  if (!all)
    yield `Known calls: ${summary.calls} order the waves, ${summary.weak} have too little evidence to. --verbose lists them with their evidence.\n`;
}
