import { type KeyboardEvent, useId, useState } from 'react';
import classes from './combobox.module.css';
import type { Entry, Source } from './find.ts';
import { movedCursor, OptionList, optionId } from './option-list.tsx';
import { useFound } from './use-found.ts';

export interface ComboboxProps<E extends Entry> {
  readonly label: string;
  readonly placeholder: string;
  /** What is chosen now. */
  readonly value: string;
  readonly sources: readonly Source<E>[];
  /** What stands in place of no options. */
  readonly none: string;
  /** The list is asked for: time to load what it is made of. */
  readonly onOpen: () => void;
  readonly onChoose: (entry: E) => void;
}

const mostShown = 60;

/** Chooses one of very many by typing a part of its name. What is typed takes the place of the name that stands there. */
export function Combobox<E extends Entry>(props: ComboboxProps<E>) {
  const { label, placeholder, value, sources, none, onOpen, onChoose } = props;
  const id = useId();
  const [query, setQuery] = useState<string>();
  const [cursor, setCursor] = useState(0);
  const isOpen = query !== undefined;
  const found = useFound(sources, query ?? '', mostShown);
  const shown = isOpen ? found.shown : [];
  const at = Math.min(cursor, Math.max(shown.length - 1, 0));
  const ask = (text: string): void => {
    onOpen();
    setQuery(text);
    setCursor(0);
  };
  const close = (): void => setQuery(undefined);
  const choose = (entry: E | undefined): void => {
    if (entry === undefined) return;
    close();
    onChoose(entry);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = isOpen ? movedCursor(event.key, at, shown.length) : undefined;
    if (moved !== undefined) setCursor(moved);
    else if (!isOpen && event.key === 'ArrowDown') ask('');
    else if (isOpen && event.key === 'Enter') choose(found.at(at));
    else if (isOpen && event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.place}>
      <input
        className={classes.input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-activedescendant={shown.length > 0 ? optionId(id, at) : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={isOpen && value !== '' ? value : placeholder}
        value={query ?? value}
        onClick={({ currentTarget }) => {
          if (isOpen) return;
          currentTarget.select();
          ask('');
        }}
        onChange={({ target }) => ask(target.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {isOpen && (
        <div className={classes.list}>
          <OptionList id={id} entries={shown} cursor={at} onCursor={setCursor} onChoose={choose} />
          {shown.length === 0 && (
            <p role="status" className={classes.none}>
              {none}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
