import type { ReactNode } from 'react';
import { useDocumentTitle } from './document-title.ts';
import classes from './page.module.css';

export interface PageProps {
  readonly title: string;
  /** Stands before the title in the browser's tab, as "title · of". */
  readonly of?: string | undefined;
  /** The sentence that answers the page's question. */
  readonly answer?: ReactNode;
  readonly actions?: ReactNode;
  /** Takes the height there is and scrolls within, for tables and panes. */
  readonly isFilling?: boolean;
  readonly children?: ReactNode;
}

/** A page of the frame: heading, actions, the answer as a sentence, then the content. */
export function Page({ title, of, answer, actions, isFilling = false, children }: PageProps) {
  useDocumentTitle(title, of);
  return (
    <div className={isFilling ? `${classes.page} ${classes.filling}` : classes.page}>
      <header className={classes.header}>
        <h1 className={classes.title}>{title}</h1>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        {answer !== undefined && (
          <div className={classes.answer}>{typeof answer === 'string' ? <p>{answer}</p> : answer}</div>
        )}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <h2 className={classes.sectionTitle}>{title}</h2>
      {note !== undefined && <p className={classes.note}>{note}</p>}
      {children}
    </section>
  );
}
