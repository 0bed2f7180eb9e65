import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import { join, parsePath, type Step } from './path.ts';
import type { Source } from './resource.ts';
import { type Chunk, chunks } from './text.ts';
import { eventStart, parseYamlEvents, skipNode, YamlError, type YamlEvents } from './yaml-events.ts';
import { keyText } from './yaml-value.ts';

/** Where an entry stands. Lines and columns count from 1, columns in UTF-16 code units; the end is behind the last character. */
export interface Span {
  /** Start of the value. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Start of the key; the value's own where the entry is an item of a list. */
  readonly keyLine: number;
  readonly keyColumn: number;
}

/** A node of a document by offsets into its chunk. */
interface Node {
  readonly start: number;
  end: number;
  /** -1 for items of lists and for the root. */
  readonly key: number;
  readonly entries?: Map<string, Node>;
  readonly items?: Node[];
  /** Of a literal block, where its first line begins. */
  readonly literal?: number;
  /** Maps that `<<` brings, the last to win first. */
  merges?: readonly Node[];
  /** What an alias stands for. */
  target?: Node;
}

interface Parsed {
  readonly text: string;
  readonly root: Node;
  /** Whether the object is written in a text that positions cannot be given in. */
  readonly isOpaque?: boolean;
  readonly position: (offset: number) => { line: number; column: number };
}

const blockHeader = /[|>][0-9+-]*[ \t]*(?:#.*)?$/;

/** A block scalar's own event begins at its content; for people it begins at `|` or `>`. */
function blockStart(text: string, contentStart: number): number {
  const lineEnd = contentStart - 1;
  const lineStart = text.lastIndexOf('\n', lineEnd - 1) + 1;
  const match = blockHeader.exec(text.slice(lineStart, lineEnd));
  return match === null ? contentStart : lineStart + match.index;
}

class Builder {
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly anchors = new Map<string, Node>();
  private at: number;
  private last = 0;

  constructor({ text, events }: YamlEvents, index: number) {
    this.text = text;
    this.events = events;
    this.at = index;
  }

  node(key: number): Node {
    const event = this.events[this.at] as Event;
    const start = eventStart(event);
    this.at++;
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        if (event.valueStart < 0) return this.anchored(event, { start: this.last, end: this.last, key });
        const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
        const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
        let end = event.valueEnd + (isQuoted ? 1 : 0);
        while (isBlock && end > event.valueStart && this.text.charCodeAt(end - 1) === 10) end--;
        this.last = end;
        const from = isBlock && start === event.valueStart ? blockStart(this.text, start) : start;
        const node: Node = { start: from, end, key };
        return this.anchored(
          event,
          event.style === SCALAR_STYLE.LITERAL_BLOCK ? { ...node, literal: event.valueStart } : node,
        );
      }
      case EVENT_ID.ALIAS: {
        this.last = event.anchorEnd;
        const target = this.anchors.get(this.text.slice(event.anchorStart, event.anchorEnd));
        return { start, end: event.anchorEnd, key, ...(target === undefined ? {} : { target }) };
      }
      case EVENT_ID.SEQUENCE: {
        const node: Node = this.anchored(event, { start, end: start + 1, key, items: [] });
        this.last = start + 1;
        while (this.events[this.at]?.type !== EVENT_ID.POP) node.items?.push(this.node(-1));
        return this.close(node);
      }
      default: {
        const opening = event as Event & { type: 3 };
        const node: Node = this.anchored(opening, { start, end: start + 1, key, entries: new Map() });
        this.last = start + 1;
        while (this.events[this.at]?.type !== EVENT_ID.POP) this.entry(node);
        return this.close(node);
      }
    }
  }

  private entry(map: Node): void {
    const event = this.events[this.at] as Event & { type: 4 };
    const name = keyText(this.text, event) ?? '';
    const isMerge = name === '<<' && event.style === SCALAR_STYLE.PLAIN && event.tagStart === -1;
    const key = this.node(-1).start;
    const value = this.node(key);
    if (!isMerge) map.entries?.set(name, value);
    else map.merges = [...(value.items ?? [value]).map((source) => ({ ...source, key })), ...(map.merges ?? [])];
  }

  private anchored(event: { anchorStart: number; anchorEnd: number }, node: Node): Node {
    if (event.anchorStart >= 0) this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  private close(node: Node): Node {
    this.at++;
    const first = this.text[node.start];
    if (first === '{' || first === '[') {
      // The closing bracket of `{}` and of what ends right behind its last content.
      const closing = /[ \t]*[}\]]/y;
      closing.lastIndex = this.last;
      if (closing.test(this.text)) this.last = closing.lastIndex;
    }
    node.end = this.last;
    return node;
  }
}

