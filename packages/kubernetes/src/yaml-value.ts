import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Json } from './resource.ts';
import { eventStart, YamlError } from './yaml-events.ts';
import { floatKey, resolvePlain } from './yaml-scalar.ts';

const core = 'tag:yaml.org,2002:';

function tagName(text: string, event: { tagStart: number; tagEnd: number }): string {
  const raw = text.slice(event.tagStart, event.tagEnd);
  if (raw.startsWith('!!')) return raw.slice(2);
  return raw.startsWith(`!<${core}`) ? raw.slice(core.length + 2, -1) : '';
}

/** Refuses a text. */
export function fail(message: string, offset: number): never {
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

/** js-yaml ends a block at the end of a text with a line break also where there is none; go-yaml does not. */
function slowScalar(text: string, event: Event & { type: 4 }): string {
  const value = getScalarValue(text, event);
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  const isCut = isBlock && event.valueEnd === text.length && !text.endsWith('\n');
  return isCut && value.endsWith('\n') ? value.slice(0, -1) : value;
}

/** `\\/` and surrogates as `\\uD83D` are escapes of JSON and YAML 1.2, which the API server's YAML 1.1 reader refuses. */
const foreignEscape = /(?<!\\)(?:\\\\)*\\(?:\/|u[dD][89a-fA-F])/;

/** Reads a scalar event as a JSON value, or as a key. Throws `YamlError`. */
export function scalarValue(text: string, event: Event & { type: 4 }, asKey: boolean, isJson = false): Json {
  const raw = event.valueStart < 0 ? '' : text.slice(event.valueStart, event.valueEnd);
  const source = event.fast ? raw : slowScalar(text, event);
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
  if (asKey && typeof value === 'number') return floatKey(source, value) ?? value;
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return fail(`${source} is not a number that JSON can hold`, eventStart(event));
}

/** A map key as sigs.k8s.io/yaml turns it into a string (`convertToJSONableObject`); null and collections are no keys. */
export function keyOf(value: Json, offset: number): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
    case 'number':
      return value.toString();
    default:
      return fail(value === null ? 'null cannot be a key' : 'a map or list cannot be a key', offset);
  }
}

/** The text of a key, as the map holds it; undefined for what is no key. */
export function keyText(text: string, event: Event): string | undefined {
  if (event.type !== EVENT_ID.SCALAR) return undefined;
  return keyOf(scalarValue(text, event, true, true), eventStart(event));
}
