import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';
import { setKey } from './json.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Json } from './resource.ts';
import { formatFloatKey, resolvePlain } from './yaml-scalar.ts';

/** Why a text is no YAML that the API server would read, and where: offsets are UTF-16 code units into the text. */
export class YamlError extends Error {
  readonly offset: number;
  /** For `duplicate`, where the key was first; the message is then the key. */
  readonly first: number | undefined;
  readonly kind: 'syntax' | 'duplicate' | 'depth' | 'aliases';
  constructor(kind: YamlError['kind'], message: string, offset: number, first?: number) {
    super(message);
    this.kind = kind;
    this.offset = offset;
    this.first = first;
  }
}

/** One document of a YAML text. */
export interface YamlDocument {
  readonly value: Json;
  /** Offset of the first key or value; -1 where the document holds nothing. */
  readonly start: number;
}

/** A parsed text: js-yaml's events, and the text that their offsets point into (of the same length as the input). */
export interface YamlEvents {
  readonly text: string;
  readonly events: readonly Event[];
}

type Limit = Pick<Limits, 'depth' | 'aliasExpansion'>;

const breaks = /[\u0085\u2028\u2029]/;

function parse(text: string, depth: number): Event[] {
  try {
    return parseEvents(text, { maxDepth: depth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const reason = error.reason;
    const offset = error.mark?.position ?? 0;
    throw reason.includes('maxDepth')
      ? new YamlError('depth', `nesting exceeds ${depth} levels`, offset)
      : new YamlError('syntax', reason, offset);
  }
}

/**
 * YAML 1.1 (and the API server) also break lines at U+0085, U+2028 and U+2029, YAML 1.2 (and js-yaml) does not: a comment
 * that ends in one of them could hide a key. Outside of quotes and blocks they are read as line breaks.
 */
function breakLines(text: string, events: readonly Event[]): string {
  const kept = new Uint8Array(text.length);
  for (const event of events) {
    if (event.type === EVENT_ID.SCALAR && event.style !== SCALAR_STYLE.PLAIN && event.valueStart >= 0) {
      kept.fill(1, event.valueStart, event.valueEnd);
    }
  }
  let out = '';
  for (let i = 0; i < text.length; i++) {
    out += breaks.test(text[i] as string) && kept[i] === 0 ? '\n' : text[i];
  }
  return out;
}

/** Parses a text into events. Throws `YamlError`. */
export function parseYamlEvents(text: string, limits: Limit = defaultLimits): YamlEvents {
  const events = parse(text, limits.depth);
  if (!breaks.test(text)) return { text, events };
  const broken = breakLines(text, events);
  return { text: broken, events: broken === text ? events : parse(broken, limits.depth) };
}

/** Offset of a node's first character, its anchor and tag included; -1 for an empty node. */
export function eventStart(event: Event): number {
  let start = -1;
  const consider = (offset: number): void => {
    if (offset >= 0 && (start === -1 || offset < start)) start = offset;
  };
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      consider(event.valueStart >= 0 && quoted ? event.valueStart - 1 : event.valueStart);
      break;
    }
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      consider(event.start);
      break;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    default:
      return -1;
  }
  consider(event.tagStart);
  if (event.anchorStart >= 0) consider(event.anchorStart - 1);
  return start;
}

const core = 'tag:yaml.org,2002:';

function tagName(text: string, event: { tagStart: number; tagEnd: number }): string {
  const raw = text.slice(event.tagStart, event.tagEnd);
  if (raw.startsWith('!!')) return raw.slice(2);
  return raw.startsWith(`!<${core}`) ? raw.slice(core.length + 2, -1) : '';
}

function fail(message: string, offset: number): never {
  throw new YamlError('syntax', message, offset);
}

/** The value of a scalar with a tag, as go.yaml.in/yaml v2 resolves it: core tags must fit, others leave text. */
function tagged(tag: string, source: string, offset: number): Json {
  const plain = resolvePlain(source);
  switch (tag) {
    case 'int':
      if (typeof plain === 'number' ? Number.isInteger(plain) : typeof plain === 'bigint') return plain as Json;
      return fail(`'${source}' is not an integer, as its tag !!int says`, offset);
    case 'float':
      if (typeof plain === 'number' || typeof plain === 'bigint') return plain;
      return fail(`'${source}' is not a number, as its tag !!float says`, offset);
    case 'bool':
      return typeof plain === 'boolean' ? plain : fail(`'${source}' is not a boolean, as its tag !!bool says`, offset);
    case 'null':
      return plain === null ? null : fail(`'${source}' is not null, as its tag !!null says`, offset);
    case 'binary':
      try {
        const bytes = Uint8Array.from(atob(source.replace(/\s/g, '')), (c) => c.charCodeAt(0));
        return new TextDecoder().decode(bytes);
      } catch {
        return fail('a !!binary value is not base64', offset);
      }
    default:
      return source;
  }
}

