import type { editor, IPosition } from 'monaco-editor/editor';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { Monaco } from './load.ts';
import type { YamlOf } from './monaco.ts';

/** A part of the text that looks otherwise; lines and columns count from 1. */
export interface Decoration {
  readonly line: number;
  readonly endLine: number;
  /** Without columns the whole lines are meant. */
  readonly columns?: readonly [start: number, end: number];
  readonly className?: string;
  readonly inlineClassName?: string;
  readonly glyph?: { readonly className: string; readonly words: string };
  readonly marginClassName?: string;
  /** Stands behind the end of the line and is no part of the text. */
  readonly after?: { readonly text: string; readonly className: string };
}

/** Source of the cursor's moves that no person made; for `setPosition`. */
export const byProgram = 'isthmus';

export type CodeEditor = editor.IStandaloneCodeEditor;

export interface CodePaneProps {
  readonly monaco: Monaco;
  readonly language: YamlOf;
  readonly text: string;
  /** For people who listen. */
  readonly label: string;
  readonly lineNumbers: (line: number) => string;
  /** Those that stay while the text does, and those that follow cursor and pointer. */
  readonly marks: readonly Decoration[];
  readonly highlights: readonly Decoration[];
  readonly onEditor: (editor: CodeEditor | undefined) => void;
  /** By a person, not by the program. */
  readonly onCursor: (at: IPosition) => void;
  readonly onHover: (at: IPosition | undefined) => void;
  /** A key that types nothing; true where it was taken. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

function present({ line, endLine, columns, ...decoration }: Decoration): editor.IModelDeltaDecoration {
  const { className, inlineClassName, glyph, marginClassName, after } = decoration;
  return {
    range: {
      startLineNumber: line,
      startColumn: columns?.[0] ?? 1,
      endLineNumber: endLine,
      endColumn: columns?.[1] ?? (after === undefined ? 1 : Number.MAX_SAFE_INTEGER),
    },
    options: {
      isWholeLine: columns === undefined,
      showIfCollapsed: true,
      ...(className === undefined ? {} : { className }),
      ...(inlineClassName === undefined ? {} : { inlineClassName }),
      ...(marginClassName === undefined ? {} : { marginClassName }),
      ...(glyph === undefined ? {} : { glyphMarginClassName: glyph.className }),
      ...(after === undefined
        ? {}
        : {
            after: { content: after.text, inlineClassName: after.className, inlineClassNameAffectsLetterSpacing: true },
          }),
    },
  };
}

/**
 * Whether a key belongs to the page: nothing can be typed here, so that characters are the page's shortcuts, and the
 * editor must not wait for a second key after Ctrl-K.
 */
const isPageKey = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) && !altKey ? key.toLowerCase() === 'k' : key.length === 1 && !altKey;

const samePlace = (a: IPosition | undefined, b: IPosition | undefined): boolean =>
  a?.lineNumber === b?.lineNumber && a?.column === b?.column;

/** A text to read in the editor, with marks beside its lines. */
export function CodePane(props: CodePaneProps) {
  const { monaco, language, text, label, marks, highlights } = props;
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<CodeEditor>(undefined);
  const layers = useRef<{
    marks: editor.IEditorDecorationsCollection;
    highlights: editor.IEditorDecorationsCollection;
  }>(undefined);
  const numberOf = useEffectEvent((line: number) => props.lineNumbers(line));
  const announce = useEffectEvent((code: CodeEditor | undefined) => props.onEditor(code));
  const cursorMoved = useEffectEvent((at: IPosition) => props.onCursor(at));
  const hovered = useEffectEvent((at: IPosition | undefined) => props.onHover(at));
  const wordsAt = useEffectEvent(
    (line: number) => props.marks.find((mark) => mark.glyph && mark.line === line)?.glyph?.words,
  );
  const keyPressed = useEffectEvent((event: KeyboardEvent) => props.onKey(event));

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const code = monaco.editor.create(element, {
      ...monaco.readOnlyOptions,
      language,
      value: '',
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      lineNumbers: numberOf,
    });
    shown.current = code;
    layers.current = { marks: code.createDecorationsCollection(), highlights: code.createDecorationsCollection() };
    let last: IPosition | undefined;
    const hover = (at: IPosition | undefined): void => {
      if (samePlace(at, last)) return;
      last = at;
      hovered(at);
    };
    code.onDidChangeCursorPosition(({ position, source, reason }) => {
      if (source !== byProgram && reason !== monaco.editor.CursorChangeReason.ContentFlush) cursorMoved(position);
    });
    code.onMouseMove(({ target }) => {
      hover(target.position ?? undefined);
      const isMark = target.type === monaco.editor.MouseTargetType.GUTTER_GLYPH_MARGIN;
      element.title = (isMark && target.position !== null && wordsAt(target.position.lineNumber)) || '';
    });
    code.onMouseLeave(() => hover(undefined));
    code.onKeyDown((event) => {
      const { browserEvent } = event;
      const isForPage = isPageKey(browserEvent);
      if (!isForPage && !keyPressed(browserEvent)) return;
      event.preventDefault();
      event.stopPropagation();
      if (isForPage) document.dispatchEvent(new KeyboardEvent('keydown', browserEvent));
    });
    announce(code);
    return () => {
      announce(undefined);
      shown.current = undefined;
      layers.current = undefined;
      code.dispose();
    };
  }, [monaco, language]);

  useEffect(() => {
    shown.current?.updateOptions({ ariaLabel: label });
  }, [label]);

  useEffect(() => {
    const code = shown.current;
    if (code === undefined || code.getValue() === text) return;
    code.setValue(text);
  }, [text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text has lost its decorations
  useEffect(() => {
    layers.current?.marks.set(marks.map(present));
  }, [marks, text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text has lost its decorations
  useEffect(() => {
    layers.current?.highlights.set(highlights.map(present));
  }, [highlights, text]);

  return <div ref={host} style={{ width: '100%', height: '100%' }} />;
}
