import { CloseButton } from '@mantine/core';
import type { CSSProperties, ReactNode } from 'react';
import classes from './panes.module.css';

/** A table and what is open of it: beside each other, or one below the other where the page is narrow. */
export function Panes({ beside, children }: { beside: `minmax(${string})`; children: ReactNode }) {
  return (
    <div className={classes.panes} style={{ '--beside': beside } as CSSProperties}>
      {children}
    </div>
  );
}

interface BesideProps {
  /** What is open, for those who listen. */
  readonly label: string;
  readonly heading: ReactNode;
  /** What the button that closes it says to those who listen. */
  readonly closes: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** What is open of the table of `Panes`. */
export function Beside({ label, heading, closes, onClose, children }: BesideProps) {
  return (
    <section className={classes.detail} aria-label={label}>
      <div className={classes.top}>
        <h2 className={classes.name}>{heading}</h2>
        <CloseButton aria-label={closes} onClick={onClose} />
      </div>
      {children}
    </section>
  );
}
