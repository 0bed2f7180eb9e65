import type { Workbench } from '@isthmus/contract';
import { Button, SegmentedControl } from '@mantine/core';
import { whole } from '../../text/format.ts';
import { Chip, Chips } from '../../ui/chip.tsx';
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
      <Chips legend="Show documents and lines with fields that are">
        {outcomes.map((outcome) => (
          <Chip
            key={outcome}
            isPressed={chosen.has(outcome)}
            title={`${whole(workbench.outcomes[outcome])} fields ${outcomeWords[outcome]}`}
            onPress={() => onChange({ show: toggled(chosen, outcome) })}
          >
            <OutcomeMark outcome={outcome} />
            <span className="number">{whole(workbench.outcomes[outcome])}</span> {outcome}
          </Chip>
        ))}
        {chosen.size > 0 && (
          <Button size="compact-md" variant="subtle" onClick={() => onChange({ show: undefined })}>
            Show all
          </Button>
        )}
      </Chips>
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
          <Chip
            isPressed={view.isScrollingTogether}
            onPress={() => onChange({ scroll: view.isScrollingTogether ? 'apart' : undefined })}
          >
            <span aria-hidden="true">{view.isScrollingTogether ? '⇅' : '↕'}</span> Scroll together
          </Chip>
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
