import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import classes from './menu.module.css';

export interface MenuItem {
  readonly label: string;
  /** A key that does the same. */
  readonly hint?: string;
  /** One of several of which one holds. */
  readonly isChecked?: boolean;
  readonly onChoose: () => void;
}

export interface MenuGroup {
  readonly title?: string;
  readonly items: readonly MenuItem[];
}

export interface MenuProps {
  /** What the button is called, its text included. */
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  readonly isAtEnd?: boolean;
  /** What the button shows. */
  readonly children: ReactNode;
}

/** A button with a menu: arrows, Home and End move, Enter chooses, Escape gives the focus back. */
export function Menu({ label, groups, isAtEnd = false, children }: MenuProps) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const itemsOf = (): HTMLButtonElement[] => [...(menu.current?.querySelectorAll('button') ?? [])];
  useEffect(() => {
    if (isOpen) menu.current?.querySelector('button')?.focus();
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = itemsOf();
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) items[target]?.focus();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the focus left its button and its menu
    <div
      className={classes.place}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className={classes.button}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen((is) => !is)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
        <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div
          ref={menu}
          id={id}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          className={isAtEnd ? `${classes.menu} ${classes.atEnd}` : classes.menu}
          onKeyDown={onKeyDown}
        >
          {groups
            .filter(({ items }) => items.length > 0)
            .map(({ title, items }, number) => (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a menu
              <div
                // biome-ignore lint/suspicious/noArrayIndexKey: the groups of a menu stay where they are
                key={number}
                role="group"
                aria-label={title}
                className={classes.group}
              >
                {title !== undefined && (
                  <div aria-hidden="true" className={classes.title}>
                    {title}
                  </div>
                )}
                {items.map(({ label: text, hint, isChecked, onChoose }) => (
                  <button
                    key={text}
                    type="button"
                    {...(isChecked === undefined
                      ? { role: 'menuitem' }
                      : { role: 'menuitemradio', 'aria-checked': isChecked })}
                    tabIndex={-1}
                    className={classes.item}
                    onClick={() => {
                      close();
                      onChoose();
                    }}
                  >
                    {text}
                    <span aria-hidden="true">{isChecked ? '✓' : hint}</span>
                  </button>
                ))}
              </div>
            ))}
        </div>
      )}
    </div>
  );
}
