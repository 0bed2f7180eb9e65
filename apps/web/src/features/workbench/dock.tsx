import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { dockRange, type List } from './address.ts';
import classes from './bench.module.css';

export interface DockProps {
  /** Percent of the height; 0: only the head is shown. */
  readonly height: number;
  /** Which of them is shown. */
  readonly list: List;
  readonly head: ReactNode;
  readonly children: ReactNode;
  /** `isDone` once the size is settled, and not while it is being dragged. */
  readonly onResize: (height: number) => void;
}

const step = 4;

const within = (height: number): number => Math.round(Math.min(Math.max(height, dockRange.least), dockRange.most));

/** What stands under the panes: of a height that a person chooses, by dragging or with the arrow keys. */
export function Dock({ height, list, head, children, onResize }: DockProps) {
  const dock = useRef<HTMLElement>(null);
  const drag = (event: PointerEvent): void => {
    const bench = dock.current?.parentElement?.getBoundingClientRect();
    if (bench === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(within(((bench.bottom - event.clientY) / bench.height) * 100));
  };
  const pressed = (event: KeyboardEvent): void => {
    const next = {
      ArrowUp: height + step,
      ArrowDown: height - step,
      Home: dockRange.most,
      End: dockRange.least,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onResize(within(next));
  };
  return (
    <section
      ref={dock}
      className={classes.lists}
      aria-label="Findings, fields without a counterpart, and the simulator"
      data-list={list}
      data-folded={height === 0 || undefined}
      style={{ '--dock': `${height}%` } as React.CSSProperties}
    >
      {height > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a rule between two parts that can be moved is a separator, not a break of a text
        <div
          className={classes.splitter}
          role="separator"
          aria-orientation="horizontal"
          aria-label="Height of what stands under the panes, in percent"
          aria-valuenow={height}
          aria-valuemin={dockRange.least}
          aria-valuemax={dockRange.most}
          tabIndex={0}
          onKeyDown={pressed}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={drag}
        />
      )}
      {head}
      {height > 0 && children}
    </section>
  );
}
