import { whole } from '../../text/format.ts';
import { Chip } from '../../ui/chip.tsx';
import { OutcomeMark } from '../../ui/status.tsx';
import type { List } from './address.ts';
import classes from './bench.module.css';

export interface ListSwitchProps {
  /** Undefined where the lists are folded away. */
  readonly list: List | undefined;
  readonly findings: string;
  readonly unmatched: number;
  readonly overrides: number;
  /** How many findings are accepted, and whether they are listed. */
  readonly accepted: number;
  readonly isAcceptedShown: boolean;
  readonly onAccepted: () => void;
  readonly onChange: (list: List) => void;
  readonly onFold: () => void;
}

/** Which list stands under the panes. */
export function ListSwitch(props: ListSwitchProps) {
  const { list, findings, unmatched, overrides, accepted, isAcceptedShown, onChange, onAccepted, onFold } = props;
  const buttons = [
    ['findings', 'Findings', findings],
    ['unmatched', 'Without counterpart', whole(unmatched)],
    ['overrides', 'Overrides', whole(overrides)],
    ['simulator', 'Simulator', ''],
  ] as const;
  return (
    <div className={classes.listSwitch}>
      {buttons.map(([name, label, count]) => (
        <button
          key={name}
          type="button"
          className={classes.listButton}
          aria-pressed={list === name}
          onClick={() => onChange(name)}
        >
          {label}
          {count !== '' && <span className="number"> {count}</span>}
        </button>
      ))}
      {list === 'findings' && accepted > 0 && (
        <Chip isPressed={isAcceptedShown} onPress={onAccepted}>
          <OutcomeMark outcome="inert" />
          <span className="number">{whole(accepted)}</span> accepted
        </Chip>
      )}
      <span className={classes.keys}>
        <kbd>n</kbd> <kbd>p</kbd> findings · <kbd>Enter</kbd> counterpart · <kbd>[</kbd> <kbd>]</kbd> tabs ·{' '}
        <kbd>s</kbd> simulator
      </span>
      {list !== undefined && (
        <button type="button" className={classes.listButton} onClick={onFold}>
          <span aria-hidden="true">▾</span> Fold away
        </button>
      )}
    </div>
  );
}
