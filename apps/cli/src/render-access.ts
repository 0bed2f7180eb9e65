import { type AccessRow, answerOf, tallyAccess } from '@isthmus/equivalence/tallies';
import { paint, printable } from './render.ts';

type Verdict = AccessRow['verdict'];

const marks: Readonly<Record<Verdict, string>> = { same: '●', narrower: '◐', wider: '✕', undecided: '◐' };
const colours: Readonly<Record<Verdict, number>> = { same: 32, narrower: 33, wider: 31, undecided: 33 };

// More sentences than this are a matter for the report.
const mostSentences = 40;

/** Whether access widens, in a sentence, then what is not the same, the worst first. */
export function* renderAccess(
  rows: readonly AccessRow[],
  { colour, all }: { readonly colour: boolean; readonly all: boolean },
): Generator<string> {
  const rank: readonly Verdict[] = ['wider', 'undecided', 'narrower', 'same'];
  const others = rows
    .filter(({ verdict }) => all || verdict !== 'same')
    .sort((a, b) => rank.indexOf(a.verdict) - rank.indexOf(b.verdict));
  const sentences = new Map(others.map((row) => [row.sentence, row]));
  const listed = [...sentences.values()].slice(0, all ? undefined : mostSentences);
  for (const { aspect, verdict, sentence, predictedBy, accepted } of listed) {
    const [mark, shade] = accepted === undefined ? [marks[verdict], colours[verdict]] : ['○', 90];
    yield `${paint(`${mark} ${aspect}`, shade, colour)}  ${printable(sentence)}\n`;
    if (predictedBy !== undefined)
      yield `    ${predictedBy.length === 0 ? 'No finding foretold this.' : `Foretold by ${predictedBy.join(', ')}.`}\n`;
    if (accepted !== undefined) yield `    Accepted: ${printable(accepted)}\n`;
  }
  if (listed.length < sentences.size) yield `… ${sentences.size - listed.length} more: --verbose lists all.\n`;
  if (listed.length > 0) yield '\n';
  yield* renderAccessTally(rows);
}

/** The answer, and the counts for transport. */
export function* renderAccessTally(rows: readonly AccessRow[]): Generator<string> {
  const counts = tallyAccess(rows);
  yield `Access: ${answerOf(counts)}\n`;
  const { same, narrower, wider, undecided, accepted } = counts.transport;
  const rest = accepted === 0 ? '' : `, ${accepted} accepted`;
  yield `Transport: ${same} same, ${narrower} narrower, ${wider} wider, ${undecided} undecided${rest}.\n`;
}

/** 1 where access widens and nobody accepted it, or where it is not known whether it does; what is refused now the findings say. */
export const accessExitCode = (rows: readonly AccessRow[]): 0 | 1 =>
  rows.some(({ verdict, accepted }) => accepted === undefined && (verdict === 'wider' || verdict === 'undecided'))
    ? 1
    : 0;
