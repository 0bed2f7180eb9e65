import { findCode } from '@isthmus/diagnostics';
import { isCommon, run } from './names.ts';
import { words as wordList } from './words.ts';

/** A keyed hash of a text, at least six bytes; the same key gives the same pseudonyms in another report. */
export type KeyedHash = (text: string) => Uint8Array;

const words: ReadonlySet<string> = new Set(wordList.split(/\s+/));

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';

/** Six bytes as three words that can be spoken (proquints, arXiv:0901.4016): a valid DNS label, and 2^48 of them. */
export function speakable(bytes: Uint8Array): string {
  const syllables: string[] = [];
  for (let at = 0; at < 6; at += 2) {
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const consonant = (shift: number): string => consonants[(pair >> shift) & 15] ?? '';
    const vowel = (shift: number): string => vowels[(pair >> shift) & 3] ?? '';
    syllables.push(consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0));
  }
  return syllables.join('-');
}

/** Puts pseudonyms for names; what is neither a word of Isthmus nor a number is a name. */
export interface Pseudonyms {
  /** Of a name, or several with `.`, `/` or `:` between them. */
  readonly ofName: (name: string) => string;
  /** Of a file of the input, or of the bundle, whose directories Isthmus names. */
  readonly ofFile: (path: string, isOfBundle?: boolean) => string;
  /** Of the names in a sentence or a field path. */
  readonly inText: (text: string, isCode?: boolean) => string;
  /** Of the names that stand in the places of a code's template; the template stays as it is. */
  readonly inMessage: (code: string, part: 'message' | 'help', text: string) => string;
  /** Of a kind that is nobody's own; those of others are names. */
  readonly ofKind: (kind: string) => string;
  /** Every name that was replaced, with its pseudonym. */
  readonly table: ReadonlyMap<string, string>;
}

const isWord = (text: string): boolean =>
  words.has(text) || (/^[A-Z][a-z]+$/.test(text) && words.has(text.toLowerCase()));

// Ports, counts, statuses, versions of an API, durations and sizes. Longer numbers may be those of accounts.
const isNumber = (text: string): boolean =>
  /^\d{1,5}(?:ns|us|ms|s|m|h|d|[KMG]i?B?)?$/.test(text) || /^v\d{1,2}(?:(?:alpha|beta)\d{1,2})?$/.test(text);

// Addresses before the runs that they would fall apart into.
const piece = new RegExp(
  String.raw`\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\p{L}\p{N}:])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})?|${run.source}`,
  'gu',
);
const publicAddresses = new Set(['0.0.0.0', '127.0.0.1', '255.255.255.255']);
const isAddress = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text) || text.includes(':');

const bundleDirectories = /^(?:\d\d-[a-z-]+|drafts|patches|kubernetes|universal|report)$/;
const extensions = new Set(['yaml', 'yml', 'json', 'md', 'html', 'sh', 'zip', 'tar', 'tgz', 'gz']);

/**
 * Pseudonyms by a keyed hash.
 * @param names what the estate calls its things: replaced wherever they stand, also where they are words
 */
export function createPseudonyms(hash: KeyedHash, names: ReadonlySet<string>): Pseudonyms {
  const table = new Map<string, string>();
  const lowerNames = new Set([...names].map((name) => name.toLowerCase()));
  const pseudonym = (name: string): string => {
    const known = table.get(name) ?? speakable(hash(name));
    table.set(name, known);
    return known;
  };
  const isName = (text: string): boolean => names.has(text) || lowerNames.has(text.toLowerCase());
  const decide = (text: string, isCode: boolean): string => {
    if (isAddress(text)) return publicAddresses.has(text) ? text : pseudonym(text);
    if (isCommon(text)) return text;
    if (isName(text)) return pseudonym(text);
    if (isNumber(text) || isWord(text)) return text;
    // Outside of code a hyphen joins words of a sentence.
    const parts = text.split('-');
    const isJoined = !isCode && parts.length > 1 && parts.every((part) => !isName(part) && isWord(part));
    return isJoined ? text : pseudonym(text);
  };
  const replace = (text: string, isCode: boolean): string => text.replace(piece, (found) => decide(found, isCode));
  const inText = (text: string, isCode = false): string =>
    text
      .split('`')
      .map((part, index) => replace(part, isCode || index % 2 === 1))
      .join('`');
  const ofName = (name: string): string =>
    name.replace(piece, (found) =>
      isCommon(found) || (/^\d{1,5}$/.test(found) && !names.has(found)) ? found : pseudonym(found),
    );
  const templates = new Map<string, readonly string[] | undefined>();
  /** The fixed parts of a template. */
  const fixedOf = (code: string, part: 'message' | 'help'): readonly string[] | undefined => {
    const key = `${part} ${code}`;
    if (!templates.has(key)) templates.set(key, findCode(code)?.[part].split(/\{[A-Za-z]+\}/));
    return templates.get(key);
  };
  return {
    ofName,
    ofFile: (path, isOfBundle = false) =>
      path
        .split('/')
        .map((step, index, all) => {
          const isLast = index === all.length - 1;
          if (isOfBundle && !isLast && bundleDirectories.test(step)) return step;
          if (!isLast && step.startsWith('cluster=')) return `cluster=${ofName(step.slice('cluster='.length))}`;
          const parts = step.split('.');
          return parts
            .map((part, at) => (isLast && at > 0 && extensions.has(part) ? part : part === '' ? '' : ofName(part)))
            .join('.');
        })
        .join('/'),
    inText,
    inMessage(code, part, text) {
      const fixed = fixedOf(code, part);
      if (fixed === undefined) return inText(text);
      let at = 0;
      let result = '';
      for (const [index, fixedPart] of fixed.entries()) {
        const isLast = index === fixed.length - 1;
        const found = isLast ? text.length - fixedPart.length : text.indexOf(fixedPart, at);
        if (found < at || !text.startsWith(fixedPart, found) || (index === 0 && found !== 0)) return inText(text);
        result += inText(text.slice(at, found)) + fixedPart;
        at = found + fixedPart.length;
      }
      return at === text.length ? result : inText(text);
    },
    ofKind: (kind) => (kind === '' || words.has(kind) ? kind : ofName(kind)),
    table,
  };
}
