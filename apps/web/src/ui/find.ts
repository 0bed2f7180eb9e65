import type { Service } from '@isthmus/contract';

/** Something that search finds. */
export interface Entry {
  readonly group: string;
  readonly title: string;
  readonly hint: string;
}

/** Things that can be found: by which text (in lower case), and what each looks like once it is. */
export interface Source<E extends Entry> {
  readonly texts: readonly string[];
  readonly entry: (index: number) => E;
  /** Whether they are shown before anything is asked for. */
  readonly isShownAtFirst?: boolean;
  /** Whether its matches come behind those of other sources that are as good. */
  readonly isBehind?: boolean;
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

const wordsOf = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);

/** The best of all sources for a query, best first; what is shown at first where nothing is asked for. */
export function find<E extends Entry>(sources: readonly Source<E>[], query: string, most: number): E[] {
  const words = wordsOf(query);
  if (words.length === 0)
    return sources
      .filter(({ isShownAtFirst }) => isShownAtFirst)
      .flatMap(({ texts, entry }) => texts.slice(0, most).map((_, index) => entry(index)))
      .slice(0, most);
  const found: { readonly source: Source<E>; readonly index: number; readonly score: number }[] = [];
  for (const source of sources)
    for (const [index, text] of source.texts.entries()) {
      const score = scoreOf(text, words);
      if (score > 0) found.push({ source, index, score: source.isBehind ? score - 0.5 : score });
    }
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ source, index }) => source.entry(index));
}

export const serviceText = ({ namespace, name, owner }: Pick<Service, 'namespace' | 'name' | 'owner'>): string =>
  `${name} ${namespace}/${name} ${owner}`.toLowerCase();