function positions(text: string, firstLine: number): Parsed['position'] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: firstLine + low, column: offset - (starts[low] as number) + 1 };
  };
}

/** A child by step, through aliases and `<<`; what an alias brings stands where the alias stands. */
function child(node: Node, step: Step): Node | undefined {
  const real = resolve(node);
  const found =
    typeof step === 'number'
      ? real.items?.[step]
      : (real.entries?.get(step) ?? real.merges?.find((source) => child(source, step) !== undefined));
  if (found === undefined) return undefined;
  const inMerge = typeof step === 'string' && !real.entries?.has(step);
  const reached = inMerge ? (child(found, step) as Node) : found;
  if (real === node && !inMerge) return found;
  const place = inMerge ? found : node;
  return { ...reached, start: place.start, end: place.end, key: place.key };
}

function resolve(node: Node): Node {
  return node.target === undefined ? node : resolve(node.target);
}

// Thousands of findings point into one file, one after the other: its chunks are cut once.
let latest: { readonly text: string; readonly list: readonly Chunk[] } = { text: '', list: [] };

/** The last chunk that begins at or before a line. */
function chunkAt(text: string, line: number): Chunk | undefined {
  if (latest.text !== text) {
    const normal = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    latest = { text, list: [...chunks(normal)] };
  }
  let low = 0;
  let high = latest.list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((latest.list[middle] as Chunk).line <= line) low = middle + 1;
    else high = middle;
  }
  return latest.list[low - 1];
}

/** A text's events, with the event that opens each of its documents. */
interface Documents {
  readonly parsed: YamlEvents;
  readonly position: Parsed['position'];
  readonly roots: readonly { readonly event: number; readonly line: number }[];
}

