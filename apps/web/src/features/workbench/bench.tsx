import type { Workbench } from '@isthmus/contract';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { byProgram, type CodeEditor, CodePane } from '../../editor/code-pane.tsx';
import type { Monaco } from '../../editor/load.ts';
import { whole } from '../../text/format.ts';
import { useLeaveGuard } from '../../ui/use-leave-guard.ts';
import { reveal, spansAcross, tabFor } from './across.ts';
import { documentKeys, findingKeys, type List, readView, writePlace } from './address.ts';
import { AfterHeader } from './after-header.tsx';
import { BeforeHeader } from './before-header.tsx';
import classes from './bench.module.css';
import {
  cursorLine,
  litAfter,
  litBefore,
  marksAfter,
  marksBefore,
  overriddenMarks,
  ruleMarks,
  titlesOf,
} from './decorations.ts';
import { Dock } from './dock.tsx';
import { FieldBar } from './field-bar.tsx';
import { FindingList } from './finding-list.tsx';
import { listFindings, shownFindings, step } from './findings.ts';
import { Gutter } from './gutter.tsx';
import { indexLinks, type LinkedField, type Place } from './links.ts';
import { ListSwitch } from './list-switch.tsx';
import { NothingAfter } from './nothing-after.tsx';
import { readOutcomes } from './outcomes.ts';
import { Decision, subjectOfDocument } from './overrides/decision.tsx';
import { overridesQuery } from './overrides/queries.ts';
import { keyOf, useHasUnkept } from './overrides/unkept.ts';
import { placeOf } from './rules.ts';
import { joinDocuments, nameOf, numberOf } from './source-text.ts';
import { Toolbar } from './toolbar.tsx';
import { documentsShown, groupUnmatched } from './unmatched.ts';
import { UnmatchedList } from './unmatched-list.tsx';
import { useDecided } from './use-decided.ts';
import { useScrollTogether } from './use-scroll-together.ts';
import { useView } from './use-view.ts';

// Asked for when it is first opened, with the worker that decides requests.
const Simulator = lazy(async () => ({ default: (await import('../behaviour/simulator.tsx')).Simulator }));

// With the editor for writing, and what only those need who decide.
const Editing = lazy(async () => ({ default: (await import('./overrides/editing.tsx')).Editing }));
const OverrideList = lazy(async () => ({ default: (await import('./overrides/override-list.tsx')).OverrideList }));
const Add = lazy(async () => ({ default: (await import('./overrides/add.tsx')).Add }));

const none: readonly LinkedField[] = [];

const typesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable], [role=textbox]') !== null;

export interface BenchProps {
  readonly migration: string;
  readonly workbench: Workbench;
  readonly monaco: Monaco;
  /** Version of Kong Mesh. */
  readonly target: string;
  /** Stands in place of the panes where there is nothing to show in them. */
  readonly nothing?: ReactNode;
}

