import { useEffect, useReducer, useRef } from 'react';
import type { CodeEditor } from '../../editor/code-pane.tsx';
import classes from './bench.module.css';
import { connectAll, type Extent } from './connections.ts';
import type { LinkedField } from './links.ts';

const lineHeight = 20;
const width = 56;
// More lines than this between two panes tell nobody anything.
const most = 60;

interface Lines {
  readonly line: number;
  readonly endLine: number;
}

/** Where lines stand, seen from the gutter: the panes may begin at different heights. */
function extentOf(editor: CodeEditor, top: number, { line, endLine }: Lines): Extent {
  const begin = (editor.getDomNode()?.getBoundingClientRect().top ?? top) - top;
  const scrolled = editor.getScrollTop() - begin;
  return {
    top: editor.getTopForLineNumber(line) - scrolled,
    bottom: editor.getTopForLineNumber(endLine) + lineHeight - scrolled,
  };
}

interface Pair {
  readonly from: Lines;
  readonly to: Lines;
}

interface StrandProps {
  readonly pairs: readonly Pair[];
  readonly before: CodeEditor;
  readonly after: CodeEditor;
  /** Of the gutter on the screen. */
  readonly top: number;
  readonly height: number;
  readonly strength: 'strong' | 'light' | 'decided';
}

/** The fields with their counterparts in the open tab. */
const pairsOf = (fields: readonly LinkedField[], tab: number): Pair[] =>
  fields.flatMap(({ span, counterparts }) =>
    counterparts
      .filter(({ document }) => document === tab)
      .map((counterpart) => ({ from: span, to: counterpart.span })),
  );

function Strand({ pairs, before, after, top, height, strength }: StrandProps) {
  const extents = pairs.map(({ from, to }) => ({
    from: extentOf(before, top, from),
    to: extentOf(after, top, to),
  }));
  const { connections, omitted } = connectAll(extents, { width, height }, most);
  return (
    <g className={classes[strength]}>
      {connections.map(({ path, fromY, toY, from, to }) => (
        <g key={path}>
          <path className={from === 'seen' && to === 'seen' ? classes.line : classes.lineAway} d={path} />
          <circle className={from === 'seen' ? classes.fromEnd : classes.fromEndAway} cx={3} cy={fromY} r={3} />
          <circle className={to === 'seen' ? classes.toEnd : classes.toEndAway} cx={width - 3} cy={toY} r={3} />
        </g>
      ))}
      {omitted > 0 && (
        <text x={width / 2} y={height - 6} className={classes.omitted}>
          +{omitted}
        </text>
      )}
    </g>
  );
}

export interface GutterProps {
  readonly before: CodeEditor | undefined;
  readonly after: CodeEditor | undefined;
  readonly tab: number;
  readonly selected: readonly LinkedField[];
  readonly hovered: readonly LinkedField[];
  /** The rules that decided a simulated request, where both are shown. */
  readonly decided: readonly [from: Lines, to: Lines] | undefined;
}

/**
 * The space between the panes: lines from the fields at the cursor to their counterparts, lighter ones for the fields
 * under the pointer. They follow scrolling. What they say stands as text in the field bar, so that they are decoration.
 */
export function Gutter({ before, after, tab, selected, hovered, decided }: GutterProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const frame = useRef(0);
  useEffect(() => {
    const later = (): void => {
      cancelAnimationFrame(frame.current);
      frame.current = requestAnimationFrame(redraw);
    };
    const watched = [before, after].flatMap((editor) =>
      editor === undefined
        ? []
        : [
            editor.onDidScrollChange(later),
            editor.onDidLayoutChange(later),
            editor.onDidChangeHiddenAreas(later),
            editor.onDidChangeModelContent(later),
          ],
    );
    later();
    return () => {
      cancelAnimationFrame(frame.current);
      for (const one of watched) one.dispose();
    };
  }, [before, after]);
  if (before === undefined || after === undefined) return <div className={classes.gutter} />;
  const height = before.getLayoutInfo().height;
  const top = before.getDomNode()?.getBoundingClientRect().top ?? 0;
  const shared = { before, after, top, height };
  return (
    <div className={classes.gutter}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {decided !== undefined && (
          <Strand {...shared} pairs={[{ from: decided[0], to: decided[1] }]} strength="decided" />
        )}
        <Strand {...shared} pairs={pairsOf(hovered, tab)} strength="light" />
        <Strand {...shared} pairs={pairsOf(selected, tab)} strength="strong" />
      </svg>
    </div>
  );
}
