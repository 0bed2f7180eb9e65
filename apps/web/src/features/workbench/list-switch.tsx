import { whole } from '../../text/format.ts';
import classes from './bench.module.css';

export interface ListSwitchProps {
  readonly list: 'findings' | 'unmatched';
  readonly findings: number;
  readonly unmatched: number;
  readonly onChange: (list: 'findings' | 'unmatched') => void;
}

/** Which list stands under the panes. */
export function ListSwitch({ list, findings, unmatched, onChange }: ListSwitchProps) {
  const lists = [
    ['findings', 'Findings', findings],
    ['unmatched', 'Without counterpart', unmatched],
  ] as const;
  return (
    <div className={classes.listSwitch}>
      {lists.map(([name, label, count]) => (
        <button
          key={name}
          type="button"
          className={classes.listButton}
          aria-pressed={list === name}
          onClick={() => onChange(name)}
        >
          {label} <span className="number">{whole(count)}</span>
        </button>
      ))}
      <span className={classes.keys}>
        <kbd>n</kbd> <kbd>p</kbd> findings · <kbd>Enter</kbd> counterpart · <kbd>[</kbd> <kbd>]</kbd> tabs
      </span>
    </div>
  );
}
