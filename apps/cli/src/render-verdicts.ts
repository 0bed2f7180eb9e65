import type { Aspect } from '@isthmus/equivalence';
import { aspects, isOpen, isUnpredicted, type Tally, tally, type VerdictRow } from '@isthmus/equivalence/tallies';
import { paint, printable } from './render.ts';

type State = VerdictRow['verdict'] | 'accepted';

const marks: Readonly<Record<State, string>> = { same: '●', differs: '✕', undecided: '◐', accepted: '○' };
const colours: Readonly<Record<State, number>> = { same: 32, differs: 31, undecided: 33, accepted: 90 };
const words: Readonly<Record<Aspect, string>> = { routing: 'Routing', resilience: 'Resilience' };

// More services than this are a matter for the report; a terminal would only scroll.
const mostServices = 40;

const stateOf = ({ verdict, accepted }: VerdictRow): State => (accepted === undefined ? verdict : 'accepted');

/** What ports and groups of clients have in common is said once. */
function* renderService(
  service: string,
  own: readonly VerdictRow[],
  { colour, all, notCompared }: RenderOptions,
): Generator<string> {
  const unknowing = notCompared(service);
  const everybody = unknowing.length === 0 ? 'all clients' : 'all clients that know it';
  const rows = all ? own : own.filter(({ verdict }) => verdict !== 'same');
  yield `${paint(printable(service), 1, colour)}\n`;
  const groups = Map.groupBy(rows, (row) => `${row.aspect}\n${stateOf(row)}\n${row.sentence}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { aspect, sentence, accepted } = first;
    const predictedBy = [...new Set(group.flatMap((one) => one.predictedBy ?? []))].sort();
    const state = stateOf(first);
    const ports = new Set(group.map(({ port }) => port));
    const others = own.filter((one) => one.aspect === aspect && ports.has(one.port));
    const clients =
      others.length === group.length ? everybody : [...new Set(group.map((one) => one.clients))].join('; ');
    yield `  ${paint(`${marks[state]} ${aspect}`, colours[state], colour)}, port ${[...ports].join(', ')}, ${printable(clients)}\n`;
    yield `    ${printable(sentence)}\n`;
    if (accepted !== undefined) yield `    Accepted: ${printable(accepted)}\n`;
    if (group.some(isUnpredicted)) yield `    ${paint('No finding predicted this.', colours.differs, colour)}\n`;
    else if (predictedBy.length > 0) yield `    Predicted by ${predictedBy.join(', ')}\n`;
  }
  if (unknowing.length > 0)
    yield `  Not compared: ${printable(unknowing.join('; '))}. Istio keeps them from knowing the service (Sidecar, exportTo), and the import has no workload of theirs.\n`;
}

export interface RenderOptions {
  readonly colour: boolean;
  /** All services, also those that are the same. */
  readonly all: boolean;
  /** The clients of a service, in words, that were not compared. */
  readonly notCompared: (service: string) => readonly string[];
}

/** The verdicts as sentences, by service; then the counts. */
export function* renderVerdicts(rows: readonly VerdictRow[], options: RenderOptions): Generator<string> {
  const { all, notCompared } = options;
  const services = [...Map.groupBy(rows, ({ service }) => service)];
  const others = services.filter(([, own]) => own.some(({ verdict }) => verdict !== 'same'));
  const listed = all ? services : others.slice(0, mostServices);
  for (const [service, own] of listed) yield* renderService(service, own, options);
  if (!all && listed.length < others.length)
    yield `… ${others.length - listed.length} more services: --verbose lists all.\n`;
  if (listed.length > 0) yield '\n';
  const scoped = services.filter(([service]) => notCompared(service).length > 0).length;
  yield `${services.length - others.length} of ${services.length} services are the same for all clients${scoped === 0 ? '' : ' that know them'}, ports and requests.\n`;
  if (scoped > 0)
    yield `Not compared: some clients of ${scoped === 1 ? '1 service' : `${scoped} services`}, whom Istio keeps from knowing it (Sidecar, exportTo) and of whom the import has no workload${all ? '' : '; --verbose names them'}.\n`;
  yield* renderTally(tally(rows));
}

/** The counts, an aspect a line. */
export function* renderTally(counts: Tally): Generator<string> {
  for (const aspect of aspects) {
    const { same, differs, undecided, accepted, unpredicted } = counts[aspect];
    const surprise = unpredicted === 0 ? '' : `; ${unpredicted} that no finding predicted`;
    yield `${words[aspect]}: ${same} same, ${differs} different, ${undecided} undecided, ${accepted} accepted${surprise}.\n`;
  }
}

/** 1 where somebody still has to look at something. */
export const exitCodeOf = (rows: readonly VerdictRow[]): 0 | 1 => (rows.some(isOpen) ? 1 : 0);
