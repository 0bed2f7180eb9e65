import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useRef, useState } from 'react';
import classes from './board.module.css';
import type { Place } from './board.ts';

/** Where a card that is dropped begins a wave of its own. */
export function Gap({ place, isLast = false }: { place: Place; isLast?: boolean }) {
  const element = useRef<HTMLDivElement>(null);
  const [isOver, setOver] = useState(false);
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    if (element.current === null) return;
    return dropTargetForElements({
      element: element.current,
      getData: () => ({ place: latest.current }),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
  }, []);
  return (
    <div ref={element} className={classes.gap} data-over={isOver || undefined} data-last={isLast || undefined}>
      {isLast && <span>New wave</span>}
    </div>
  );
}
