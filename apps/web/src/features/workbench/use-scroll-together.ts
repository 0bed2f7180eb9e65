import { useEffect, useMemo, useRef } from 'react';
import type { CodeEditor } from '../../editor/code-pane.tsx';
import { alignedLine, orderAnchors } from './alignment.ts';
import type { LinkIndex, Place } from './links.ts';

type Side = Place['side'];

const lineHeight = 20;

/** Scrolls a pane so that what belongs beside the other pane's upper third stands there. */
function scrollBeside(from: CodeEditor, to: CodeEditor, aligned: (line: number) => number | undefined): void {
  const eye = from.getLayoutInfo().height / 3;
  const lines = from.getModel()?.getLineCount() ?? 0;
  const looked = from.getScrollTop() + eye;
  let low = 1;
  let high = lines;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (from.getTopForLineNumber(middle) <= looked) low = middle;
    else high = middle - 1;
  }
  const height = from.getTopForLineNumber(Math.min(low + 1, lines)) - from.getTopForLineNumber(low) || lineHeight;
  const wanted = aligned(low + (looked - from.getTopForLineNumber(low)) / height);
  if (wanted === undefined) return;
  const last = to.getModel()?.getLineCount() ?? 1;
  const whole = Math.min(Math.max(Math.floor(wanted), 1), last);
  to.setScrollTop(Math.max(to.getTopForLineNumber(whole) + (wanted - whole) * lineHeight - eye, 0));
}

interface Options {
  readonly before: CodeEditor | undefined;
  readonly after: CodeEditor | undefined;
  readonly links: LinkIndex;
  readonly tab: number;
  readonly isOn: boolean;
}

/**
 * While a person scrolls one pane the other one follows, so that what belongs together stands side by side.
 * Returns handlers for the panes, by which they say that somebody is at work in them: what the program scrolls leads nobody.
 */
export function useScrollTogether({ before, after, links, tab, isOn }: Options) {
  const leader = useRef<Side>(undefined);
  const anchors = useMemo(
    () =>
      orderAnchors(
        links.fields.flatMap(({ span, counterparts }) =>
          counterparts
            .filter(({ document }) => document === tab)
            .map((counterpart) => ({ before: span.line, after: counterpart.span.line })),
        ),
      ),
    [links, tab],
  );
  useEffect(() => {
    if (before === undefined || after === undefined || !isOn) return;
    const follow = (side: Side) => (): void => {
      if (leader.current !== side) return;
      const [from, to] = side === 'before' ? [before, after] : [after, before];
      scrollBeside(from, to, (line) => alignedLine(anchors, side, line));
    };
    const watched = [before.onDidScrollChange(follow('before')), after.onDidScrollChange(follow('after'))];
    return () => {
      for (const one of watched) one.dispose();
    };
  }, [before, after, anchors, isOn]);
  return (side: Side) => {
    const lead = (): void => {
      leader.current = side;
    };
    return { onPointerMove: lead, onWheelCapture: lead, onKeyDownCapture: lead };
  };
}
