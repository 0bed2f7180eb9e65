import { CloseButton } from '@mantine/core';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import classes from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** px */
  readonly width?: number;
  /** Without a heading that is seen, for what is all input. */
  readonly isBare?: boolean;
  readonly children: ReactNode;
}

/**
 * A dialog over the page. The browser's own element keeps the focus inside, closes by Escape and gives the focus back;
 * `data-autofocus` marks what is focused first.
 */
export function Dialog({ title, onClose, width = 480, isBare = false, children }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what pressing beside the dialog does
    <dialog
      ref={element}
      aria-labelledby={isBare ? undefined : id}
      aria-label={isBare ? title : undefined}
      className={isBare ? `${classes.dialog} ${classes.bare}` : classes.dialog}
      style={{ width }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={({ target }) => target === element.current && onClose()}
    >
      <div className={classes.content}>
        {!isBare && (
          <div className={classes.head}>
            <h2 id={id} className={classes.title}>
              {title}
            </h2>
            <CloseButton aria-label="Close" onClick={onClose} />
          </div>
        )}
        {children}
      </div>
    </dialog>
  );
}
