import type { Workbench } from '@isthmus/contract';
import { Button, SegmentedControl } from '@mantine/core';
import { whole } from '../../text/format.ts';
import type { Search } from '../../ui/search.ts';
import { OutcomeMark, outcomes, outcomeWords } from '../../ui/status.tsx';
import { setOf, toggled } from '../../ui/use-search.ts';
import type { View } from './address.ts';
import classes from './bench.module.css';

export interface ToolbarProps {
  readonly workbench: Workbench;
  readonly search: Search;
  readonly view: View;
  readonly isStacked: boolean;
  /** Of the open finding in the list; -1 where none is open. */
  readonly position: number;
  /** How many findings there are to walk through. */
  readonly count: number;
  readonly onChange: (part: Search) => void;
  readonly onWalk: (direction: 1 | -1) => void;
}

/** The counts of the outcomes, which filter, and the walk through the findings. */
export function Toolbar({ workbench, search, view, isStacked, position, count, onChange, onWalk }: ToolbarProps) {
  const chosen = setOf(search.show);
  return (
    <div className={classes.toolbar}>
      <fieldset className={classes.chips}>
        <legend className="unseen">Show documents and lines with fields that are</legend>
        {outcomes.map((outcome) => (
          <button
            key={outcome}
            type="button"
            className={classes.chip}
            aria-pressed={chosen.has(outcome)}
            title={`${whole(workbench.outcomes[outcome])} fields ${outcomeWords[outcome]}`}
            onClick={() => onChange({ show: toggled(chosen, outcome) })}
          >
            <OutcomeMark outcome={outcome} />
            <span className="number">{whole(workbench.outcomes[outcome])}</span> {outcome}
          </button>
        ))}
        {chosen.size > 0 && (
          <Button size="compact-md" variant="subtle" onClick={() => onChange({ show: undefined })}>
            Show all
          </Button>
        )}
      </fieldset>
      <div className={classes.tools}>
        {isStacked ? (
          <SegmentedControl
            size="xs"
            aria-label="Which side is on top"
            value={view.top}
            data={[
              { value: 'before', label: 'Before on top' },
              { value: 'after', label: 'After on top' },
            ]}
            onChange={(top) => onChange({ top: top === 'after' ? top : undefined })}
          />
        ) : (
          <button
            type="button"
            className={classes.chip}
            aria-pressed={view.isScrollingTogether}
            onClick={() => onChange({ scroll: view.isScrollingTogether ? 'apart' : undefined })}
          >
            <span aria-hidden="true">{view.isScrollingTogether ? '⇅' : '↕'}</span> Scroll together
          </button>
        )}
        <Button.Group>
          <Button size="compact-md" variant="default" disabled={count === 0} onClick={() => onWalk(-1)}>
            ‹ Previous finding
          </Button>
          <Button size="compact-md" variant="default" disabled={count === 0} onClick={() => onWalk(1)}>
            Next finding ›
          </Button>
        </Button.Group>
        <span className={classes.position} aria-live="polite">
          {count === 0 ? 'No findings' : `${position === -1 ? '–' : position + 1} of ${whole(count)}`}
        </span>
      </div>
    </div>
  );
}