/** The documents of a text whose first line is `firstLine`; undefined where it is no YAML. */
function parseDocuments(text: string, firstLine: number): Documents | undefined {
  try {
    const parsed = parseYamlEvents(text);
    const position = positions(parsed.text, firstLine);
    const roots: { event: number; line: number }[] = [];
    for (let index = 0; parsed.events[index]?.type === EVENT_ID.DOCUMENT; ) {
      const start = eventStart(parsed.events[index + 1] as Event);
      if (start >= 0) roots.push({ event: index + 1, line: position(start).line });
      // Behind the node stands the end of its document.
      index = skipNode(parsed.events, index + 1) + 1;
    }
    return { parsed, position, roots };
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** The last document that begins at or before a line. */
function buildDocument({ parsed, position, roots }: Documents, line: number): Parsed | undefined {
  const root = roots.findLast((one) => one.line <= line) ?? roots[0];
  if (root === undefined) return undefined;
  try {
    return { text: parsed.text, root: new Builder(parsed, root.event).node(-1), position };
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

// Several findings about one resource come one after the other, and so do those about the items of a List.
let latestChunk: { readonly chunk: Chunk; readonly documents: Documents | undefined } | undefined;
let latestDocument:
  | { readonly chunk: Chunk; readonly document: number; readonly parsed: Parsed | undefined }
  | undefined;

function documentOf(chunk: Chunk, { document, line }: Source): Parsed | undefined {
  if (latestDocument?.chunk === chunk && latestDocument.document === document) return latestDocument.parsed;
  if (latestChunk?.chunk !== chunk) latestChunk = { chunk, documents: parseDocuments(chunk.text, chunk.line) };
  const { documents } = latestChunk;
  latestDocument = { chunk, document, parsed: documents && buildDocument(documents, line) };
  return latestDocument.parsed;
}

/** The object that a source speaks of, as a tree of positions; undefined where the text is not what was read. */
function parse(text: string, source: Source): Parsed | undefined {
  const chunk = chunkAt(text, source.line);
  const parsed = chunk && documentOf(chunk, source);
  if (parsed === undefined || source.within === undefined) return parsed;
  let node: Node | undefined = parsed.root;
  for (const step of parsePath(source.within) ?? []) node = node && child(node, step);
  if (node === undefined) return undefined;
  return isScalar(resolve(node)) ? parseWithin(parsed, node) : { ...parsed, root: node };
}

const isScalar = (node: Node): boolean => node.entries === undefined && node.items === undefined;

/**
 * The YAML within a text of a document, as the MeshConfig within a ConfigMap: of a literal block each line stands in the
 * file as it is, but for its margin. Of other notations only the place of the whole text is known.
 */
function parseWithin(outer: Parsed, node: Node): Parsed | undefined {
  const { literal, end } = resolve(node);
  const whole: Parsed = { ...outer, root: node, isOpaque: true };
  if (literal === undefined) return whole;
  const lines = outer.text.slice(literal, end).split('\n');
  const margin = lines.find((line) => line.trim() !== '')?.search(/[^ ]/) ?? 0;
  const first = outer.position(literal);
  const documents = parseDocuments(lines.map((line) => line.slice(margin)).join('\n'), first.line);
  const inner = documents && buildDocument(documents, first.line);
  if (inner === undefined) return whole;
  const position: Parsed['position'] = (offset) => {
    const { line, column } = inner.position(offset);
    return { line, column: column + margin };
  };
  return { ...inner, position };
}

/**
 * Finds a field in the text that a resource was read from: the place of its key, or of the item in a list. What an alias
 * or `<<` brings is found where that stands. Undefined where the field is not in the text.
 * @param text of the whole file, as `redact` gives it
 * @param path within the object, `spec.http[0].route`; `''` for the object itself
 */
export function locate(text: string, source: Source, path: string): { line: number; column: number } | undefined {
  const steps = parsePath(path);
  const parsed = parse(text, source);
  if (steps === undefined || parsed === undefined) return undefined;
  let node: Node | undefined = parsed.root;
  if (!parsed.isOpaque) for (const step of steps) node = node && child(node, step);
  if (node === undefined) return undefined;
  return parsed.position(node.key >= 0 ? node.key : node.start);
}

/**
 * The places of all leaves of an object (scalars, nulls, empty maps and lists) by path. Empty where the text is not what
 * the resource was read from.
 */
export function locateAll(text: string, source: Source): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  const parsed = parse(text, source);
  if (parsed === undefined || parsed.isOpaque) return spans;
  const { position } = parsed;
  const visit = (node: Node, path: string): void => {
    const real = resolve(node);
    const steps: Step[] = real.items !== undefined ? [...real.items.keys()] : [...keys(real)];
    if (steps.length > 0) {
      for (const step of steps) visit(child(node, step) as Node, join(path, step));
      return;
    }
    const { line, column } = position(node.start);
    const end = position(node.end);
    const key = position(node.key >= 0 ? node.key : node.start);
    spans.set(path, {
      line,
      column,
      endLine: end.line,
      endColumn: end.column,
      keyLine: key.line,
      keyColumn: key.column,
    });
  };
  visit(parsed.root, '');
  return spans;
}

function keys(node: Node): Set<string> {
  const names = new Set(node.entries?.keys());
  for (const source of node.merges ?? []) for (const name of keys(resolve(source))) names.add(name);
  return names;
}
