import type { Service } from '@isthmus/contract';

/** Something that search finds. `text` is what it is found by, in lower case. */
export interface Entry {
  readonly id: string;
  readonly group: 'Pages' | 'Actions' | 'Services' | 'Resources' | 'Codes' | 'Migrations';
  readonly title: string;
  readonly hint: string;
  readonly text: string;
}

/**
 * How well a text matches: 0 not at all; more for the beginning of a word, and most for the beginning of the text. All
 * words of the query must be there.
 */
export function scoreOf(text: string, words: readonly string[]): number {
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    const before = at === 0 ? '' : (text[at - 1] as string);
    score += at === 0 ? 4 : /[a-z0-9]/.test(before) ? 1 : 3;
  }
  return score - text.length / 1000;
}

export const wordsOf = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);

/** The best entries for a query, best first; the first ones where nothing is asked for. */
export function find<E extends Entry>(entries: readonly E[], query: string, most: number): E[] {
  const words = wordsOf(query);
  if (words.length === 0) return entries.slice(0, most);
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry.text, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ entry }) => entry);
}

export const serviceText = ({ namespace, name, owner }: Pick<Service, 'namespace' | 'name' | 'owner'>): string =>
  `${name} ${namespace}/${name} ${owner}`.toLowerCase();