/** `\\/` and surrogates as `\\uD83D` are escapes of JSON and YAML 1.2, which the API server's YAML 1.1 reader refuses. */
const foreignEscape = /(?<!\\)(?:\\\\)*\\(?:\/|u[dD][89a-fA-F])/;

/** Reads a scalar event as a JSON value, or as a key. */
function scalarValue(text: string, event: Event & { type: 4 }, asKey: boolean, isJson = false): Json {
  const raw = event.valueStart < 0 ? '' : text.slice(event.valueStart, event.valueEnd);
  const source = event.fast ? raw : getScalarValue(text, event);
  if (!isJson && !event.fast && event.style === SCALAR_STYLE.DOUBLE_QUOTED && foreignEscape.test(raw)) {
    fail('a quoted text has an escape that YAML 1.1 does not have', eventStart(event));
  }
  const value =
    event.tagStart !== -1
      ? tagged(tagName(text, event), source, eventStart(event))
      : event.style === SCALAR_STYLE.PLAIN
        ? resolvePlain(source)
        : source;
  if (value === undefined) return source;
  if (typeof value !== 'number' || Number.isFinite(value) || asKey) return value;
  return fail(`${source} is not a number that JSON can hold`, eventStart(event));
}

/** A map key as sigs.k8s.io/yaml turns it into a string (`convertToJSONableObject`); null and collections are no keys. */
export function keyOf(value: Json, offset: number): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isInteger(value) ? value.toString() : formatFloatKey(value);
    default:
      return fail(value === null ? 'null cannot be a key' : 'a map or list cannot be a key', offset);
  }
}

interface Anchor {
  readonly value: Json;
  /** Values within, aliases expanded. */
  size: number;
  done: boolean;
}

interface Frame {
  readonly map: Record<string, Json> | undefined;
  readonly list: Json[] | undefined;
  readonly anchor: Anchor | undefined;
  /** Index of the opening event. */
  readonly event: number;
  readonly nodesBefore: number;
  key: string | undefined;
  keyEvent: number;
  merge: boolean;
  /** Keys that `<<` brought, which the map may set again. */
  merged: Set<string> | undefined;
}

/**
 * Builds values from events as sigs.k8s.io/yaml does. It is Isthmus's own constructor instead of js-yaml's because only
 * so a duplicate key has two places, integers keep 64 bits, aliases are counted by what they expand to and `<<` overrides
 * in document order (go.yaml.in/yaml v2, `decode.go`). Throws `YamlError`.
 * @param isJson the text is JSON, which kubectl reads with its JSON decoder: escapes that YAML 1.1 lacks are allowed
 */
