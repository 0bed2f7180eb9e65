import type { ReactNode } from 'react';
import classes from './chip.module.css';

/** A button that is on or off. */
export function Chip(props: {
  isPressed: boolean;
  title?: string | undefined;
  onPress: () => void;
  children: ReactNode;
}) {
  const { isPressed, title, onPress, children } = props;
  return (
    <button type="button" className={classes.chip} aria-pressed={isPressed} title={title} onClick={onPress}>
      {children}
    </button>
  );
}

/** Chips that belong together, under a legend for those who listen. */
export function Chips({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className={classes.chips}>
      <legend className="unseen">{legend}</legend>
      {children}
    </fieldset>
  );
}
