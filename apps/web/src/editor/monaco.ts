// Services of the editor for writing: they have to be known before the first editor is made (monaco-editor 0.57,
// standaloneServices.js).
import 'monaco-editor/editor/contrib/gotoError/browser/markerNavigationService';
import 'monaco-editor/editor/contrib/suggest/browser/suggestMemory';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/wordOperations/register';
import { editor, languages } from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import { conf, language } from 'monaco-editor/languages/definitions/yaml/yaml';
import { isDark, readTokens, type Tokens, watchColorScheme } from './theme.ts';

// This file is the only one that brings the editor into the build; `loadMonaco` imports it when an editor is first shown.
// Features are chosen one by one: all of them would weigh half as much again, and hovers alone 80 KB.

/** YAML of the source mesh and of the target mesh: the same language, each with its mesh's accent. */
export type YamlOf = 'istio-yaml' | 'kong-mesh-yaml';

const accents: Readonly<Record<YamlOf, 'source' | 'target'>> = { 'istio-yaml': 'source', 'kong-mesh-yaml': 'target' };

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

for (const id of Object.keys(accents)) {
  languages.register({ id });
  languages.setLanguageConfiguration(id, conf);
  languages.setMonarchTokensProvider(id, { ...language, tokenPostfix: `.${id}` });
}

const themeName = 'isthmus';

function rulesOf(tokens: Tokens): editor.ITokenThemeRule[] {
  const hex = (color: string): string => color.slice(1);
  return [
    { token: '', foreground: hex(tokens.text) },
    { token: 'string', foreground: hex(tokens.text) },
    { token: 'number', foreground: hex(tokens.text) },
    { token: 'keyword', foreground: hex(tokens.text), fontStyle: 'bold' },
    { token: 'comment', foreground: hex(tokens.muted), fontStyle: 'italic' },
    { token: 'operators', foreground: hex(tokens.muted) },
    { token: 'delimiter', foreground: hex(tokens.muted) },
    { token: 'tag', foreground: hex(tokens.muted) },
    { token: 'namespace', foreground: hex(tokens.muted) },
    ...Object.entries(accents).map(([id, accent]) => ({ token: `type.${id}`, foreground: hex(tokens[accent]) })),
  ];
}

/** Colours of parts that came later are known to the editor only once the theme is set again. */
export function applyTheme(): void {
  const tokens = readTokens();
  editor.defineTheme(themeName, {
    base: isDark() ? 'vs-dark' : 'vs',
    inherit: false,
    rules: rulesOf(tokens),
    colors: {
      'editor.background': tokens.sunk,
      'editor.foreground': tokens.text,
      'editorGutter.background': tokens.sunk,
      'editorLineNumber.foreground': tokens.muted,
      'editorLineNumber.activeForeground': tokens.text,
      'editorCursor.foreground': tokens.text,
      'editor.selectionBackground': `${tokens.focus}33`,
      'editor.inactiveSelectionBackground': `${tokens.focus}22`,
      'editor.findMatchBackground': `${tokens.focus}55`,
      'editor.findMatchHighlightBackground': `${tokens.focus}33`,
      'editor.rangeHighlightBackground': `${tokens.focus}14`,
      'editorIndentGuide.background1': tokens.border,
      'editorIndentGuide.activeBackground1': tokens['border-strong'],
      'editorBracketMatch.border': tokens['border-strong'],
      'editorBracketMatch.background': '#00000000',
      // Brackets by depth in six colours are the editor's default, and a colour says nothing here.
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, tokens.muted]),
      ),
      'editorBracketHighlight.unexpectedBracket.foreground': tokens.muted,
      'editorSuggestWidget.background': tokens.panel,
      'editorSuggestWidget.foreground': tokens.text,
      'editorSuggestWidget.border': tokens.border,
      'editorSuggestWidget.selectedBackground': `${tokens.focus}33`,
      'editorSuggestWidget.selectedForeground': tokens.text,
      'editorSuggestWidget.highlightForeground': tokens.text,
      'editorSuggestWidget.focusHighlightForeground': tokens.text,
      'editorHoverWidget.background': tokens.panel,
      'editorHoverWidget.foreground': tokens.text,
      'editorHoverWidget.border': tokens.border,
      'textCodeBlock.background': tokens.sunk,
      'textPreformat.foreground': tokens.text,
      'editorError.foreground': tokens.unsupported,
      'editorWarning.foreground': tokens.approximate,
      'editor.lineHighlightBorder': tokens.border,
      'editorWidget.background': tokens.panel,
      'editorWidget.foreground': tokens.text,
      'editorWidget.border': tokens.border,
      'input.background': tokens.ground,
      'input.foreground': tokens.text,
      'input.border': tokens['border-strong'],
      'inputOption.activeBackground': `${tokens.focus}33`,
      'inputOption.activeForeground': tokens.text,
      'inputOption.activeBorder': tokens.focus,
      'scrollbarSlider.background': `${tokens['border-strong']}66`,
      'scrollbarSlider.hoverBackground': `${tokens['border-strong']}99`,
      'scrollbarSlider.activeBackground': `${tokens['border-strong']}cc`,
      'scrollbar.shadow': '#00000000',
      'widget.shadow': '#00000033',
      focusBorder: tokens.focus,
    },
  });
  editor.setTheme(themeName);
}

applyTheme();
watchColorScheme(applyTheme);

/** Options of every editor: for reading, and Tab goes on to what comes next on the page. */
export const readOnlyOptions: editor.IStandaloneEditorConstructionOptions = {
  readOnly: true,
  domReadOnly: true,
  tabFocusMode: true,
  automaticLayout: true,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  fontSize: 12,
  lineHeight: 20,
  glyphMargin: true,
  folding: true,
  lineNumbersMinChars: 3,
  lineDecorationsWidth: 12,
  renderLineHighlight: 'none',
  occurrencesHighlight: 'off',
  selectionHighlight: false,
  matchBrackets: 'never',
  guides: { indentation: true, highlightActiveIndentation: false, bracketPairs: false },
  links: false,
  contextmenu: false,
  hideCursorInOverviewRuler: true,
  overviewRulerLanes: 0,
  overviewRulerBorder: false,
  unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true, nonBasicASCII: false },
  scrollbar: { alwaysConsumeMouseWheel: false, useShadows: false },
  stickyScroll: { enabled: false },
  // Long lines are cut rather than freeze the page; what they hold stays in the text.
  stopRenderingLineAfter: 2000,
  fixedOverflowWidgets: true,
};

export { editor };
