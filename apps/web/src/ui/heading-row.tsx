// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed freely cannot be elements of a table
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid takes the keys
import type { RowData } from '@tanstack/react-table';
import { memo, type ReactNode } from 'react';
import classes from './data-table.module.css';
import type { Folding, Group } from './grouping.ts';

/** Puts the rows of a table under headings that can be folded. */
export interface Grouping<Row extends RowData> {
  /** What group a row belongs to. Keep the function: with a new one all rows are grouped anew. */
  readonly keyOf: (row: Row) => string;
  /** What the heading says. Keep the function, too. */
  readonly heading: (key: string, rows: readonly Row[]) => ReactNode;
  readonly folding: Folding;
  readonly onToggle: (key: string) => void;
}

interface HeadingRowProps<Row extends RowData> {
  readonly group: Group<{ readonly original: Row }>;
  readonly heading: Grouping<Row>['heading'];
  readonly elementId: string;
  readonly index: number;
  readonly start: number;
  readonly columns: number;
  readonly isActive: boolean;
  readonly isFolded: boolean;
  readonly onPress: (id: string) => void;
}

/** The heading of a group of rows; pressing it folds them. */
export const HeadingRow = memo(function HeadingRow<Row extends RowData>(props: HeadingRowProps<Row>) {
  const { group, heading, elementId, index, start, columns, isActive, isFolded, onPress } = props;
  return (
    <div
      id={elementId}
      role="row"
      aria-rowindex={index + 2}
      aria-level={1}
      aria-expanded={!isFolded}
      aria-selected={isActive}
      data-active={isActive || undefined}
      className={`${classes.row} ${classes.group}`}
      style={{ transform: `translateY(${start}px)` }}
      onClick={() => onPress(group.id)}
    >
      <div role="rowheader" aria-colspan={columns} className={classes.groupCell}>
        <span className={classes.fold} aria-hidden="true">
          {isFolded ? '▸' : '▾'}
        </span>
        {heading(
          group.key,
          group.rows.map(({ original }) => original),
        )}
      </div>
    </div>
  );
}) as <Row extends RowData>(props: HeadingRowProps<Row>) => ReactNode;