export function buildYaml({ text, events }: YamlEvents, limits: Limit = defaultLimits, isJson = false): YamlDocument[] {
  const documents: YamlDocument[] = [];
  const stack: Frame[] = [];
  let top: Frame | undefined;
  let anchors = new Map<string, Anchor>();
  let nodes = 0;
  let expanded = 0;
  let root: Json = null;
  let start = -1;

  /** `index` is the event that opened the value: its offset matters for errors and roots only. */
  const add = (value: Json, index: number, isMergeKey: boolean): void => {
    if (top === undefined) {
      root = value;
      start = eventStart(events[index] as Event);
    } else if (top.list !== undefined) {
      top.list.push(value);
    } else if (top.merge) {
      top.merge = false;
      merge(top, value);
    } else if (top.key === undefined) {
      top.keyEvent = index;
      if (isMergeKey) {
        top.merge = true;
        return;
      }
      const key = typeof value === 'string' ? value : keyOf(value, eventStart(events[index] as Event));
      const map = top.map as Record<string, Json>;
      if (Object.hasOwn(map, key) && top.merged?.delete(key) !== true) {
        const offset = eventStart(events[index] as Event);
        throw new YamlError('duplicate', key, offset, firstKey(text, events, top.event, key));
      }
      top.key = key;
    } else {
      const key = top.key;
      top.key = undefined;
      if (key === '__proto__') setKey(top.map as Record<string, Json>, key, value);
      else (top.map as Record<string, Json>)[key] = value;
    }
  };

  const merge = (frame: Frame, value: Json): void => {
    const sources = Array.isArray(value) ? (value as Json[]).toReversed() : [value];
    frame.merged ??= new Set();
    for (const source of sources) {
      if (source === null || typeof source !== 'object' || Array.isArray(source)) {
        fail("'<<' needs a map or a list of maps", eventStart(events[frame.keyEvent] as Event));
      }
      for (const key of Object.keys(source)) {
        setKey(frame.map as Record<string, Json>, key, (source as Record<string, Json>)[key] as Json);
        frame.merged.add(key);
      }
    }
  };

  const anchorOf = (
    event: { anchorStart: number; anchorEnd: number },
    value: Json,
    done: boolean,
  ): Anchor | undefined => {
    if (event.anchorStart < 0) return undefined;
    const anchor = { value, size: 1, done };
    anchors.set(text.slice(event.anchorStart, event.anchorEnd), anchor);
    return anchor;
  };

  for (let i = 0; i < events.length; i++) {
    const event = events[i] as Event;
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        nodes++;
        const isKey = top?.map !== undefined && top.key === undefined && !top.merge;
        const value = scalarValue(text, event, isKey, isJson);
        if (event.anchorStart !== -1) anchorOf(event, value, true);
        const isMergeKey = isKey && value === '<<' && event.style === SCALAR_STYLE.PLAIN && event.tagStart === -1;
        add(value, i, isMergeKey);
        break;
      }
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        nodes++;
        const isMap = event.type === EVENT_ID.MAPPING;
        const value: Record<string, Json> | Json[] = isMap ? {} : [];
        const anchor = event.anchorStart === -1 ? undefined : anchorOf(event, value, false);
        if (top !== undefined) stack.push(top);
        top = {
          map: isMap ? (value as Record<string, Json>) : undefined,
          list: isMap ? undefined : (value as Json[]),
          anchor,
          event: i,
          nodesBefore: nodes,
          key: undefined,
          keyEvent: -1,
          merge: false,
          merged: undefined,
        };
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const anchor = anchors.get(name);
        if (anchor === undefined) return fail(`there is no anchor '${name}'`, event.anchorStart - 1);
        if (!anchor.done) return fail(`anchor '${name}' contains itself`, event.anchorStart - 1);
        nodes += anchor.size;
        expanded += anchor.size;
        if (expanded > limits.aliasExpansion) {
          const message = `its aliases expand to more than ${limits.aliasExpansion} values`;
          throw new YamlError('aliases', message, event.anchorStart - 1);
        }
        add(anchor.value, i, false);
        break;
      }
      case EVENT_ID.POP: {
        if (top === undefined) {
          documents.push({ value: root, start });
          break;
        }
        const closed: Frame = top;
        if (closed.anchor !== undefined) {
          closed.anchor.size = nodes - closed.nodesBefore + 1;
          closed.anchor.done = true;
        }
        top = stack.pop();
        add((closed.map ?? closed.list) as Json, closed.event, false);
        break;
      }
      case EVENT_ID.DOCUMENT:
        anchors = new Map();
        nodes = 0;
        expanded = 0;
        root = null;
        start = -1;
        for (const directive of event.directives) {
          if (directive.kind === 'yaml' && directive.version !== '1.1') {
            fail(`the API server reads YAML 1.1 only, and the document declares ${directive.version}`, 0);
          }
        }
        break;
    }
  }
  return documents;
}

/** Index of the event after the node that begins at `index`. */
export function skipNode(events: readonly Event[], index: number): number {
  let level = 0;
  let i = index;
  do {
    const type = (events[i] as Event).type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) level++;
    else if (type === EVENT_ID.POP) level--;
    i++;
  } while (level > 0);
  return i;
}

/** Offset of a key of the map whose opening event stands at `map`; looked for only once a second one was found. */
function firstKey(text: string, events: readonly Event[], map: number, key: string): number {
  let i = map + 1;
  while (i < events.length && (events[i] as Event).type !== EVENT_ID.POP) {
    const event = events[i] as Event;
    if (event.type === EVENT_ID.SCALAR && keyOf(scalarValue(text, event, true, true), 0) === key)
      return eventStart(event);
    i = skipNode(events, skipNode(events, i));
  }
  return eventStart(events[map] as Event);
}

/** The text of a key, as the map holds it; undefined for what is no key. */
export function keyText(text: string, event: Event): string | undefined {
  if (event.type !== EVENT_ID.SCALAR) return undefined;
  return keyOf(scalarValue(text, event, true, true), eventStart(event));
}

/** Whether a map or list is written with braces. */
export function isFlow(event: Event): boolean {
  return 'style' in event && event.type !== EVENT_ID.SCALAR && event.style === COLLECTION_STYLE.FLOW;
}

/** Parses the documents of a YAML text; empty ones count. Throws `YamlError`. */
export function parseYaml(text: string, limits: Limit = defaultLimits): YamlDocument[] {
  return buildYaml(parseYamlEvents(text, limits), limits);
}
