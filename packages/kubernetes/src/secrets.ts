import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import { isMap, stringifyJson } from './json.ts';
import type { Json, JsonObject } from './resource.ts';
import { eventStart, isFlow, skipNode, type YamlEvents } from './yaml-events.ts';
import { keyText } from './yaml-value.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Whether a value is a Secret, whatever its API group: a group that is misspelt must not let values through. */
export function isSecret(value: Json): value is JsonObject {
  return isMap(value) && value.kind === 'Secret';
}

/** The fields of a Secret that hold no values. */
const keptFields = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);

/** A Secret without its values, and without the copy of them that `kubectl apply` leaves in an annotation. */
export function withoutValues(secret: JsonObject): JsonObject {
  const kept: JsonObject = Object.fromEntries(Object.entries(secret).filter(([field]) => keptFields.has(field)));
  if (!isMap(kept.metadata)) return kept;
  const { annotations, ...metadata } = kept.metadata;
  if (!isMap(annotations) || !Object.hasOwn(annotations, lastApplied)) return kept;
  const { [lastApplied]: _, ...others } = annotations;
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
  // A pair in a list (`[a: b]`) is a map without brackets.
  const bracketed: boolean[] = [];
  for (let i = from; i < to; i++) {
    const event = events[i] as Event;
    if (event.type === EVENT_ID.POP) {
      if (bracketed.pop()) open++;
      continue;
    }
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      const isBracketed = '{['.includes(text[event.start] as string);
      bracketed.push(isBracketed);
      if (!isBracketed) continue;
      at = event.start + 1;
    } else if (event.type === EVENT_ID.ALIAS) {
      at = event.anchorEnd;
    } else if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) {
      const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      at = event.valueEnd + (isQuoted ? 1 : 0);
    } else {
      continue;
    }
    open = 0;
  }
  for (; open > 0 && at < text.length; at++) {
    if (text[at] === '#') at = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
    else if (text[at] === '}' || text[at] === ']') open--;
  }
  return at;
}

/** Offset of the first node from the event `next` on; the text's length where there is none. */
function nextStart(text: string, events: readonly Event[], next: number): number {
  for (let i = next; i < events.length; i++) {
    const start = eventStart(events[i] as Event);
    if (start >= 0) return start;
  }
  return text.length;
}

/** Hides one item of a List, with the comments behind it. */
function hideItem({ text, events }: YamlEvents, item: number, secret: JsonObject, offset: number): Hidden {
  const opening = events[item] as Event;
  const next = skipNode(events, item);
  const start = eventStart(opening);
  const following = nextStart(text, events, next);
  const identity = stringifyJson(shown(secret));
  if (!isFlow(opening)) {
    const end = following === text.length ? following : text.lastIndexOf('\n', following);
    return { start: offset + start, end: offset + end, text: identity + lines(text.slice(start, end)) };
  }
  const end = flowEnd(text, events, item, next);
  const between = text.slice(end, following).replace(/#[^\n]*/g, '');
  return { start: offset + start, end: offset + following, text: identity + lines(text.slice(start, end)) + between };
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
          into.push(hideItem({ text, events }, item, element, offset));
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

// RFC 7518, 6.2.2, 6.3.2 and 6.4: `d` of a key pair, `k` of a shared key; the quotes may be escaped, where JSON stands in a
// quoted text. A shorter `d` is no key, but a shared key may be as short as whoever chose it liked.
const jsonWebKey = /\{[^{}]*\bkty\b[^{}]*\}/g;
const privateMember = /\bd\\?"?\s*:\s*\\?["']?[A-Za-z0-9_-]{32,}|\bk\\?"?\s*:\s*\\?["']?[A-Za-z0-9_-]{4,}/;

/** Offset of a private key (PEM, also as base64, or a JSON Web Key) in a text; -1 where there is none. */
export function privateKeyAt(text: string): number {
  const plainAt = text.includes('PRIVATE KEY') ? text.search(pem) : -1;
  if (plainAt !== -1) return plainAt;
  if (text.includes('kty'))
    for (const match of text.matchAll(jsonWebKey)) if (privateMember.test(match[0])) return match.index;
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
