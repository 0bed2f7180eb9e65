import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Place } from './board.ts';

/** Lets cards be dropped on an element that stands for a place on the board; says whether one is held over it. */
export function useDropTarget<E extends HTMLElement>(place: Place): readonly [RefObject<E | null>, boolean] {
  const element = useRef<E>(null);
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
  return [element, isOver];
}
