import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLooseSearch } from '../../ui/use-search.ts';
import classes from './board.module.css';
import { type Card, cardsOf, type Place, stepped, waveNumbers } from './board.ts';
import { Column } from './column.tsx';
import { type Draft, draftOf, setDraft } from './draft.ts';
import { Gap } from './gap.tsx';
import type { PlanState } from './use-plan.ts';

/** A card that the keyboard has picked up, and the draft that Escape goes back to. */
interface Held {
  readonly card: Card;
  readonly before: Draft | undefined;
}

/** Waves as columns: cards are dragged with the mouse, or picked up with Space and moved with the arrows. */
export function BoardView(props: {
  migration: string;
  state: PlanState;
  /** Services whose names match what is looked for; all where undefined. */
  matching: ReadonlySet<string> | undefined;
  onDetails: () => void;
}) {
  const { migration, state, matching, onDetails } = props;
  const { plan, draft, settings, waves, assessed, isOld, move, edit } = state;
  const [at, setAt] = useLooseSearch('at');
  const [held, setHeld] = useState<Held>();
  const [said, say] = useState('');
  const root = useRef<HTMLDivElement>(null);
  const wanted = useRef<string>(undefined);

  const groupOf = useMemo(
    () =>
      new Map(
        plan.waves.flatMap(({ groups }) =>
          groups.flatMap(({ services }) => services.map((id) => [id, services[0] as string] as const)),
        ),
      ),
    [plan],
  );
  const columns = useMemo(
    () =>
      [...waves, settings.excluded].map((services) =>
        cardsOf(matching === undefined ? services : services.filter((id) => matching.has(id)), groupOf),
      ),
    [waves, settings.excluded, groupOf, matching],
  );
  const violated = useMemo(() => {
    const found = new Map<string, string[]>();
    for (const { services, reason } of assessed?.unkept ?? [])
      for (const id of services) found.set(id, [...(found.get(id) ?? []), reason]);
    return found;
  }, [assessed]);
  const cardOf = (id: string): Card | undefined => columns.flat().find(({ services }) => services.includes(id));
  const active = cardOf(at)?.id ?? columns.find((cards) => cards.length > 0)?.[0]?.id;

  // A card that moves is drawn anew in its new column: the focus follows it.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    root.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(wanted.current)}"]`)?.focus();
    wanted.current = undefined;
  });

  const latest = useRef(move);
  latest.current = move;
  useEffect(
    () =>
      monitorForElements({
        canMonitor: ({ source }) => Array.isArray(source.data.services),
        onDrop: ({ source, location }) => {
          const place = location.current.dropTargets[0]?.data.place as Place | undefined;
          if (place !== undefined) latest.current(source.data.services as string[], place);
        },
      }),
    [],
  );

  const words = (place: number): string =>
    place > waves.length ? 'stays in Istio' : `wave ${place} of ${waves.length}`;
  const shift = (card: Card, direction: 1 | -1): void => {
    const here = waveNumbers(waves).get(card.services[0] as string);
    const isAlone = here !== undefined && waves[here - 1]?.length === card.services.length;
    const last = waves.length;
    let next: Place | undefined;
    if (here === undefined) next = direction === -1 ? { wave: Math.max(1, last) } : undefined;
    else if (direction === -1) next = here > 1 ? { wave: here - 1 } : undefined;
    else next = here < last ? { wave: here + 1 } : isAlone ? 'stays' : { wave: last + 1 };
    if (next === undefined) {
      say(here === undefined ? 'It stays in Istio: there is nothing behind.' : 'It is in the first wave.');
      return;
    }
    wanted.current = card.id;
    move(card.services, next);
    say(next === 'stays' ? `${card.id} stays in Istio.` : `${card.id} in wave ${(next as { wave: number }).wave}.`);
  };
  const pressedHeld = (key: string, { card, before }: Held): boolean => {
    if (key === 'ArrowLeft') shift(card, -1);
    else if (key === 'ArrowRight') shift(card, 1);
    else if (key === 'Enter' || key === ' ') {
      setHeld(undefined);
      const number = waveNumbers(waves).get(card.services[0] as string) ?? waves.length + 1;
      say(`${card.id} put down: ${words(number)}.`);
    } else if (key === 'Escape') {
      setHeld(undefined);
      wanted.current = card.id;
      setDraft(migration, before);
      say(`${card.id} is back where it was.`);
    } else return key === 'ArrowUp' || key === 'ArrowDown';
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = (target as HTMLElement).dataset.card;
    if (id === undefined) return;
    const card = cardOf(id);
    if (card === undefined) return;
    if (held !== undefined) {
      if (!pressedHeld(key, held)) return;
    } else if (key === ' ') {
      setHeld({ card, before: draftOf(migration) });
      say(
        `${id} picked up. Left and right move it from wave to wave, Enter puts it down, Escape takes it back where it was.`,
      );
    } else if (key === 'Enter') onDetails();
    else {
      const next = stepped(columns, id, key);
      if (next === undefined) return;
      setAt(next);
      root.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(next)}"]`)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const isFiltered = matching !== undefined;
  const pinned = settings.pinned;
  return (
    <>
      <p className={classes.hint} id="board-keys">
        Drag services between waves, or with the keys: arrows go through them, Space picks one up, left and right move
        it, Enter puts it down, Escape takes it back.
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it takes the keys of the cards within */}
      <div
        ref={root}
        className={classes.board}
        onKeyDown={onKeyDown}
        aria-busy={isOld}
        data-held={held !== undefined || undefined}
      >
        {waves.map((services, index) => {
          const number = index + 1;
          const crossing = assessed?.waves[index]?.crossing;
          const before = plan.waves[index]?.crossing.total;
          return (
            <div key={number} className={classes.slot}>
              <Gap place={{ before: number }} />
              <Column
                migration={migration}
                title={`Wave ${number}`}
                place={{ wave: number }}
                wave={number}
                forms={draft === undefined ? plan.forms : undefined}
                hasRunbook={plan.clusters.length === 0}
                services={services.length}
                cards={columns[index] ?? []}
                isFiltered={isFiltered}
                namespaces={assessed?.waves[index]?.namespaces.length ?? 0}
                crossing={crossing && crossing.toKong + crossing.toIstio}
                crossingBefore={draft === undefined ? undefined : before}
                day={assessed?.waves[index]?.day}
                active={active}
                held={held?.card.id}
                pinned={pinned}
                violated={violated}
                onActive={setAt}
              />
            </div>
          );
        })}
        <div className={classes.slot}>
          <Gap place={{ before: waves.length + 1 }} isLast />
          <Column
            migration={migration}
            title="Stays in Istio"
            place="stays"
            services={settings.excluded.length}
            cards={columns[waves.length] ?? []}
            isFiltered={isFiltered}
            namespaces={0}
            active={active}
            held={held?.card.id}
            pinned={pinned}
            violated={violated}
            onActive={setAt}
          />
        </div>
      </div>
      <p className="unseen" role="status">
        {said}
      </p>
      {settings.arrangement !== null && (
        <p className={classes.arranged}>
          These waves are arranged by hand, not planned.{' '}
          <button type="button" className={classes.link} onClick={() => edit({ arrangement: null })}>
            Plan them anew
          </button>
        </p>
      )}
    </>
  );
}
