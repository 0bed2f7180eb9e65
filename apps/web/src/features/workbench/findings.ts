import type { PlacedDiagnostic } from '@isthmus/contract';
import type { SourceText } from './source-text.ts';

/** A finding in the order of the list; `line` is that of the joined text, absent where its document is not shown. */
export interface ListedFinding {
  /** Index into the workbench's `findings`. */
  readonly index: number;
  readonly finding: PlacedDiagnostic;
  readonly line?: number;
}

/** The findings to look at: those that nobody accepted, the one that is open, and the accepted ones where they are asked for. */
export const shownFindings = (
  findings: readonly ListedFinding[],
  { isAcceptedShown, open }: { readonly isAcceptedShown: boolean; readonly open: number | undefined },
): readonly ListedFinding[] =>
  findings.filter(
    ({ index, finding }) => isAcceptedShown || index === open || finding.diagnostic.accepted === undefined,
  );

const rank = { blocker: 0, warning: 1, info: 2 };

/** Orders findings as their lines stand in the left pane; what has no line there comes last. */
export function listFindings(findings: readonly PlacedDiagnostic[], source: SourceText): ListedFinding[] {
  const sections = new Map(source.sections.map((section) => [section.document, section]));
  const listed = findings.map((finding, index): ListedFinding => {
    const section = finding.document === undefined ? undefined : sections.get(finding.document);
    if (section === undefined) return { index, finding };
    const line = section.heading + (finding.diagnostic.line ?? 0);
    return { index, finding, line: Math.min(Math.max(line, section.heading), section.lastLine) };
  });
  const lineOf = ({ line }: ListedFinding): number => line ?? Number.POSITIVE_INFINITY;
  const severityOf = ({ finding }: ListedFinding): number => rank[finding.diagnostic.severity];
  return listed.sort((a, b) =>
    lineOf(a) === lineOf(b) ? severityOf(a) - severityOf(b) || a.index - b.index : lineOf(a) - lineOf(b),
  );
}

/** Position in the list of the first finding on a line; else of the next one below; else of the last. -1 of none. */
export function nearest(list: readonly ListedFinding[], line: number): number {
  if (list.length === 0) return -1;
  const below = list.findIndex((entry) => (entry.line ?? Number.POSITIVE_INFINITY) >= line);
  return below === -1 ? list.length - 1 : below;
}

/**
 * The finding that `n` or `p` goes to: from the open one to its neighbour; from a line to the first one at or below it, or
 * the last one above it. Goes round at the ends. -1 of none.
 */
export function step(
  list: readonly ListedFinding[],
  from: { readonly open?: number | undefined; readonly line: number },
  direction: 1 | -1,
): number {
  const count = list.length;
  if (count === 0) return -1;
  if (from.open !== undefined) return (from.open + direction + count) % count;
  const below = list.findIndex(({ line }) => line === undefined || line >= from.line);
  if (direction === 1) return below === -1 ? 0 : below;
  const above = (below === -1 ? count : below) - 1;
  return above < 0 ? count - 1 : above;
}
