// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed freely cannot be elements of a table
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid takes the keys
// biome-ignore-all lint/a11y/noStaticElementInteractions: its role is that of a grid, whichever of both it is
// biome-ignore-all lint/a11y/useKeyWithMouseEvents: what does not fit is shown to the pointer; those who listen hear it whole
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: both roles have these properties
import {
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  type Row as TableRow,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import classes from './data-table.module.css';
import { type Group, groupsOf, isFolded, linesOf } from './grouping.ts';
import { type Grouping, HeadingRow } from './heading-row.tsx';
import { compareValues, nextSort, type Sort } from './sort.ts';

export interface Column<Row extends RowData> {
  readonly id: string;
  /** The heading, also for those who listen. */
  readonly title: string;
  readonly heading?: ReactNode;
  /** Least width in px, and its share of what is left. */
  readonly width: readonly [least: number, share: number];
  readonly isNumber?: boolean;
  /** Holds controls, which have no order. */
  readonly isUnordered?: boolean;
  /** What rows are sorted by, and what is shown unless `cell` says otherwise. */
  readonly value: (row: Row) => string | number;
  /** What a file says in its place, where people read something else than what rows are sorted by. */
  readonly text?: (row: Row) => string | number;
  readonly cell?: (row: Row) => ReactNode;
}

export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
}

export interface DataTableProps<Row extends RowData> {
  /** What the rows are, for those who listen. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Keep the array while its rows are the same: a new one is sorted anew. */
  readonly rows: readonly Row[];
  /** Different for each row; the index is that of `rows`. */
  readonly rowId: (row: Row, index: number) => string;
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort | undefined) => void;
  /** Enter on a row, or pressing it twice. */
  readonly onOpen?: (row: Row) => void;
  /** The row under the cursor, where it is part of the address. */
  readonly activeId?: string | undefined;
  readonly onActive?: (id: string) => void;
  readonly selection?: Selection;
  /** Sorting orders the rows within their groups, and the groups by their first rows. */
  readonly grouping?: Grouping<Row>;
  /** What stands in place of no rows. */
  readonly empty: ReactNode;
  /** Takes the height of its place; else as many rows as there are, up to twelve or so. */
  readonly isFilling?: boolean;
}

/** What does not fit into its cell is told in full to who points at it. */
function tellWhole({ target }: MouseEvent): void {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[role=gridcell], [role=rowheader]') : null;
  const content = cell?.firstElementChild;
  if (cell === null || !content || cell.querySelector('[title]') !== null) return;
  cell.title = content.scrollWidth > content.clientWidth ? (cell.textContent ?? '') : '';
}

const rowHeight = 32;
const headHeight = 32;
const mostHeight = headHeight + 12.5 * rowHeight;

const isGroup = <Row extends object>(line: Group<Row> | Row | undefined): line is Group<Row> =>
  line !== undefined && 'rows' in line;

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

interface RowViewProps<Row extends RowData> {
  readonly row: Row;
  readonly id: string;
  readonly elementId: string;
  readonly index: number;
  readonly start: number;
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly level: number | undefined;
  readonly isActive: boolean;
  readonly isSelected: boolean | undefined;
  readonly onPress: (id: string) => void;
  readonly onEnter: (id: string) => void;
  readonly onToggle: (id: string, withRange: boolean) => void;
}

const RowView = memo(function RowView<Row extends RowData>(props: RowViewProps<Row>) {
  const { row, id, elementId, index, start, columns, template, level, isActive, isSelected } = props;
  const { onPress, onEnter, onToggle } = props;
  return (
    <div
      id={elementId}
      role="row"
      aria-rowindex={index + 2}
      aria-level={level}
      aria-selected={isSelected ?? isActive}
      data-active={isActive || undefined}
      className={classes.row}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
      onClick={() => onPress(id)}
      onDoubleClick={() => onEnter(id)}
    >
      {isSelected !== undefined && (
        <div role="gridcell" className={classes.check}>
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isSelected}
            aria-label={`Select ${id}`}
            onChange={(event) => onToggle(id, (event.nativeEvent as globalThis.MouseEvent).shiftKey)}
          />
        </div>
      )}
      {columns.map((column, number) => (
        <div
          key={column.id}
          role={number === 0 ? 'rowheader' : 'gridcell'}
          className={column.isNumber ? `${classes.cell} ${classes.numeric}` : classes.cell}
        >
          {column.cell === undefined ? (
            <span title={String(column.value(row))}>{column.value(row)}</span>
          ) : (
            column.cell(row)
          )}
        </div>
      ))}
    </div>
  );
}) as <Row extends RowData>(props: RowViewProps<Row>) => ReactNode;

