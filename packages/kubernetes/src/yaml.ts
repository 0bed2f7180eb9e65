import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import { setKey } from './json.ts';
import { defaultLimits } from './limits.ts';
import type { Json } from './resource.ts';
import { eventStart, parseYamlEvents, skipNode, YamlError, type YamlEvents, type YamlLimits } from './yaml-events.ts';
import { fail, keyOf, scalarValue } from './yaml-value.ts';

/** One document of a YAML text. */
export interface YamlDocument {
  readonly value: Json;
  /** Offset of the first key or value; -1 where the document holds nothing. */
  readonly start: number;
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
export function buildYaml(
  { text, events }: YamlEvents,
  limits: YamlLimits = defaultLimits,
  isJson = false,
): YamlDocument[] {
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

/** Parses the documents of a YAML text; empty ones count. Throws `YamlError`. */
export function parseYaml(text: string, limits: YamlLimits = defaultLimits): YamlDocument[] {
  return buildYaml(parseYamlEvents(text, limits), limits);
}
