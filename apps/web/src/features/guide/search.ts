/** Something of the guide that search finds. */
export interface GuideEntry {
  /** Its section, and its place within that. */
  readonly section?: string;
  readonly anchor?: string;
  /** The page of a code instead of a section. */
  readonly code?: string;
  readonly title: string;
  /** What it belongs to, for people. */
  readonly where: string;
  readonly text: string;
}

/** A piece of an excerpt; `isHit` where a word of the query stands. */
export interface ExcerptPiece {
  readonly text: string;
  readonly isHit: boolean;
}

export interface Hit {
  readonly entry: GuideEntry;
  readonly excerpt: readonly ExcerptPiece[];
}

const wordsOf = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);

/** How well a word fits: most in a title, more at the beginning of a word; 0 where it is not there at all. */
function scoreOf(entry: GuideEntry, word: string): number {
  let best = 0;
  for (const [text, weight] of [
    [entry.title, 8],
    [entry.text, 2],
  ] as const) {
    const low = text.toLowerCase();
    for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + 1)) {
      const isStart = at === 0 || !/[a-z0-9]/.test(low[at - 1] as string);
      best = Math.max(best, isStart ? weight : weight / 2);
      if (isStart) break;
    }
  }
  return best;
}

/** Divides a text at the words of a query. */
export function markWords(text: string, words: readonly string[]): ExcerptPiece[] {
  if (words.length === 0) return text === '' ? [] : [{ text, isHit: false }];
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pieces: ExcerptPiece[] = [];
  for (const [index, part] of text.split(new RegExp(`(${escaped.join('|')})`, 'gi')).entries())
    if (part !== '') pieces.push({ text: part, isHit: index % 2 === 1 });
  return pieces;
}

const before = 60;
const most = 180;

/** The part of a text around the first word of a query that stands in it, from word to word. */
function excerptOf(text: string, words: readonly string[]): ExcerptPiece[] {
  const low = text.toLowerCase();
  const places = words.map((word) => low.indexOf(word)).filter((at) => at >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const start = first <= before ? 0 : text.indexOf(' ', first - before) + 1;
  const cut = start + most >= text.length ? text.length : text.lastIndexOf(' ', start + most);
  const end = cut <= start ? Math.min(text.length, start + most) : cut;
  return markWords(`${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`, words);
}

/** Entries that hold all words of a query, best first and in the order of the guide among equals; none without a query. */
export function searchGuide(entries: readonly GuideEntry[], query: string): Hit[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const found: { readonly entry: GuideEntry; readonly score: number }[] = [];
  for (const entry of entries) {
    const scores = words.map((word) => scoreOf(entry, word));
    if (scores.includes(0)) continue;
    found.push({ entry, score: scores.reduce((sum, score) => sum + score, 0) });
  }
  return found.sort((a, b) => b.score - a.score).map(({ entry }) => ({ entry, excerpt: excerptOf(entry.text, words) }));
}
