import { type CheckReport, type ReportedCheck, type ReportedFinding, sentenceOf } from '@isthmus/preflight';
import { colours, marks, paint, printable } from './render.ts';

const exact = { mark: '●', colour: 32 };

function placeOf({ file, line, column, path, resource }: ReportedFinding): string {
  const name = `${resource.kind} ${resource.namespace === '' ? '' : `${resource.namespace}/`}${resource.name}`;
  if (file === undefined) return `${name} (emitted) ${path ?? ''}`.trimEnd();
  const position = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  return `${file}${position}${path === undefined ? ` ${name}` : ` ${path}`}`;
}

const amounts = ({ examined }: ReportedCheck): string =>
  examined.map(({ count, what }) => `${count} ${what}`).join(', ');

// More findings of one check are a matter for the report; a terminal would only scroll.
const mostFindings = 5;
const order = ['info', 'warning', 'blocker'] as const;

function* renderFailed(check: ReportedCheck, colour: boolean, all: boolean): Generator<string> {
  const { severity, code, title, findings, effect, help, component } = check;
  const count = findings.length === 1 ? '' : ` (${findings.length})`;
  yield `${paint(`${marks[severity]} ${severity} ${code}`, colours[severity], colour)} ${title}${count}\n`;
  const shown = all ? findings : findings.slice(0, mostFindings);
  for (const finding of shown) {
    const worse = finding.severity === severity ? '' : ` (${finding.severity})`;
    yield `  ${paint(printable(placeOf(finding)), 1, colour)}${worse}\n`;
    yield `    ${printable(finding.found)}\n`;
  }
  if (shown.length < findings.length)
    yield `  … ${findings.length - shown.length} more: --verbose lists all, and so does the report.\n`;
  yield `  ${effect}\n  → ${help}\n`;
  if (component !== undefined)
    yield all
      ? `\n${component.replace(/^(?=.)/gm, '    ')}`
      : '  → A patch settles it: --verbose shows it, and so does the report.\n';
  yield '\n';
}

/**
 * Results in pieces of text: those that failed, the worst last, where a terminal shows them; then the answer in a sentence.
 * With `all` also those that passed and were skipped, with what was examined, and patches.
 */
export function* renderChecks(
  { checks, summary }: CheckReport,
  { colour, all }: { readonly colour: boolean; readonly all: boolean },
): Generator<string> {
  if (all) {
    for (const check of checks)
      if (check.state === 'skipped')
        yield `${paint(`${marks.info} skipped ${check.code}`, colours.info, colour)} ${check.title}: ${check.reason}\n`;
    for (const check of checks)
      if (check.state === 'passed')
        yield `${paint(`${exact.mark} passed ${check.code}`, exact.colour, colour)} ${check.title} (examined ${amounts(check)})\n`;
    yield '\n';
  }
  for (const severity of order)
    for (const check of checks)
      if (check.state === 'failed' && check.severity === severity) yield* renderFailed(check, colour, all);
  yield `${sentenceOf(summary)}\n`;
}
