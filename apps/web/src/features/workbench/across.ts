import type { Span } from '@isthmus/contract';
import type { CodeEditor } from '../../editor/code-pane.tsx';
import type { LinkedField, Place, Selection } from './links.ts';

/** The tab that shows what a selection became: the open one if it can, else the first that does. */
export function tabFor({ fields }: Selection, open: number): number {
  const documents = fields.flatMap(({ counterparts }) => counterparts.map(({ document }) => document));
  return documents.length === 0 || documents.includes(open) ? open : (documents[0] as number);
}

/** Where fields of one side stand on the other one, in the open tab. */
export const spansAcross = (fields: readonly LinkedField[], from: Place['side'], tab: number): readonly Span[] =>
  from === 'after'
    ? fields.map(({ span }) => span)
    : fields.flatMap(({ counterparts }) =>
        counterparts.filter(({ document }) => document === tab).map(({ span }) => span),
      );

/** Scrolls the first of some spans into view. */
export function reveal(editor: CodeEditor | undefined, spans: readonly Span[]): void {
  const [first] = spans.toSorted((a, b) => a.line - b.line);
  if (editor === undefined || first === undefined) return;
  editor.revealRangeInCenterIfOutsideViewport({
    startLineNumber: first.line,
    startColumn: 1,
    endLineNumber: first.endLine,
    endColumn: 1,
  });
}
