import classes from './board.module.css';
import type { Place } from './board.ts';
import { useDropTarget } from './drop-target.ts';

/** Where a card that is dropped begins a wave of its own. */
export function Gap({ place, isLast = false }: { place: Place; isLast?: boolean }) {
  const [element, isOver] = useDropTarget<HTMLDivElement>(place);
  return (
    <div ref={element} className={classes.gap} data-over={isOver || undefined} data-last={isLast || undefined}>
      {isLast && <span>New wave</span>}
    </div>
  );
}
