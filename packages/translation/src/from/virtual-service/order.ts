/** The path of a match as Kong Mesh has it. */
export interface PathMatch {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
}

/** What decides the order of a match in Kong Mesh. */
export interface Rank {
  readonly path: PathMatch;
  readonly method: boolean;
  readonly headers: number;
  readonly queryParams: number;
}

const classes = { Exact: 0, PathPrefix: 1, RegularExpression: 2 };

/** Kong Mesh's order of matches; negative: a is tried first (kuma, meshhttproute/api/v1alpha1/compare.go, 2.14; verified by running). */
export function compareMatch(a: Rank, b: Rank): number {
  return (
    classes[a.path.type] - classes[b.path.type] ||
    (a.path.type === 'Exact' ? 0 : byteLength(b.path.value) - byteLength(a.path.value)) ||
    Number(b.method) - Number(a.method) ||
    b.headers - a.headers ||
    b.queryParams - a.queryParams
  );
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** A text as a regular expression of RE2 that matches just it. */
export const quote = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

function asExpression({ type, value }: PathMatch): string {
  switch (type) {
    case 'Exact':
      return quote(value);
    case 'PathPrefix':
      return value === '/' ? '/.*' : `${quote(value)}(?:/.*)?`;
    case 'RegularExpression':
      return value;
  }
}

/**
 * Paths that make Kong Mesh try the matches in the order of the list, as Istio does. As they are where its own order is
 * the same; otherwise all as regular expressions whose lengths decrease, padded with empty groups, since a longer
 * expression is tried first (routing.md T4, T12).
 */
export function keepOrder(ranks: readonly Rank[]): PathMatch[] {
  const inOrder = ranks.every((rank, index) => index === 0 || compareMatch(ranks[index - 1] as Rank, rank) <= 0);
  if (inOrder) return ranks.map(({ path }) => path);
  const paths: PathMatch[] = [];
  let shortest = -1;
  for (const { path } of [...ranks].reverse()) {
    let value = asExpression(path);
    while (byteLength(value) <= shortest) value += '(?:)';
    shortest = byteLength(value);
    paths.unshift({ type: 'RegularExpression', value });
  }
  return paths;
}
