import type { Report } from '@isthmus/bundle';
import type { Diagnostic, Severity } from '@isthmus/diagnostics';

const marks: Readonly<Record<Severity, string>> = { blocker: '✕', warning: '◐', info: '○' };
const colours: Readonly<Record<Severity, number>> = { blocker: 31, warning: 33, info: 90 };

/** Whether to write colours to a stream: only to terminals, and not where NO_COLOR is set (no-color.org). */
export const wantsColour = (stream: { isTTY?: boolean }): boolean =>
  stream.isTTY === true && (process.env.NO_COLOR ?? '') === '';

// Text from a manifest may hold control characters that would move a terminal's cursor or change its colours.
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** One finding as three lines: place and code, message, help. */
export function renderDiagnostic(diagnostic: Diagnostic, colour: boolean): string {
  const { severity, code, file, line, column, path, message, help } = diagnostic;
  const mark = `${marks[severity]} ${severity} ${code}`;
  const place =
    file === undefined
      ? ''
      : ` ${file}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}`;
  const head = colour ? `\u001b[${colours[severity]}m${mark}\u001b[0m` : mark;
  return `${head}${printable(place)}${path === undefined ? '' : ` ${printable(path)}`}\n  ${printable(message)}\n  ${printable(help)}`;
}

/** What came of a translation, in a few lines. */
export function renderSummary({ summary, target }: Report): string {
  const { outcomes, diagnostics } = summary;
  return [
    `Read ${summary.documents} documents in ${summary.files} files: ${summary.istioResources} Istio resources, ${summary.contextResources} others kept, ${summary.skipped} left out.`,
    `Fields ${summary.fields}: ${outcomes.exact} exact, ${outcomes.approximate} approximate, ${outcomes.unsupported} unsupported, ${outcomes.inert} inert, ${outcomes.untranslated} not translated yet.`,
    `Kong Mesh ${target}: ${summary.resources} resources, ${summary.patches} patches, ${summary.drafts} drafts.`,
    `Findings: ${diagnostics.blocker} blockers, ${diagnostics.warning} warnings, ${diagnostics.info} infos.`,
  ].join('\n');
}
