import { COLLECTION_STYLE, EVENT_ID, type Event, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { defaultLimits, type Limits } from './limits.ts';

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

/** A parsed text: js-yaml's events, and the text that their offsets point into (of the same length as the input). */
export interface YamlEvents {
  readonly text: string;
  readonly events: readonly Event[];
}

export type YamlLimits = Pick<Limits, 'depth' | 'aliasExpansion'>;

// Looked for one by one: a text of bytes then says at once that it holds none of the latter two.
const breaks = ['\u0085', '\u2028', '\u2029'];

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
    out += breaks.includes(text[i] as string) && kept[i] === 0 ? '\n' : text[i];
  }
  return out;
}

/** Parses a text into events. Throws `YamlError`. */
export function parseYamlEvents(text: string, limits: YamlLimits = defaultLimits): YamlEvents {
  const events = parse(text, limits.depth);
  if (!breaks.some((character) => text.includes(character))) return { text, events };
  const broken = breakLines(text, events);
  return { text: broken, events: broken === text ? events : parse(broken, limits.depth) };
}

const earlier = (start: number, offset: number): number => (start === -1 ? offset : Math.min(start, offset));

/** Offset of a node's first character, its anchor and tag included; -1 for an empty node. */
export function eventStart(event: Event): number {
  let start = -1;
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      start = event.valueStart >= 0 && quoted ? event.valueStart - 1 : event.valueStart;
      break;
    }
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      start = event.start;
      break;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    default:
      return -1;
  }
  if (event.tagStart >= 0) start = earlier(start, event.tagStart);
  if (event.anchorStart >= 0) start = earlier(start, event.anchorStart - 1);
  return start;
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

/** Whether a map or list is written with braces. */
export function isFlow(event: Event): boolean {
  return 'style' in event && event.type !== EVENT_ID.SCALAR && event.style === COLLECTION_STYLE.FLOW;
}
