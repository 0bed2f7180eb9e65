import { codes, diagnose } from '@isthmus/diagnostics';
import { EVENT_ID } from 'js-yaml';
import { isList, isMap } from './json.ts';
import { join } from './path.ts';
import { addObject } from './read-object.ts';
import type { ReadingState } from './reading.ts';
import type { Json, JsonObject, Source } from './resource.ts';
import { eventStart, skipNode, type YamlEvents } from './yaml-events.ts';
import { keyText } from './yaml-value.ts';

/** Line of each item of a List, counted from the chunk's first line; undefined where the items are not written out. */
function itemLines(parsed: YamlEvents, list: number): { lines: number[]; events: number[] } | undefined {
  const { text: source, events } = parsed;
  if (events[list]?.type !== EVENT_ID.MAPPING) return undefined;
  for (let i = list + 1; events[i] !== undefined && events[i]?.type !== EVENT_ID.POP; i = skipNode(events, i + 1)) {
    const event = events[i];
    const next = events[i + 1];
    if (event === undefined || keyText(source, event) !== 'items' || next?.type !== EVENT_ID.SEQUENCE) continue;
    const result = { lines: [] as number[], events: [] as number[] };
    let line = 0;
    let from = 0;
    for (
      let item = i + 2;
      events[item] !== undefined && events[item]?.type !== EVENT_ID.POP;
      item = skipNode(events, item)
    ) {
      const start = eventStart(events[item] as (typeof events)[number]);
      for (let at = source.indexOf('\n', from); at !== -1 && at < start; at = source.indexOf('\n', at + 1)) {
        line++;
        from = at + 1;
      }
      result.lines.push(line);
      result.events.push(item);
    }
    return result;
  }
  return undefined;
}

/** Items of a List and of a typed list (`ServiceList`), which the API server's clients take apart alike. */
export function listItems(value: Json): readonly Json[] | undefined {
  if (!isMap(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List') || !isList(value.items))
    return undefined;
  return value.items;
}

/** Items of a typed list may lack what the list says (k8s.io/apimachinery, `unstructured/helpers.go`). */
function completeItem(list: JsonObject, item: Json): Json {
  const kind = (list.kind as string).slice(0, -4);
  if (kind === '' || !isMap(item) || item.kind !== undefined || typeof list.apiVersion !== 'string') return item;
  return { apiVersion: list.apiVersion, kind, ...item };
}

/** Adds a document: an object, or the items of a List with their own places. */
export function addDocument(
  state: ReadingState,
  value: Json,
  source: Source,
  mayBeTemplate: boolean,
  position?: { parsed: YamlEvents; event: number; chunkLine: number },
): void {
  const items = listItems(value);
  if (items === undefined) {
    if (++state.objects === state.limits.documents + 1) {
      const at = { file: state.file, line: source.line };
      state.diagnostics.push(diagnose(codes.reading.tooManyDocuments, { limit: state.limits.documents }, at));
    }
    if (state.objects <= state.limits.documents) addObject(state, value, source, mayBeTemplate);
    return;
  }
  const places = position === undefined ? undefined : itemLines(position.parsed, position.event);
  items.forEach((item, index) => {
    const within = join(source.within === undefined ? 'items' : `${source.within}.items`, index);
    const line = places?.lines[index];
    const place: Source = {
      ...source,
      line: line === undefined || position === undefined ? source.line : position.chunkLine + line,
      within,
    };
    const event = places?.events[index];
    const inner = event === undefined || position === undefined ? undefined : { ...position, event };
    addDocument(state, completeItem(value as JsonObject, item), place, mayBeTemplate, inner);
  });
}
