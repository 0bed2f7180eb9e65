import type { Workbench } from '@isthmus/contract';
import { NativeSelect } from '@mantine/core';
import { memo } from 'react';
import { count } from '../../text/format.ts';
import classes from './bench.module.css';
import type { Place } from './links.ts';
import { nameOf, type SourceText, sectionAt } from './source-text.ts';

export interface BeforeHeaderProps {
  readonly workbench: Workbench;
  readonly source: SourceText;
  /** The line that the cursor is on, or speaks of from the other side. */
  readonly line: number | undefined;
  readonly onPlace: (place: Place) => void;
}

/** Names the left pane and the document at the cursor, and jumps to others. */
export const BeforeHeader = memo(function BeforeHeader({ workbench, source, line, onPlace }: BeforeHeaderProps) {
  const [first] = source.sections;
  const section = (line === undefined ? undefined : sectionAt(source.sections, line)) ?? first;
  const document = section && workbench.before[section.document];
  const hidden = workbench.before.length - source.sections.length;
  return (
    <header className={classes.paneHeader}>
      <div className={classes.paneTitle}>
        <h2 className={classes.source}>
          Before <span>· Istio</span>
        </h2>
        <p className={classes.paneNote}>
          {document === undefined ? 'No document has such fields' : `${document.file}:${document.line}`}
          {hidden > 0 && ` · ${count(hidden, 'document')} hidden by the filter`}
        </p>
      </div>
      <div className={classes.paneTools}>
        {source.sections.length === 1 && document !== undefined && <span>{nameOf(document.resource)}</span>}
        {source.sections.length > 1 && section !== undefined && (
          <NativeSelect
            size="xs"
            className={classes.jump}
            aria-label="Go to resource"
            value={String(section.heading)}
            data={source.sections.map(({ document: at, heading }) => {
              const one = workbench.before[at];
              return { value: String(heading), label: one === undefined ? '' : nameOf(one.resource) };
            })}
            onChange={({ currentTarget }) => onPlace({ side: 'before', line: Number(currentTarget.value), column: 1 })}
          />
        )}
      </div>
    </header>
  );
});
