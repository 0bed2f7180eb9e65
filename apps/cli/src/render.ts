import type { Report } from '@isthmus/bundle';
import { type Diagnostic, findCode, type Severity } from '@isthmus/diagnostics';

export const marks: Readonly<Record<Severity, string>> = { blocker: '✕', warning: '◐', info: '○' };
export const colours: Readonly<Record<Severity, number>> = { blocker: 31, warning: 33, info: 90 };

/** Whether to write colours to a stream: only to terminals, and not where NO_COLOR is set (no-color.org). */
export const wantsColour = (stream: { isTTY?: boolean }): boolean =>
  stream.isTTY === true && (process.env.NO_COLOR ?? '') === '';

/** Text from a manifest may hold control characters that would move a terminal's cursor or change its colours. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** A text in a colour (the number of an ANSI SGR code), where colours are wanted. */
export const paint = (text: string, colour: number, wanted: boolean): string =>
  wanted ? `\u001b[${colour}m${text}\u001b[0m` : text;

function placeOf({ file, line, column, path }: Diagnostic): string {
  if (file === undefined) return '';
  const position = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  return printable(`${file}${position}${path === undefined ? '' : ` ${path}`}`);
}

// More of one kind than this is a matter for the report; a terminal would only scroll.
const mostOfCode = 5;
const order: readonly Severity[] = ['info', 'warning', 'blocker'];

function* renderCode(list: readonly Diagnostic[], colour: boolean, all: boolean): Generator<string> {
  const [first] = list;
  if (first === undefined) return;
  const { severity, code } = first;
  const title = findCode(code)?.title ?? '';
  const count = list.length === 1 ? '' : ` (${list.length})`;
  yield `${paint(`${marks[severity]} ${severity} ${code}`, colours[severity], colour)} ${title}${count}\n`;
  const shown = all ? list : list.slice(0, mostOfCode);
  for (const [index, one] of shown.entries()) {
    const next = shown[index + 1];
    const place = placeOf(one);
    if (place !== '') yield `  ${paint(place, 1, colour)}\n`;
    // What is the same of several is said once, after the last that it is about.
    if (one.message !== next?.message) yield `    ${printable(one.message)}\n`;
    if (one.help !== next?.help) yield `  → ${printable(one.help)}\n`;
  }
  if (shown.length < list.length)
    yield `  … ${list.length - shown.length} more: --verbose lists all, and so does the report.\n`;
  yield '\n';
}

/** Findings by code, in pieces of text; those that block come last, where a terminal shows them. */
export function* renderFindings(
  diagnostics: readonly Diagnostic[],
  { colour, all }: { readonly colour: boolean; readonly all: boolean },
): Generator<string> {
  for (const severity of order) {
    const byCode = Map.groupBy(
      diagnostics.filter((one) => one.severity === severity),
      ({ code }) => code,
    );
    for (const code of [...byCode.keys()].sort()) yield* renderCode(byCode.get(code) ?? [], colour, all);
  }
}

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** What came of a translation, in a few lines. */
export function renderSummary({ summary, target }: Report): string {
  const { outcomes, diagnostics } = summary;
  return [
    `Read ${counted(summary.documents, 'document')} in ${counted(summary.files, 'file')}: ${counted(summary.istioResources, 'Istio resource')}, ${counted(summary.contextResources, 'other')} kept, ${summary.skipped} left out.`,
    `${counted(summary.fields, 'field')}: ${outcomes.exact} exact, ${outcomes.approximate} approximate, ${outcomes.unsupported} unsupported, ${outcomes.inert} inert, ${outcomes.untranslated} not translated yet.`,
    `Kong Mesh ${target}: ${counted(summary.resources, 'resource')}, ${counted(summary.patches, 'patch', 'patches')}, ${counted(summary.drafts, 'draft')}.`,
    `${counted(diagnostics.blocker, 'blocker')}, ${counted(diagnostics.warning, 'warning')}, ${counted(diagnostics.info, 'info')}.`,
  ].join('\n');
}
