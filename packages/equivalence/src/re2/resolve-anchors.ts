import { begin, end, type Part, type Sequence, UndecidableExpression } from './parse.ts';

/** Whether a part matches the empty text only, never, or both the empty and others. */
type Width = 'empty' | 'some' | 'either';

function widthOf(part: Part): Width {
  switch (part.type) {
    case 'CharacterClass':
      return 'some';
    case 'Unknown':
    case 'Assertion':
      return 'empty';
    case 'Alternation':
      return unite(part.alternatives.map(widthOfSequence));
    case 'Quantifier': {
      if (part.max === 0) return 'empty';
      const inner = unite(part.alternatives.map(widthOfSequence));
      return part.min === 0 && inner === 'some' ? 'either' : inner;
    }
  }
}

function widthOfSequence({ elements }: Sequence): Width {
  const widths = elements.map(widthOf);
  if (widths.includes('some')) return 'some';
  return widths.includes('either') ? 'either' : 'empty';
}

const unite = (widths: readonly Width[]): Width =>
  widths.every((width) => width === 'some') && widths.length > 0
    ? 'some'
    : widths.every((width) => width === 'empty')
      ? 'empty'
      : 'either';

/** Where a part stands: with nothing before it, with something, or it depends. */
type Edge = 'here' | 'not here' | 'depends';

const edge = (outer: Edge, between: readonly Part[]): Edge => {
  const width = widthOfSequence({ type: 'Concatenation', elements: [...between] });
  if (width === 'some') return 'not here';
  return width === 'empty' ? outer : outer === 'not here' ? 'not here' : 'depends';
};

/**
 * Replaces the marks of `^`, `$`, `\A` and `\z` in an expression that has to match a whole text: by nothing where they hold, and
 * drops the alternatives where they cannot. Throws an UndecidableExpression where it depends on the text.
 */
export function resolveAnchors(
  alternatives: readonly Sequence[],
  atBegin: Edge = 'here',
  atEnd: Edge = 'here',
): Sequence[] {
  return alternatives.flatMap(({ elements }) => {
    const kept: Part[] = [];
    for (const [index, part] of elements.entries()) {
      const before = edge(atBegin, elements.slice(0, index));
      const after = edge(atEnd, elements.slice(index + 1));
      if (part.type === 'Unknown') {
        const place = part.id === begin ? before : after;
        if (part.id !== begin && part.id !== end) throw new UndecidableExpression(part.id);
        if (place === 'depends') throw new UndecidableExpression(part.id === begin ? '^' : '$');
        if (place === 'not here') return [];
        continue;
      }
      if (part.type === 'Alternation') {
        kept.push({ ...part, alternatives: resolveAnchors(part.alternatives, before, after) });
      } else if (part.type === 'Quantifier') {
        // What is repeated stands beside itself.
        const repeated = part.max > 1;
        const inner = resolveAnchors(
          part.alternatives,
          repeated && before === 'here' ? 'depends' : before,
          repeated && after === 'here' ? 'depends' : after,
        );
        kept.push({ ...part, alternatives: inner });
      } else kept.push(part);
    }
    return [{ type: 'Concatenation', elements: kept }];
  });
}
