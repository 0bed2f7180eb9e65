import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/snippet/register';
// `features/suggest` registers inline completions only (monaco-editor 0.57).
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import * as monaco from 'monaco-editor/editor';
import { conf, language } from 'monaco-editor/languages/definitions/yaml/yaml';
import { configureMonacoYaml } from 'monaco-yaml';
import { applyTheme } from './monaco.ts';
import YamlWorker from './yaml.worker.ts?worker';

// What only an editor for writing needs: completion, hovers and the language server; `loadYaml` imports it when *Edit* is first
// pressed, before an editor is made.

const id = 'yaml';
monaco.languages.register({ id });
monaco.languages.setLanguageConfiguration(id, conf);
// Keys have the accent of the target mesh, as in the pane for reading.
monaco.languages.setMonarchTokensProvider(id, { ...language, tokenPostfix: '.kong-mesh-yaml' });
applyTheme();

/**
 * Monaco as monaco-yaml expects it: workers that are made by the editor from a label, which Monaco 0.57 leaves to the caller.
 * The first message starts the worker, the second is what it works with (monaco-editor 0.57, internal/common/workers.js).
 */
const editorWithWorkers = {
  ...monaco,
  editor: {
    ...monaco.editor,
    createWebWorker({ createData }: { createData?: unknown }) {
      const worker = new YamlWorker();
      worker.postMessage('ignore');
      worker.postMessage(createData);
      return monaco.editor.createWebWorker({ worker });
    },
  },
} as unknown as Parameters<typeof configureMonacoYaml>[0];

// Findings come from the server, with all rules of admission: two lists of problems would be one too many.
const service = configureMonacoYaml(editorWithWorkers, {
  completion: true,
  hover: true,
  validate: true,
  format: { enable: false },
  enableSchemaRequest: false,
  yamlVersion: '1.1',
});

/** Tells the language server what is edited now. */
export const applySchema = (schema: object): Promise<void> =>
  service.update({ schemas: [{ uri: 'inmemory://isthmus/schema.json', fileMatch: ['**'], schema: schema as never }] });

/** Options of an editor for writing, over those for reading. Tab still leads on; indenting is Ctrl-] and Ctrl-[. */
export const writingOptions: monaco.editor.IStandaloneEditorConstructionOptions = {
  readOnly: false,
  domReadOnly: false,
  glyphMargin: false,
  tabSize: 2,
  insertSpaces: true,
  detectIndentation: false,
  quickSuggestions: { other: true, comments: false, strings: true },
  suggest: { showWords: false, preview: false, showStatusBar: false },
  wordBasedSuggestions: 'off',
  hover: { enabled: 'on', delay: 300, above: false },
  renderLineHighlight: 'line',
  overviewRulerLanes: 2,
};

export const { MarkerSeverity, Uri } = monaco;
export { id as yamlLanguage };
