import type { FieldElsewhere, FieldLink, Span, Workbench } from '@isthmus/contract';
import type { Outcome } from '../../ui/status.tsx';
import { type SourceText, sectionAt } from './source-text.ts';

/** A place under the cursor or the pointer; `before` counts lines in the joined text. */
export type Place =
  | { readonly side: 'before'; readonly line: number; readonly column: number }
  | { readonly side: 'after'; readonly document: number; readonly line: number; readonly column: number };

/** A counterpart with a place in the text of an emitted resource. */
export interface Counterpart {
  /** Index into the workbench's `after`. */
  readonly document: number;
  readonly path: string;
  readonly span: Span;
}

/** A field that stands in the left pane; its span counts lines in the joined text. */
export interface LinkedField {
  /** Index into the workbench's `fields`. */
  readonly index: number;
  readonly field: FieldLink;
  readonly span: Span;
  readonly counterparts: readonly Counterpart[];
}

/** What a place speaks of. */
export interface Selection {
  readonly place: Place;
  readonly fields: readonly LinkedField[];
  /** Whether the place opens a block, and the fields are those within. */
  readonly isBlock: boolean;
  /** Fields of resources that the left pane does not show; only of places on the right. */
  readonly elsewhere: readonly FieldElsewhere[];
}

export interface LinkIndex {
  readonly fields: readonly LinkedField[];
  /** The outcomes on each line of the left pane that has any. */
  readonly outcomesByLine: ReadonlyMap<number, readonly Outcome[]>;
  /** What fields became in the right pane, by document: of those that are shown, and of those elsewhere. */
  readonly arrivals: ReadonlyMap<number, readonly Arrival[]>;
  /** The fields at a place: on its column, else on its line, else of the block that its line opens. */
  at(place: Place): Selection;
}

const moved = (span: Span, by: number): Span => ({ ...span, line: span.line + by, endLine: span.endLine + by });

const holds = ({ line, keyColumn, endLine, endColumn }: Span, at: { line: number; column: number }): boolean =>
  (at.line > line || at.column >= keyColumn) && (at.line < endLine || at.column <= endColumn);

const indentOf = (text: string): number => {
  const indent = text.search(/\S/);
  return indent === -1 || text[indent] === '#' ? Number.POSITIVE_INFINITY : indent;
};

