import { Button } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import classes from './accept.module.css';

interface AcceptProps {
  /** Why may this be so? */
  readonly question: string;
  /** What the button says that opens the question, and the one that answers it. */
  readonly opener?: string;
  readonly answer?: string;
  readonly isPending: boolean;
  readonly onAccept: (reason: string) => void;
}

// One function for all times, so that only what has just appeared takes the focus.
const focus = (element: HTMLInputElement | null): void => element?.focus();

/** A decision that asks for a reason: a button that opens the question. It is mounted anew once the decision is made. */
export function Accept(props: AcceptProps) {
  const { question, opener = 'Accept with a reason …', answer = 'Accept', isPending, onAccept } = props;
  const input = useId();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  if (!isOpen)
    return (
      <Button size="compact-md" variant="default" onClick={() => setOpen(true)}>
        {opener}
      </Button>
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason.trim() !== '') onAccept(reason.trim());
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    setOpen(false);
  };
  return (
    <form className={classes.form} onSubmit={submit} onKeyDown={pressed}>
      <label htmlFor={input}>{question}</label>
      <input
        id={input}
        ref={focus}
        className={classes.input}
        value={reason}
        maxLength={2000}
        autoComplete="off"
        onChange={({ target }) => setReason(target.value)}
      />
      <Button size="compact-md" type="submit" loading={isPending} disabled={reason.trim() === ''}>
        {answer}
      </Button>
      <Button size="compact-md" variant="default" onClick={() => setOpen(false)}>
        Cancel
      </Button>
    </form>
  );
}