/**
 * A table of any length: only the rows in view are drawn. The grid takes the focus; arrows, Page, Home and End move the
 * cursor, Enter opens, Space selects, Shift extends, Ctrl-A selects all, Escape none. On the heading of a group Enter and
 * Space fold and unfold, and so do the arrows to the left and right.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowId, sort, onSort, onOpen, onActive, selection, empty, isFilling = false } = props;
  const { grouping } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const base = useId();
  const [ownActive, setOwnActive] = useState<string>();
  // A heading is no row that an address could name: it has the cursor until the row in the address changes.
  const [onHeading, setOnHeading] = useState<{ readonly id: string; readonly from: string | undefined }>();
  const active = onHeading?.from === props.activeId && onHeading ? onHeading.id : (props.activeId ?? ownActive);
  const anchor = useRef<string>(undefined);
  // Keys may come faster than the table is drawn: each goes on from where the one before led.
  const cursor = useRef(active);
  cursor.current = active;

  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: Row) => column.value(row),
        sortFn: (a: TableRow<typeof features, Row>, b: TableRow<typeof features, Row>) =>
          compareValues(column.value(a.original), column.value(b.original)),
      })),
    [columns],
  );
  const sorting = useMemo(() => (sort === undefined ? [] : [{ ...sort }]), [sort]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowId,
    state: { sorting },
  });
  const shown = table.getRowModel().rows;
  const keyOf = grouping?.keyOf;
  const groups = useMemo(
    () => (keyOf === undefined ? undefined : groupsOf(shown, ({ original }) => keyOf(original))),
    [shown, keyOf],
  );
  const folding = grouping?.folding;
  const lines = useMemo(
    () => (groups === undefined || folding === undefined ? shown : linesOf(groups, folding)),
    [shown, groups, folding],
  );
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    scrollPaddingStart: headHeight,
  });

  const template = [
    ...(selection === undefined ? [] : ['36px']),
    ...columns.map(({ width: [least, share] }) => (share === 0 ? `${least}px` : `minmax(${least}px, ${share}fr)`)),
  ].join(' ');
  const leastWidth =
    (selection === undefined ? 0 : 36) + columns.reduce((sum, { width: [least] }) => sum + least, 0) + 16;

  // A link leads to a row, wherever it is among thousands.
  const linked = useRef(props.activeId);
  useEffect(() => {
    const index = linked.current === undefined ? -1 : lines.findIndex((row) => row.id === linked.current);
    linked.current = undefined;
    if (index >= 0) virtual.scrollToIndex(index, { align: 'center' });
  }, [lines, virtual]);

  const activate = (index: number): void => {
    const line = lines[index];
    if (line === undefined) return;
    cursor.current = line.id;
    if (isGroup(line)) setOnHeading({ id: line.id, from: props.activeId });
    else {
      setOnHeading(undefined);
      setOwnActive(line.id);
      onActive?.(line.id);
    }
    virtual.scrollToIndex(index, { align: 'auto' });
  };
  const addRange = (ids: Set<string>, from: number, to: number): void => {
    for (const row of lines.slice(Math.min(from, to), Math.max(from, to) + 1)) if (!isGroup(row)) ids.add(row.id);
  };
  const toggle = (id: string, withRange: boolean): void => {
    if (selection === undefined) return;
    const next = new Set(selection.selected);
    const from = withRange ? lines.findIndex((row) => row.id === anchor.current) : -1;
    if (from >= 0) {
      const to = lines.findIndex((row) => row.id === id);
      addRange(next, from, to);
    } else if (!next.delete(id)) next.add(id);
    anchor.current = id;
    selection.onSelect(next);
  };
  // The rows keep these two for good, so that a movement of the cursor draws two rows and not all of them.
  const latest = useRef({ activate, toggle, lines, grouping, onOpen });
  latest.current = { activate, toggle, lines, grouping, onOpen };
  const [onPress] = useState(
    () => (id: string) => latest.current.activate(latest.current.lines.findIndex((row) => row.id === id)),
  );
  const [onFold] = useState(() => (id: string) => {
    const line = latest.current.lines.find((one) => one.id === id);
    onPress(id);
    if (isGroup(line)) latest.current.grouping?.onToggle(line.key);
  });
  const [onEnter] = useState(() => (id: string) => {
    const row = latest.current.lines.find((one) => one.id === id);
    if (row !== undefined && !isGroup(row)) latest.current.onOpen?.(row.original);
  });
  const [onToggle] = useState(() => (id: string, withRange: boolean) => latest.current.toggle(id, withRange));

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroll.current || event.altKey) return;
    const at = lines.findIndex((row) => row.id === cursor.current);
    const line = lines[at];
    if (grouping !== undefined && isGroup(line)) {
      const isClosed = isFolded(grouping.folding, line.key);
      if (event.key === 'Enter' || event.key === ' ' || event.key === (isClosed ? 'ArrowRight' : 'ArrowLeft')) {
        grouping.onToggle(line.key);
        event.preventDefault();
        return;
      }
    }
    const page = Math.max(1, Math.floor(((scroll.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1);
    const last = lines.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(at + 1, last),
      ArrowUp: Math.max(at - 1, 0),
      PageDown: Math.min(at + page, last),
      PageUp: Math.max(at - page, 0),
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      if (event.shiftKey && selection !== undefined) {
        const next = new Set(selection.selected);
        addRange(next, Math.max(0, at), target);
        selection.onSelect(next);
      }
      activate(target);
    } else if (event.key === 'Enter' && line !== undefined && !isGroup(line)) onOpen?.(line.original);
    else if (event.key === ' ' && selection !== undefined && at >= 0) toggle(cursor.current as string, event.shiftKey);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection !== undefined)
      selection.onSelect(new Set(shown.map((row) => row.id)));
    else if (event.key === 'Escape' && selection !== undefined && selection.selected.size > 0)
      selection.onSelect(new Set());
    else return;
    event.preventDefault();
  };

  const activeIndex = virtual.getVirtualItems().find(({ index }) => lines[index]?.id === active)?.index;
  const areAllSelected = selection !== undefined && shown.length > 0 && selection.selected.size >= shown.length;
  const height = lines.length === 0 ? 'auto' : headHeight + lines.length * rowHeight + 3;
  return (
    <div
      ref={scroll}
      role={grouping === undefined ? 'grid' : 'treegrid'}
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length + (selection === undefined ? 0 : 1)}
      aria-multiselectable={selection !== undefined || undefined}
      aria-activedescendant={activeIndex === undefined ? undefined : `${base}-${activeIndex}`}
      tabIndex={0}
      className={isFilling ? `${classes.table} ${classes.filling}` : classes.table}
      style={isFilling ? { flexBasis: height } : { height, maxHeight: mostHeight }}
      onKeyDown={onKeyDown}
      onMouseOver={tellWhole}
    >
      <div role="rowgroup" className={classes.head} style={{ minWidth: leastWidth }}>
        <div role="row" aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns: template }}>
          {selection !== undefined && (
            <div role="columnheader" className={classes.check}>
              <input
                type="checkbox"
                checked={areAllSelected}
                aria-label="Select all rows"
                onChange={() => selection.onSelect(areAllSelected ? new Set() : new Set(shown.map((row) => row.id)))}
              />
            </div>
          )}
          {columns.map((column) => {
            const order = sort?.id === column.id ? (sort.desc ? 'descending' : 'ascending') : undefined;
            return (
              <div
                key={column.id}
                role="columnheader"
                aria-sort={column.isUnordered ? undefined : (order ?? 'none')}
                className={column.isNumber ? `${classes.heading} ${classes.numeric}` : classes.heading}
              >
                {column.isUnordered ? (
                  <span className={classes.sort}>{column.title}</span>
                ) : (
                  <button
                    type="button"
                    className={classes.sort}
                    title={column.heading === undefined ? undefined : column.title}
                    aria-label={column.heading === undefined ? undefined : column.title}
                    onClick={() => onSort(nextSort(sort, column.id, column.isNumber === true))}
                  >
                    {column.heading ?? column.title}
                    <span className={classes.order} aria-hidden="true">
                      {order === 'ascending' ? '↑' : order === 'descending' ? '↓' : ''}
                    </span>
                  </button>
                )}
              </div>
            );
          })}
        </div>
      </div>
      {shown.length === 0 ? (
        <div className={classes.empty}>{empty}</div>
      ) : (
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize(), minWidth: leastWidth }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = lines[index] as (typeof lines)[number];
            if (isGroup(row))
              return grouping === undefined ? null : (
                <HeadingRow
                  key={row.id}
                  group={row}
                  heading={grouping.heading}
                  elementId={`${base}-${index}`}
                  index={index}
                  start={start}
                  columns={columns.length + (selection === undefined ? 0 : 1)}
                  isActive={row.id === active}
                  isFolded={isFolded(grouping.folding, row.key)}
                  onPress={onFold}
                />
              );
            return (
              <RowView
                key={row.id}
                row={row.original}
                id={row.id}
                elementId={`${base}-${index}`}
                index={index}
                start={start}
                columns={columns}
                template={template}
                level={grouping === undefined ? undefined : 2}
                isActive={row.id === active}
                isSelected={selection?.selected.has(row.id)}
                onPress={onPress}
                onEnter={onEnter}
                onToggle={onToggle}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}
