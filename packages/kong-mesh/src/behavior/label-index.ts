import { matchesLabels } from '@isthmus/kubernetes';

type Labels = Readonly<Record<string, string>>;

/** Finds what has all of some labels, in the order given; nothing where no label is asked for. */
export type FindByLabels<T> = (labels: Labels) => readonly T[];

/** Indexes things by their labels, once somebody asks. */
export function indexLabels<T extends { readonly labels: Labels }>(things: readonly T[]): FindByLabels<T> {
  let known: ReadonlyMap<string, readonly T[]> | undefined;
  return (labels) => {
    const wanted = Object.entries(labels);
    if (wanted.length === 0) return [];
    known ??= postingsOf(things);
    const found = wanted.map(([key, value]) => known?.get(`${key}=${value}`) ?? []);
    const shortest = found.reduce((a, b) => (b.length < a.length ? b : a));
    return shortest.filter((thing) => matchesLabels(labels, thing.labels));
  };
}

function postingsOf<T extends { readonly labels: Labels }>(things: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const postings = new Map<string, T[]>();
  for (const thing of things) {
    for (const [key, value] of Object.entries(thing.labels)) {
      const posting = postings.get(`${key}=${value}`);
      if (posting === undefined) postings.set(`${key}=${value}`, [thing]);
      else posting.push(thing);
    }
  }
  return postings;
}
