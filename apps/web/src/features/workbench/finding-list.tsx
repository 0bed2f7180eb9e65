import type { Workbench } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { count, whole } from '../../text/format.ts';
import { Line, Prose } from '../../ui/prose.tsx';
import { fieldsOf, OutcomeMark, SeverityMark } from '../../ui/status.tsx';
import { Acceptance } from '../findings/acceptance.tsx';
import { ExplainedIn } from '../guide/explained-in.tsx';
import classes from './bench.module.css';
import { type ListedFinding, nearest } from './findings.ts';
import { OverrideCount, useOverrides } from './overrides/mark.tsx';
import { overridesBySubject, overridesOf } from './overrides/marks.ts';
import { nameOf } from './source-text.ts';

export interface FindingListProps {
  readonly migration: string;
  readonly list: readonly ListedFinding[];
  readonly workbench: Workbench;
  readonly titles: ReadonlyMap<string, string>;
  /** Position in the list; -1 where none is open. */
  readonly open: number;
  /** Line of the cursor in the left pane. */
  readonly line: number | undefined;
  readonly onOpen: (position: number) => void;
  readonly onClose: () => void;
}

const fileLine = ({ finding: { document, diagnostic } }: ListedFinding, workbench: Workbench): number | undefined => {
  const start = document === undefined ? 1 : workbench.before[document]?.line;
  return start === undefined || diagnostic.line === undefined ? undefined : start + diagnostic.line - 1;
};

/** The findings of what is shown. The list follows the cursor; one is open at a time, in its place. */
export function FindingList(props: FindingListProps) {
  const { migration, list, workbench, titles, open, line, onOpen, onClose } = props;
  const scroller = useRef<HTMLDivElement>(null);
  /** The row that has the focus; it stays drawn, since keys go where the focus is. */
  const focused = useRef<number>(undefined);
  /** Where the keys lead to, as long as the row there is not drawn. */
  const goal = useRef<number>(undefined);
  const rows = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 32,
    overscan: 8,
    getItemKey: (position) => list[position]?.index ?? position,
    rangeExtractor: useCallback((range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const drawn = new Set(defaultRangeExtractor(range));
      if (focused.current !== undefined && focused.current < range.count) drawn.add(focused.current);
      return [...drawn].sort((a, b) => a - b);
    }, []),
  });
  const reach = (): void => {
    if (goal.current === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${goal.current}"] > button`);
    if (row === null || row === undefined) return;
    goal.current = undefined;
    row.focus({ preventScroll: true });
  };
  // A list that is scrolled draws the row that is wanted at some later time.
  useLayoutEffect(reach);
  const overrides = useOverrides(migration, true);
  const overridden = useMemo(() => overridesBySubject([...overrides.values()]), [overrides]);
  const wanted = open !== -1 ? open : line === undefined ? -1 : nearest(list, line);
  useEffect(() => {
    if (wanted === -1) return;
    rows.scrollToIndex(wanted, { align: 'auto' });
    // What has just been opened is measured by then: its beginning must be seen, even if its end cannot.
    const frame = requestAnimationFrame(() => {
      const room = scroller.current?.getBoundingClientRect();
      const row = scroller.current?.querySelector(`[data-index="${wanted}"]`)?.getBoundingClientRect();
      if (room === undefined || row === undefined) return;
      if (row.top < room.top || row.bottom > room.bottom) rows.scrollToIndex(wanted, { align: 'start' });
    });
    return () => cancelAnimationFrame(frame);
  }, [wanted, rows]);
  // Only the rows in view are there for Tab: the arrows reach all of them.
  const move = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest('[data-index]');
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (row === null || by === undefined) return;
    const next = (goal.current ?? Number(row.getAttribute('data-index'))) + by;
    if (next < 0 || next >= list.length) return;
    event.preventDefault();
    goal.current = next;
    rows.scrollToIndex(next, { align: 'auto' });
    reach();
  };
  if (list.length === 0)
    return (
      <p className={classes.noFindings}>
        {workbench.findings.length > 0 ? 'Every finding is accepted.' : 'No findings.'}{' '}
        {count(fieldsOf(workbench.outcomes), 'field')} checked in {count(workbench.before.length, 'resource')}.
      </p>
    );
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul
        className={classes.findings}
        style={{ height: rows.getTotalSize() }}
        onKeyDown={move}
        onFocus={({ target }) => {
          const row = target.closest('[data-index]');
          focused.current = row === null ? undefined : Number(row.getAttribute('data-index'));
        }}
        onBlur={() => {
          focused.current = undefined;
          goal.current = undefined;
        }}
      >
        {rows.getVirtualItems().map((row) => {
          const entry = list[row.index];
          if (entry === undefined) return null;
          const { diagnostic } = entry.finding;
          const isOpen = row.index === open;
          const at = fileLine(entry, workbench);
          const subject = diagnostic.resource && nameOf(diagnostic.resource);
          return (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className={classes.finding}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <button
                type="button"
                className={classes.findingLine}
                aria-expanded={isOpen}
                onClick={() => (isOpen ? onClose() : onOpen(row.index))}
              >
                {diagnostic.accepted === undefined ? (
                  <SeverityMark severity={diagnostic.severity} />
                ) : (
                  <OutcomeMark outcome="inert" />
                )}
                <span className={classes.severity}>
                  {diagnostic.accepted === undefined ? diagnostic.severity : 'accepted'}
                </span>
                <code>{diagnostic.code}</code>
                <span className={classes.findingTitle}>
                  {titles.get(diagnostic.code)}
                  {subject !== undefined && (
                    <span className="muted">
                      {' · '}
                      {subject} {diagnostic.path}
                    </span>
                  )}
                </span>
                <OverrideCount ids={overridesOf(entry.finding, workbench.before, overridden)} known={overrides} />
                <span className={classes.findingPlace}>
                  {diagnostic.file}
                  {at === undefined ? '' : `:${at}`}
                </span>
              </button>
              {isOpen && <FindingBody migration={migration} entry={entry} />}
            </li>
          );
        })}
      </ul>
      {workbench.omittedFindings > 0 && (
        <p className={classes.noFindings}>
          {whole(workbench.omittedFindings)} more are left out here. Open a service or a single resource to see all of
          its findings.
        </p>
      )}
    </div>
  );
}

