import { useEffect, useEffectEvent, useRef } from 'react';
import type { CodeEditor } from './code-pane.tsx';
import type { Monaco, Yaml } from './load.ts';

/** Something against the text; lines and columns count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface EditPaneProps {
  readonly monaco: Monaco;
  readonly yaml: Yaml;
  /** Tells one text from another; the text itself is read once for each. */
  readonly name: string;
  readonly text: string;
  readonly label: string;
  /** JSON Schema; undefined until it is there. */
  readonly schema: object | undefined;
  readonly problems: readonly Problem[];
  readonly onChange: (text: string) => void;
  readonly onEditor: (editor: CodeEditor | undefined) => void;
  readonly onSave: () => void;
}

const owner = 'isthmus';

/** A text to write, with completion and help from its schema and marks where something is against it. */
export function EditPane(props: EditPaneProps) {
  const { monaco, yaml, name, label, schema, problems } = props;
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<CodeEditor>(undefined);
  const textNow = useEffectEvent(() => props.text);
  const changed = useEffectEvent((text: string) => props.onChange(text));
  const announce = useEffectEvent((code: CodeEditor | undefined) => props.onEditor(code));
  const saved = useEffectEvent(() => props.onSave());

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const model = monaco.editor.createModel(
      textNow(),
      yaml.yamlLanguage,
      yaml.Uri.parse(`file:///${encodeURIComponent(name)}.yaml`),
    );
    const code = monaco.editor.create(element, {
      ...monaco.readOnlyOptions,
      ...yaml.writingOptions,
      model,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    });
    shown.current = code;
    code.onDidChangeModelContent(() => changed(model.getValue()));
    code.onKeyDown((event) => {
      const { key, ctrlKey, metaKey, altKey } = event.browserEvent;
      if (!(ctrlKey || metaKey) || altKey || (key !== 's' && key !== 'Enter')) return;
      event.preventDefault();
      event.stopPropagation();
      saved();
    });
    // What is against the text takes room below: the line that is written stays in sight.
    code.onDidLayoutChange(() => {
      const at = code.getPosition();
      if (at !== null && code.hasTextFocus()) code.revealPositionInCenterIfOutsideViewport(at);
    });
    announce(code);
    code.focus();
    return () => {
      announce(undefined);
      shown.current = undefined;
      code.dispose();
      model.dispose();
    };
  }, [monaco, yaml, name]);

  useEffect(() => {
    if (schema !== undefined) void yaml.applySchema(schema);
  }, [yaml, schema]);

  useEffect(() => {
    shown.current?.updateOptions({ ariaLabel: label });
  }, [label]);

  useEffect(() => {
    const model = shown.current?.getModel();
    if (model === null || model === undefined) return;
    const markers = problems.map(({ line, column, message }) => {
      const at = Math.min(line, model.getLineCount());
      const word = model.getWordAtPosition({ lineNumber: at, column });
      return {
        severity: yaml.MarkerSeverity.Error,
        message,
        startLineNumber: at,
        startColumn: word?.startColumn ?? Math.min(column, model.getLineMaxColumn(at)),
        endLineNumber: at,
        endColumn: word?.endColumn ?? model.getLineMaxColumn(at),
      };
    });
    monaco.editor.setModelMarkers(model, owner, markers);
  }, [monaco, yaml, problems]);

  return <div ref={host} style={{ width: '100%', height: '100%' }} />;
}
