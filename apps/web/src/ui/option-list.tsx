import type { Entry } from './find.ts';
import classes from './option-list.module.css';

export interface OptionListProps<E extends Entry> {
  /** The list's own id; that of an option is `optionId` of it and its number. */
  readonly id: string;
  readonly entries: readonly E[];
  readonly cursor: number;
  readonly onCursor: (cursor: number) => void;
  readonly onChoose: (entry: E) => void;
}

export const optionId = (list: string, number: number): string => `${list}-${number}`;

/** The next place of the cursor after a key; undefined where the key does not move it. */
export function movedCursor(key: string, cursor: number, length: number): number | undefined {
  if (key === 'ArrowDown') return Math.max(Math.min(cursor + 1, length - 1), 0);
  if (key === 'ArrowUp') return Math.max(cursor - 1, 0);
  return undefined;
}

/** What was found, as options of the input that keeps the focus. */
export function OptionList<E extends Entry>({ id, entries, cursor, onCursor, onChoose }: OptionListProps<E>) {
  return (
    <div id={id} role="listbox" aria-label="Found" className={classes.list}>
      {entries.map((entry, number) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the input has the focus and names the option
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
        <div
          key={`${entry.group} ${entry.title} ${entry.hint}`}
          id={optionId(id, number)}
          role="option"
          aria-selected={number === cursor}
          className={classes.option}
          ref={(element) => {
            if (number === cursor) element?.scrollIntoView({ block: 'nearest' });
          }}
          // The input keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(entry)}
          onMouseMove={() => onCursor(number)}
        >
          <span className={classes.group}>{entry.group}</span>
          <span className={classes.title}>{entry.title}</span>
          <span className={classes.hint}>{entry.hint}</span>
        </div>
      ))}
    </div>
  );
}
