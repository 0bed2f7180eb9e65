import { type ReactNode, useId, useRef, useState } from 'react';
import classes from './disclosure.module.css';

export interface DisclosureProps {
  /** What the button says. */
  readonly label: string;
  /** What the panel is, for those who listen. */
  readonly title: string;
  readonly children: (close: () => void) => ReactNode;
}

/** A button with a panel of controls below it; Escape gives the focus back, and leaving it closes it. */
export function Disclosure({ label, title, children }: DisclosureProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the focus left, or that Escape was pressed within
    <div
      className={classes.place}
      onBlur={({ currentTarget, relatedTarget }) => {
        // A press on what takes no focus within the panel leaves nothing.
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={classes.button}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen((is) => !is)}
      >
        {label}
        <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that is seen
        <div id={id} role="group" aria-label={title} className={classes.panel}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