/** What was found and follows for traffic, what to do, where else to look. */
function FindingBody({ migration, entry: { finding } }: { migration: string; entry: ListedFinding }) {
  const { diagnostic, excerpt } = finding;
  return (
    <div className={classes.findingBody}>
      <div className={classes.findingParts}>
        <div className={classes.help}>
          <h3>What was found</h3>
          <Prose text={diagnostic.message} />
        </div>
        <div className={classes.help}>
          <h3>What to do</h3>
          <Prose text={diagnostic.help} />
        </div>
      </div>
      {excerpt !== undefined && (
        <pre className={classes.excerpt}>
          <span className="unseen">
            {diagnostic.file} around line {diagnostic.line}:{'\n'}
          </span>
          {excerpt.text.split('\n').map((text, offset) => {
            const number = excerpt.line + offset;
            return (
              <span key={number} className={number === diagnostic.line ? classes.excerptLine : undefined}>
                <span className={classes.excerptNumber}>{number}</span>
                {text}
                {'\n'}
              </span>
            );
          })}
        </pre>
      )}
      {diagnostic.related !== undefined && diagnostic.related.length > 0 && (
        <ul className={classes.related}>
          {diagnostic.related.map(({ file, line, message }) => (
            <li key={`${file}:${line}:${message}`}>
              <code>
                {file}
                {line === undefined ? '' : `:${line}`}
              </code>{' '}
              <Line text={message} />
            </li>
          ))}
        </ul>
      )}
      <div className={classes.findingActions}>
        <Acceptance key={String(diagnostic.accepted?.at)} migration={migration} finding={diagnostic} />
        <Link to="/codes/$code" params={{ code: diagnostic.code }}>
          About {diagnostic.code}
        </Link>
        <ExplainedIn code={diagnostic.code} />
      </div>
    </div>
  );
}