/** The last line of the block that a line of YAML opens; the line itself where it opens none. Lines count from 1. */
export function blockEnd(lines: readonly string[], line: number): number {
  const opener = lines[line - 1] ?? '';
  const indent = indentOf(opener);
  if (indent === Number.POSITIVE_INFINITY || /^---(?:\s|$)/.test(opener)) return line;
  const isItem = /^\s*-(?:\s|$)/.test(opener);
  let end = line;
  for (let next = line + 1; next <= lines.length; next++) {
    const text = lines[next - 1] as string;
    const deep = indentOf(text);
    if (deep === Number.POSITIVE_INFINITY) continue;
    // Items of a list may stand under their key without indentation.
    const isInside = deep > indent || (deep === indent && !isItem && /^\s*-\s/.test(text) && !/^---/.test(text));
    if (!isInside) break;
    end = next;
  }
  return end;
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** A place in an emitted resource where something arrived. */
export interface Arrival {
  readonly outcome: Outcome;
  readonly span: Span;
}

interface Marked {
  /** Either of both. */
  readonly field: LinkedField | undefined;
  readonly elsewhere: FieldElsewhere | undefined;
  readonly span: Span;
}

/** Entries by the lines that they stand on; a container counts on its first line only, so that its leaves come first. */
function byLine(entries: readonly Marked[]): Map<number, Marked[]> {
  const lines = new Map<number, Marked[]>();
  for (const entry of entries)
    for (let line = entry.span.line; line <= entry.span.endLine; line++) add(lines, line, entry);
  return lines;
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

const distinct = (entries: readonly Marked[]): Pick<Selection, 'fields' | 'elsewhere'> => ({
  fields: [...new Set(entries.map(({ field }) => field))].filter(isThere),
  elsewhere: [...new Set(entries.map(({ elsewhere }) => elsewhere))].filter(isThere),
});

/** Of the entries on one place those that say most about it: the ones with the smallest span. */
function narrowest(entries: readonly Marked[]): Marked[] {
  const heightOf = ({ span }: Marked): number => span.endLine - span.line;
  const least = Math.min(...entries.map(heightOf));
  return entries.filter((entry) => heightOf(entry) === least);
}

function find(lines: ReadonlyMap<number, Marked[]>, text: readonly string[], line: number, column: number) {
  const onLine = lines.get(line) ?? [];
  const onColumn = onLine.filter(({ span }) => holds(span, { line, column }));
  const end = blockEnd(text, line);
  // A key that opens a block speaks of all within, unless something came from or went to the block as a whole.
  if (onLine.length === 0 || (onColumn.length === 0 && end > line && !onLine.some(({ span }) => span.line === line))) {
    const within: Marked[] = [];
    for (let at = line; at <= end; at++) for (const entry of lines.get(at) ?? []) within.push(entry);
    return { ...distinct(within), isBlock: true };
  }
  return { ...distinct(narrowest(onColumn.length > 0 ? onColumn : onLine)), isBlock: false };
}

/** Looks fields up by their place on either side. */
export function indexLinks(workbench: Workbench, source: SourceText): LinkIndex {
  const headings = new Map(source.sections.map(({ document, heading }) => [document, heading]));
  const fields: LinkedField[] = [];
  const outcomesByLine = new Map<number, Outcome[]>();
  const before: Marked[] = [];
  const after = new Map<number, Marked[]>();
  const arrivals = new Map<number, Arrival[]>();
  for (const [index, field] of workbench.fields.entries()) {
    const heading = headings.get(field.document);
    if (heading === undefined || field.span === undefined) continue;
    const span = moved(field.span, heading);
    const counterparts = field.targets.flatMap(({ document, path, span: at }) =>
      at === undefined ? [] : [{ document, path, span: at }],
    );
    const linked: LinkedField = { index, field, span, counterparts };
    fields.push(linked);
    before.push({ field: linked, elsewhere: undefined, span });
    for (const counterpart of counterparts) {
      add(after, counterpart.document, { field: linked, elsewhere: undefined, span: counterpart.span });
      add(arrivals, counterpart.document, { outcome: field.outcome, span: counterpart.span });
    }
    for (let line = span.line; line <= span.endLine; line++) add(outcomesByLine, line, field.outcome);
  }
  for (const field of workbench.elsewhere)
    for (const { document, span } of field.targets) {
      if (span === undefined) continue;
      add(after, document, { field: undefined, elsewhere: field, span });
      add(arrivals, document, { outcome: field.outcome, span });
    }
  const beforeLines = byLine(before);
  const beforeText = source.text.split('\n');
  const afterLines = new Map([...after].map(([document, entries]) => [document, byLine(entries)]));
  const afterText = new Map<number, string[]>();
  const textOf = (document: number): string[] => {
    const known = afterText.get(document) ?? (workbench.after[document]?.text ?? '').split('\n');
    afterText.set(document, known);
    return known;
  };
  return {
    fields,
    outcomesByLine,
    arrivals,
    at(place) {
      if (place.side === 'after') {
        const lines = afterLines.get(place.document) ?? new Map<number, Marked[]>();
        return { place, ...find(lines, textOf(place.document), place.line, place.column) };
      }
      const section = sectionAt(source.sections, place.line);
      if (section?.heading === place.line) {
        const whole = fields.filter(({ field }) => field.document === section.document);
        return { place, fields: whole, isBlock: true, elsewhere: [] };
      }
      return { place, ...find(beforeLines, beforeText, place.line, place.column) };
    },
  };
}
