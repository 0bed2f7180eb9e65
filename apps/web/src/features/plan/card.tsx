import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { memo, useEffect, useRef, useState } from 'react';
import { whole } from '../../text/format.ts';
import { OutcomeMark } from '../../ui/status.tsx';
import classes from './board.module.css';
import type { Card } from './board.ts';

const mostNamed = 4;

/** A service, or several that move together; what is dragged. */
export const CardView = memo(function CardView(props: {
  card: Card;
  place: string;
  isActive: boolean;
  isHeld: boolean;
  pin: number | undefined;
  violations: readonly string[];
  onActive: (id: string) => void;
}) {
  const { card, place, isActive, isHeld, pin, violations, onActive } = props;
  const { id, services } = card;
  const element = useRef<HTMLButtonElement>(null);
  const [isDragged, setDragged] = useState(false);
  const latest = useRef(services);
  latest.current = services;
  useEffect(() => {
    if (element.current === null) return;
    return draggable({
      element: element.current,
      getInitialData: () => ({ services: [...latest.current] }),
      onDragStart: () => setDragged(true),
      onDrop: () => setDragged(false),
    });
  }, []);
  return (
    <li>
      <button
        ref={element}
        type="button"
        className={classes.card}
        data-card={id}
        data-held={isHeld || undefined}
        data-dragged={isDragged || undefined}
        data-active={isActive || undefined}
        tabIndex={isActive ? 0 : -1}
        aria-describedby="board-keys"
        title={violations.length === 0 ? undefined : violations.join('\n')}
        onClick={() => onActive(id)}
        onFocus={() => onActive(id)}
      >
        {services.slice(0, mostNamed).map((service) => {
          const slash = service.indexOf('/');
          return (
            <span key={service} className={classes.name}>
              <span className="muted">{service.slice(0, slash + 1)}</span>
              {service.slice(slash + 1)}
            </span>
          );
        })}
        {services.length > mostNamed && (
          <span className={classes.name}>and {whole(services.length - mostNamed)} more</span>
        )}
        <span className="unseen">, {place}</span>
        {(services.length > 1 || pin !== undefined || violations.length > 0) && (
          <span className={classes.marks}>
            {services.length > 1 && <span>together</span>}
            {pin !== undefined && <span>pinned to {pin}</span>}
            {violations.length > 0 && (
              <span className={classes.violation}>
                <OutcomeMark outcome="approximate" />
                {violations.length === 1 ? 'a constraint' : `${violations.length} constraints`}
                <span className="unseen"> not kept: {violations.join(' ')}</span>
              </span>
            )}
          </span>
        )}
      </button>
    </li>
  );
});
