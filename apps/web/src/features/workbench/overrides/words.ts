import type { OverrideChange, OverrideOutcome, OverrideSubject, ResourceOverride } from '@isthmus/contract';

const done: Readonly<Record<OverrideChange, string>> = {
  edit: 'Changed',
  'leave-out': 'Left out',
  add: 'Added',
};

/** What became of an override, in a word and a sentence; `blocks` where somebody has to decide. */
export const outcomeWords: Readonly<Record<OverrideOutcome, { word: string; sentence: string; blocks: boolean }>> = {
  applied: { word: 'applied', sentence: 'It is part of the bundle and of every verdict.', blocks: false },
  idle: { word: 'not needed', sentence: 'The translation does by itself what it asks for.', blocks: false },
  gone: {
    word: 'without its resource',
    sentence: 'The translation does not emit this resource any more.',
    blocks: true,
  },
  conflict: {
    word: 'conflict',
    sentence: 'The translation emits something else than when it was made. It is not applied.',
    blocks: true,
  },
  refused: { word: 'refused', sentence: 'The target version would refuse it. It is not applied.', blocks: true },
};

/** "Changed by Ann: measured". */
export const decisionOf = ({ change, by, reason }: Pick<ResourceOverride, 'change' | 'by' | 'reason'>): string =>
  `${done[change]} by ${by}: ${reason}`;

/** Whether somebody has to decide again. */
export const isUnsettled = ({ state }: Pick<ResourceOverride, 'state'>): boolean => outcomeWords[state].blocks;

/** A resource in a few words. */
export const nameOfSubject = ({ kind, namespace, name, place }: OverrideSubject): string =>
  `${kind} ${namespace === '' ? name : `${namespace}/${name}`}${place === undefined ? '' : ` · ${place}`}`;

/** The lines of a text that another text does not have, by their position; what a column of a comparison shows as its own. */
export function ownLines(text: string, other: string): ReadonlySet<number> {
  const left = new Map<string, number>();
  for (const line of other.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  const own = new Set<number>();
  for (const [index, line] of text.split('\n').entries()) {
    const count = left.get(line) ?? 0;
    if (count === 0) own.add(index);
    else left.set(line, count - 1);
  }
  return own;
}