/** Before and after side by side, linked field by field. */
export function Bench({ migration, workbench, monaco, target, nothing }: BenchProps) {
  const { search, now, soon } = useView();
  const isStacked = useMediaQuery('(max-width: 999px)', false, { getInitialValueInEffect: false });
  const shown = useMemo(() => readOutcomes(search.show), [search.show]);
  const source = useMemo(() => joinDocuments(workbench.before, documentsShown(workbench, shown)), [workbench, shown]);
  const links = useMemo(() => indexLinks(workbench, source), [workbench, source]);
  const allFindings = useMemo(() => listFindings(workbench.findings, source), [workbench, source]);
  const titles = useMemo(() => titlesOf(workbench), [workbench]);
  const unmatched = useMemo(() => groupUnmatched(workbench, shown), [workbench, shown]);
  const keys = useMemo(() => documentKeys(workbench.after), [workbench]);
  const findingNames = useMemo(() => findingKeys(workbench), [workbench]);
  const view = readView(search, workbench, source);
  const findings = useMemo(
    () => shownFindings(allFindings, { isAcceptedShown: view.isAcceptedShown, open: view.finding }),
    [allFindings, view.isAcceptedShown, view.finding],
  );
  const { at, field } = search;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place changes with its text in the address only
  const place = useMemo(() => view.place, [at, field, workbench, source]);
  const selection = useMemo(() => place && links.at(place), [links, place]);
  const tab = view.tab ?? (selection === undefined ? 0 : tabFor(selection, 0));
  const [hover, setHover] = useState<Place>();
  const selected = selection?.fields ?? none;
  // What is at the cursor is lit up already.
  const hovered = useMemo(
    () => (hover === undefined ? none : links.at(hover).fields.filter((field) => !selected.includes(field))),
    [links, hover, selected],
  );
  const [before, setBefore] = useState<CodeEditor>();
  const [after, setAfter] = useState<CodeEditor>();
  const wantsFocus = useRef(false);
  const overrides = useQuery(overridesQuery(migration));
  /** What is edited: the name of its tab, and another text than the shown one where there is one. */
  const [edited, setEdited] = useState<{ key: string; text?: string }>();
  const [isAdding, setAdding] = useState(false);
  useLeaveGuard(useHasUnkept(migration));

  const choose = useCallback(
    (next: Place, finding?: number) => {
      const found = links.at(next);
      const open = next.side === 'after' ? next.document : tabFor(found, tab);
      const onLine = next.side === 'before' ? findings.find(({ line }) => line === next.line)?.index : undefined;
      const opened = finding ?? onLine;
      soon({
        at: writePlace(next, workbench, source),
        field: undefined,
        tab: keys[open],
        finding: opened === undefined ? undefined : findingNames[opened],
      });
    },
    [links, findings, findingNames, keys, soon, source, tab, workbench],
  );
  const goTo = useCallback(
    (next: Place, finding?: number) => {
      wantsFocus.current = true;
      choose(next, finding);
    },
    [choose],
  );

  /** Opens a finding in the list and, where its document is shown, puts the cursor on its line. */
  const openFinding = useCallback(
    (position: number) => {
      const entry = findings[position];
      if (entry === undefined) return;
      const { line, index, finding } = entry;
      if (line === undefined) soon({ finding: findingNames[index] });
      else choose({ side: 'before', line, column: finding.diagnostic.column ?? 1 }, index);
    },
    [choose, findings, findingNames, soon],
  );
  const openPosition = findings.findIndex(({ index }) => index === view.finding);
  const showList = (list: List): void =>
    now({ list: list === 'findings' ? undefined : list, ...(view.dock === 0 ? { dock: undefined } : {}) });
  const walk = (direction: 1 | -1): void => {
    const line = place?.side === 'before' ? place.line : 1;
    if (view.list !== 'findings' || view.dock === 0) showList('findings');
    openFinding(step(findings, { open: openPosition === -1 ? undefined : openPosition, line }, direction));
  };

  const goAcross = (): boolean => {
    const [first] = selected;
    if (place === undefined || first === undefined) return false;
    if (place.side === 'after') {
      goTo({ side: 'before', line: first.span.line, column: first.span.keyColumn });
      return true;
    }
    const counterparts = selected.flatMap((one) => one.counterparts);
    const next = counterparts.find(({ document }) => document === tab) ?? counterparts[0];
    if (next === undefined) return false;
    goTo({ side: 'after', document: next.document, line: next.span.line, column: next.span.keyColumn });
    return true;
  };

  const showTab = useCallback((next: number) => soon({ tab: keys[next] }), [soon, keys]);

  const { setSimulation, find, tried, decided } = useDecided({
    workbench,
    source,
    before,
    after,
    tab,
    onTab: showTab,
  });
  const [simulatorCalls, setSimulatorCalls] = useState(0);

  // Characters come here from the editors too: nothing can be typed into them.
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typesText(event.target)) return;
    const count = workbench.after.length;
    if (event.key === 'n') walk(1);
    else if (event.key === 'p') walk(-1);
    else if (event.key === 's') {
      showList('simulator');
      setSimulatorCalls((calls) => calls + 1);
    } else if (event.key === '[' && count > 1) showTab((tab - 1 + count) % count);
    else if (event.key === ']' && count > 1) showTab((tab + 1) % count);
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => pressed(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  const pressedInPane = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
    key === 'Enter' && !ctrlKey && !metaKey && !altKey && goAcross();

  // Puts the cursor where the address says and brings its counterpart into view, on either side.
  useEffect(() => {
    if (place === undefined || selection === undefined || before === undefined) return;
    const editor = place.side === 'before' ? before : after;
    const isShown = place.side === 'before' || place.document === tab;
    if (editor !== undefined && isShown) {
      const position = editor.getPosition();
      if (position?.lineNumber !== place.line || position.column !== place.column) {
        const wanted = { lineNumber: place.line, column: place.column };
        editor.setPosition(wanted, byProgram);
        editor.revealPositionInCenterIfOutsideViewport(wanted);
      }
      if (wantsFocus.current) editor.focus();
      wantsFocus.current = false;
    }
    reveal(place.side === 'before' ? after : before, spansAcross(selection.fields, place.side, tab));
  }, [place, selection, tab, before, after]);

  // The pointer only passes over most of what it touches: it has to rest for the other pane to move.
  useEffect(() => {
    if (hover === undefined || hovered.length === 0) return;
    const other = hover.side === 'before' ? after : before;
    const timer = setTimeout(() => reveal(other, spansAcross(hovered, hover.side, tab)), 400);
    return () => clearTimeout(timer);
  }, [hover, hovered, tab, before, after]);

  const lead = useScrollTogether({ before, after, links, tab, isOn: view.isScrollingTogether && !isStacked });

  const beforeMarks = useMemo(
    () => marksBefore(links, source, findings, titles, shown, classes),
    [links, source, findings, titles, shown],
  );
  const afterMarks = useMemo(
    () => [...marksAfter(links, tab, classes), ...overriddenMarks(workbench.after[tab], classes)],
    [links, tab, workbench],
  );
  const beforeHighlights = useMemo(() => {
    const rules = tried.filter((rule) => rule.place.side === 'before');
    const all = [
      ...litBefore(hovered, 'hovered', classes),
      ...litBefore(selected, 'atCursor', classes),
      ...ruleMarks(rules, 'ofSource', classes),
    ];
    return place?.side === 'before' ? [...cursorLine(place.line, all, classes), ...all] : all;
  }, [place, hovered, selected, tried]);
  const afterHighlights = useMemo(() => {
    const rules = tried.filter((rule) => rule.place.side === 'after' && rule.place.document === tab);
    const all = [
      ...litAfter(hovered, tab, 'hovered', classes),
      ...litAfter(selected, tab, 'atCursor', classes),
      ...ruleMarks(rules, 'ofTarget', classes),
    ];
    return place?.side === 'after' && place.document === tab ? [...cursorLine(place.line, all, classes), ...all] : all;
  }, [place, hovered, selected, tab, tried]);

  const open = workbench.after[tab];
  const key = keys[tab];
  const editing = edited !== undefined && edited.key === key ? edited : undefined;
  const edit = (text?: string): void =>
    setEdited(key === undefined ? undefined : { key, ...(text === undefined ? {} : { text }) });
  const beforePane = (
    <section key="before" className={classes.pane} aria-label="Before: Istio" {...lead('before')}>
      <BeforeHeader
        workbench={workbench}
        source={source}
        line={place?.side === 'before' ? place.line : selected[0]?.span.line}
        onPlace={goTo}
      />
      <div className={classes.body}>
        <CodePane
          monaco={monaco}
          language="istio-yaml"
          text={source.text}
          label={`Istio, ${source.sections.length} documents, read only. Enter goes to the counterpart of the field, n and p to findings.`}
          lineNumbers={(line) => numberOf(source, workbench.before, line)}
          marks={beforeMarks}
          highlights={beforeHighlights}
          onEditor={setBefore}
          onCursor={({ lineNumber: line, column }) => flushSync(() => choose({ side: 'before', line, column }))}
          onHover={(at) => setHover(at && { side: 'before', line: at.lineNumber, column: at.column })}
          onKey={pressedInPane}
        />
      </div>
    </section>
  );
  const afterPane = (
    <section key="after" className={classes.pane} aria-label="After: Kong Mesh" {...lead('after')}>
      <AfterHeader
        workbench={workbench}
        target={target}
        tab={tab}
        selected={selected}
        hovered={hovered}
        onTab={showTab}
      />
      {open === undefined ? (
        <NothingAfter workbench={workbench} />
      ) : (
        <div className={classes.panel} role="tabpanel" id="workbench-after" aria-label={nameOf(open.resource)}>
          {editing === undefined && <Decision key={key} migration={migration} document={open} onEdit={edit} />}
          {open.why !== undefined && (
            <p className={classes.why}>
              <strong>Draft:</strong> {open.why}
            </p>
          )}
          {editing !== undefined && (
            <Suspense
              fallback={
                <p className={classes.noFindings} role="status">
                  Loading the editor …
                </p>
              }
            >
              <Editing
                key={key}
                migration={migration}
                monaco={monaco}
                subject={subjectOfDocument(open)}
                change={open.override?.override.change === 'add' ? 'add' : 'edit'}
                text={editing.text ?? open.text}
                emitted={open.emitted}
                override={open.override?.override}
                isDraft={open.role === 'draft'}
                onClose={() => setEdited(undefined)}
              />
            </Suspense>
          )}
          <div className={classes.body} hidden={editing !== undefined}>
            <CodePane
              monaco={monaco}
              language="kong-mesh-yaml"
              text={open.text.replace(/\n$/, '')}
              label={`Kong Mesh, ${nameOf(open.resource)}, read only. Enter goes to the Istio field that it came from.`}
              lineNumbers={String}
              marks={afterMarks}
              highlights={afterHighlights}
              onEditor={setAfter}
              onCursor={({ lineNumber: line, column }) =>
                flushSync(() => choose({ side: 'after', document: tab, line, column }))
              }
              onHover={(at) => setHover(at && { side: 'after', document: tab, line: at.lineNumber, column: at.column })}
              onKey={pressedInPane}
            />
          </div>
        </div>
      )}
    </section>
  );

  return (
    <div className={classes.bench}>
      <Toolbar
        workbench={workbench}
        search={search}
        isStacked={isStacked}
        view={view}
        position={openPosition}
        count={findings.length}
        onChange={now}
        onWalk={walk}
      />
      {nothing ?? (
        <>
          <div className={isStacked ? classes.stack : classes.sides}>
            {isStacked
              ? view.top === 'before'
                ? [beforePane, afterPane]
                : [afterPane, beforePane]
              : [
                  beforePane,
                  <Gutter
                    key="gutter"
                    before={before}
                    after={after}
                    tab={tab}
                    selected={selected}
                    hovered={hovered}
                    decided={decided}
                  />,
                  afterPane,
                ]}
          </div>
          <FieldBar migration={migration} workbench={workbench} selection={selection} titles={titles} onPlace={goTo} />
        </>
      )}
      <Dock
        height={view.dock}
        list={view.list}
        onResize={(height) => soon({ dock: String(height) })}
        head={
          <ListSwitch
            list={view.dock === 0 ? undefined : view.list}
            findings={whole(findings.length + workbench.omittedFindings)}
            accepted={workbench.findings.filter(({ diagnostic }) => diagnostic.accepted !== undefined).length}
            isAcceptedShown={view.isAcceptedShown}
            onAccepted={() => now({ accepted: view.isAcceptedShown ? undefined : 'shown' })}
            unmatched={unmatched.reduce((sum, group) => sum + group.fields.length, 0)}
            overrides={overrides.data?.length ?? 0}
            onChange={showList}
            onFold={() => now({ dock: 'closed' })}
          />
        }
      >
        {view.list === 'unmatched' ? (
          <UnmatchedList groups={unmatched} workbench={workbench} links={links} onPlace={goTo} />
        ) : view.list === 'overrides' ? (
          <Suspense
            fallback={
              <p className={classes.noFindings} role="status">
                Loading the overrides …
              </p>
            }
          >
            <OverrideList
              migration={migration}
              wayTo={(subject) => {
                const position = workbench.after.findIndex(
                  (document) => keyOf(subjectOfDocument(document)) === keyOf(subject),
                );
                return position === -1 ? undefined : () => showTab(position);
              }}
              onAdd={() => setAdding(true)}
            />
          </Suspense>
        ) : view.list === 'simulator' ? (
          <Suspense
            fallback={
              <p className={classes.noFindings} role="status">
                Loading the simulator …
              </p>
            }
          >
            <Simulator
              migration={migration}
              search={search}
              calls={simulatorCalls}
              onChange={soon}
              onDecided={setSimulation}
              wayTo={(rule) => {
                const found = find(rule);
                return found && (() => goTo(placeOf(found)));
              }}
            />
          </Suspense>
        ) : (
          <FindingList
            migration={migration}
            list={findings}
            workbench={workbench}
            titles={titles}
            open={openPosition}
            line={place?.side === 'before' ? place.line : undefined}
            onOpen={openFinding}
            onClose={() => soon({ finding: undefined })}
          />
        )}
      </Dock>
      {isAdding && (
        <Suspense fallback={null}>
          <Add migration={migration} onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </div>
  );
}
