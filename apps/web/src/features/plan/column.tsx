import type { ResourceForm, WaveDay } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { addressOf } from '../../api/client.ts';
import { count, whole } from '../../text/format.ts';
import { formQuery } from '../../ui/form-choice.tsx';
import { Menu } from '../../ui/menu.tsx';
import classes from './board.module.css';
import type { Card, Place } from './board.ts';
import { CardView } from './card.tsx';
import { fetchFile } from './download.ts';
import { useDropTarget } from './drop-target.ts';

const mostCards = 60;

export interface ColumnProps {
  readonly migration: string;
  readonly title: string;
  readonly place: Place;
  /** Absent of services that stay. */
  readonly wave?: number;
  /** The forms of its runbook and its bundle; absent where it is not as everybody sees it. */
  readonly forms?: readonly ResourceForm[] | undefined;
  /** Whether it has one runbook: of several clusters each has its own, in the bundle. */
  readonly hasRunbook?: boolean;
  readonly services: number;
  readonly cards: readonly Card[];
  readonly isFiltered: boolean;
  readonly namespaces: number;
  readonly crossing?: number | undefined;
  /** What crosses as it is kept, where that may be another number. */
  readonly crossingBefore?: number | undefined;
  readonly day?: WaveDay | undefined;
  readonly active: string | undefined;
  readonly held: string | undefined;
  readonly pinned: Readonly<Record<string, number>>;
  readonly violated: ReadonlyMap<string, readonly string[]>;
  readonly onActive: (id: string) => void;
}

function Downloads(props: { migration: string; wave: number; forms: readonly ResourceForm[]; hasRunbook: boolean }) {
  const { migration, wave, forms, hasRunbook } = props;
  const params = { id: migration, wave: String(wave) };
  const runbook = (format: 'md' | 'html', form: ResourceForm) => () =>
    fetchFile(addressOf('GET /migrations/:id/plan/waves/:wave/runbook', params, { format, ...formQuery(form) }));
  const bundle = (format: 'zip' | 'tar.gz', form: ResourceForm) => () =>
    fetchFile(addressOf('GET /migrations/:id/plan/bundle', { id: migration }, { format, wave, ...formQuery(form) }));
  return (
    <Menu
      label={`Downloads of wave ${wave}`}
      isAtEnd
      groups={[
        {
          title: `Wave ${wave}`,
          items: [
            ...(hasRunbook
              ? [
                  { label: 'Runbook as a page', onChoose: runbook('html', 'kubernetes') },
                  { label: 'Runbook as Markdown', onChoose: runbook('md', 'kubernetes') },
                ]
              : []),
            { label: 'Bundle as .tar.gz', onChoose: bundle('tar.gz', 'kubernetes') },
            { label: 'Bundle as .zip', onChoose: bundle('zip', 'kubernetes') },
          ],
        },
        ...(forms.includes('universal')
          ? [
              {
                title: 'Universal form',
                // The board has no room for more; the bundle holds the runbook as Markdown too.
                items: [
                  ...(hasRunbook ? [{ label: 'Runbook for kumactl', onChoose: runbook('html', 'universal') }] : []),
                  { label: 'Bundle for kumactl', onChoose: bundle('tar.gz', 'universal') },
                ],
              },
            ]
          : []),
      ]}
    >
      ↓
    </Menu>
  );
}

function Delta({ before, now }: { before: number | undefined; now: number }) {
  if (before === undefined || before === now) return null;
  const more = now - before;
  return <strong className={classes.delta}>{more > 0 ? `+${whole(more)}` : `−${whole(-more)}`}</strong>;
}

/** One wave: what it moves, what crosses once it has moved, and its services as cards. */
export function Column(props: ColumnProps) {
  const {
    migration,
    title,
    place,
    wave,
    forms,
    hasRunbook = false,
    services,
    cards,
    isFiltered,
    namespaces,
    day,
  } = props;
  const { crossing, crossingBefore, active, held, pinned, violated, onActive } = props;
  const heading = useId();
  const [element, isOver] = useDropTarget<HTMLElement>(place);
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? cards : cards.slice(0, mostCards);
  return (
    <section ref={element} className={classes.column} aria-labelledby={heading} data-over={isOver || undefined}>
      <header className={classes.head}>
        <div className={classes.titleLine}>
          <h2 id={heading}>{title}</h2>
          {day !== undefined && (
            <span
              className={classes.day}
              title={day.behind.map(({ reason }) => `Behind the freeze: ${reason}`).join('; ')}
            >
              {day.day}
              {day.behind.length > 0 && ' *'}
            </span>
          )}
          {wave !== undefined && forms !== undefined && services > 0 && (
            <Downloads migration={migration} wave={wave} forms={forms} hasRunbook={hasRunbook} />
          )}
        </div>
        <p className={classes.facts}>
          {count(services, 'service')}
          {namespaces > 1 && ` of ${namespaces} namespaces`}
        </p>
        {wave !== undefined && crossing !== undefined && (
          <p className={classes.facts}>
            {crossing === 0 ? (
              'nothing crosses after it'
            ) : (
              <Link
                to="/migrations/$id/plan"
                params={{ id: migration }}
                search={{ view: 'calls', after: String(wave) } as never}
              >
                {count(crossing, 'call crosses', 'calls cross')} after it
              </Link>
            )}{' '}
            <Delta before={crossingBefore} now={crossing} />
          </p>
        )}
      </header>
      <ul className={classes.cards} aria-labelledby={heading}>
        {shown.map((card) => (
          <CardView
            key={card.id}
            card={card}
            place={title}
            isActive={card.id === active}
            isHeld={card.id === held}
            pin={card.services.map((id) => pinned[id]).find((number) => number !== undefined)}
            violations={card.services.flatMap((id) => violated.get(id) ?? [])}
            onActive={onActive}
          />
        ))}
      </ul>
      {cards.length === 0 && <p className={classes.none}>{isFiltered ? 'none matches' : 'empty'}</p>}
      {cards.length > shown.length && (
        <button type="button" className={classes.link} onClick={() => setWhole(true)}>
          Show {whole(cards.length - shown.length)} more
        </button>
      )}
    </section>
  );
}
