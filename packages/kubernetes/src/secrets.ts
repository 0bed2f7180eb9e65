import { EVENT_ID, type Event } from 'js-yaml';
import { isMap, stringifyJson } from './json.ts';
import type { Json, JsonObject } from './resource.ts';
import { eventStart, isFlow, keyText, skipNode, type YamlEvents } from './yaml.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Whether a value is a Secret, whatever its API group: a group that is misspelt must not let values through. */
export function isSecret(value: Json): value is JsonObject {
  return isMap(value) && value.kind === 'Secret';
}

/** A Secret without its values, and without the copy of them that `kubectl apply` leaves in an annotation. */
export function withoutValues(secret: JsonObject): JsonObject {
  const { data: _, stringData: __, ...kept } = secret;
  if (!isMap(kept.metadata)) return kept;
  const { annotations, ...metadata } = kept.metadata;
  if (!isMap(annotations) || !Object.hasOwn(annotations, lastApplied)) return kept;
  const { [lastApplied]: ___, ...others } = annotations;
  return { ...kept, metadata: { ...metadata, annotations: others } };
}

/** The few fields of a Secret that its text keeps for display. */
function shown(secret: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, type } = secret;
  const { name, namespace } = isMap(metadata) ? metadata : {};
  const entries = Object.entries({ apiVersion, kind, metadata: texts({ name, namespace }), type });
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function texts(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => typeof entry[1] === 'string'),
  );
}

/** A part of a file's text that must not be stored, and what stands there instead: as many lines. */
export interface Hidden {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const lines = (text: string): string => text.replace(/[^\n]+/g, '');

/** Hides a whole part of a text; its lines stay as empty ones, after a document marker that begins it. */
export function hideAll(text: string, offset: number): Hidden {
  const marker = /^---(?=\s|$)/.test(text) ? 3 : 0;
  return { start: offset + marker, end: offset + text.length, text: lines(text.slice(marker)) };
}

/** Hides a document whose root is a Secret, comments included, but for its identity on the line where it began. */
function hideDocument(text: string, offset: number, contentStart: number, secret: JsonObject): Hidden {
  const marker = /^---(?=\s|$)/.test(text) ? 3 : 0;
  const before = lines(text.slice(marker, contentStart));
  const lead = before === '' && marker > 0 ? ' ' : before;
  const after = lines(text.slice(contentStart));
  return { start: offset + marker, end: offset + text.length, text: lead + stringifyJson(shown(secret)) + after };
}

/** The end of a node in braces: behind its last content come as many closing brackets as collections are open. */
function flowEnd(text: string, events: readonly Event[], from: number, to: number): number {
  let at = 0;
  let open = 0;
  for (let i = from; i < to; i++) {
    const event = events[i] as Event;
    if (event.type === EVENT_ID.POP) {
      open++;
      continue;
    }
    open = 0;
    if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) {
      at = text[event.valueEnd] === text[event.valueStart - 1] && !event.tagStart ? event.valueEnd : event.valueEnd;
      if ('"\''.includes(text[event.valueStart - 1] ?? ' ') && text[at] === text[event.valueStart - 1]) at++;
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      at = text.startsWith('{', event.start) || text.startsWith('[', event.start) ? event.start + 1 : event.start;
    } else if (event.type === EVENT_ID.ALIAS) {
      at = event.anchorEnd;
    }
  }
  for (; open > 0 && at < text.length; at++) {
    if (text[at] === '#') at = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
    else if (text[at] === '}' || text[at] === ']') open--;
  }
  return at;
}

/** The end of a block node, comments behind it included: before the line of the next node, or the text's end. */
function blockEnd(text: string, events: readonly Event[], next: number): number {
  for (let i = next; i < events.length; i++) {
    const start = eventStart(events[i] as Event);
    if (start >= 0) return text.lastIndexOf('\n', start);
  }
  return text.length;
}

/** Finds the Secrets among the items of Lists and gives what hides each. */
function hideItems({ text, events }: YamlEvents, index: number, value: Json, offset: number, into: Hidden[]): void {
  if (!isMap(value)) return;
  for (let i = index + 1; (events[i] as Event).type !== EVENT_ID.POP; ) {
    const valueAt = i + 1;
    if (keyText(text, events[i] as Event) === 'items' && (events[valueAt] as Event).type === EVENT_ID.SEQUENCE) {
      let item = valueAt + 1;
      for (const element of value.items as readonly Json[]) {
        const opening = events[item] as Event;
        const next = skipNode(events, item);
        if (isSecret(element)) {
          const start = eventStart(opening);
          const end = isFlow(opening) ? flowEnd(text, events, item, next) : blockEnd(text, events, next);
          const hidden = stringifyJson(shown(element)) + lines(text.slice(start, end));
          into.push({ start: offset + start, end: offset + end, text: hidden });
        } else if (opening.type === EVENT_ID.MAPPING) {
          hideItems({ text, events }, item, element, offset, into);
        }
        item = next;
      }
    }
    i = skipNode(events, valueAt);
  }
}

/**
 * What to hide of a part of a file that holds Secrets, so that its text can be stored: in place of each Secret stands its
 * identity on one line, and as many empty lines as it had.
 * @param offset of the part in the file
 * @param documents values and starts, as read from `parsed`
 */
export function hideSecrets(
  parsed: YamlEvents,
  documents: readonly { readonly value: Json; readonly start: number }[],
  offset: number,
): Hidden[] {
  const [only] = documents;
  if (only !== undefined && documents.length === 1 && isSecret(only.value)) {
    return [hideDocument(parsed.text, offset, only.start, only.value)];
  }
  // An alias may bring values from anywhere in the document, and a second document without `---` is rare: hide it all.
  if (documents.length !== 1 || parsed.events.some((event) => event.type === EVENT_ID.ALIAS)) {
    return [hideAll(parsed.text, offset)];
  }
  const hidden: Hidden[] = [];
  hideItems(parsed, 1, (only as { value: Json }).value, offset, hidden);
  return hidden;
}

/** Puts the replacements into a text. */
export function applyHidden(text: string, hidden: readonly Hidden[]): string {
  let out = '';
  let from = 0;
  for (const part of hidden.toSorted((a, b) => a.start - b.start)) {
    out += text.slice(from, part.start) + part.text;
    from = part.end;
  }
  return out + text.slice(from);
}

const pem = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
const pemBase64 = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{4,80}/g;

/** Offset of a private key (PEM, also as base64) in a text; -1 where there is none. */
export function privateKeyAt(text: string): number {
  const plainAt = text.includes('PRIVATE KEY') ? text.search(pem) : -1;
  if (plainAt !== -1) return plainAt;
  if (!text.includes('LS0tLS1CRUdJTi')) return -1;
  for (const match of text.matchAll(pemBase64)) {
    if (pem.test(atob(match[0].slice(0, match[0].length - (match[0].length % 4))))) return match.index;
  }
  return -1;
}

/** Whether a private key stands in one of a value's texts, where the document's text may have folded or escaped it. */
export function holdsPrivateKey(value: Json): boolean {
  if (typeof value === 'string') return value.length > 30 && privateKeyAt(value) !== -1;
  if (value === null || typeof value !== 'object') return false;
  for (const [key, item] of Object.entries(value)) {
    if ((key.length > 30 && privateKeyAt(key) !== -1) || holdsPrivateKey(item)) return true;
  }
  return false;
}
