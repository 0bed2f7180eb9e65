import type { Coverage, FieldResult } from '@isthmus/contract';

type Kind = Coverage['kinds'][number];

/** One result of one field. */
export interface CoverageRow {
  readonly id: string;
  readonly kind: string;
  readonly field: string;
  readonly when: string;
  readonly outcome: FieldResult['outcome'];
  readonly code: string | undefined;
  readonly targets: string;
}

export interface CoverageFilter {
  readonly kind: string | undefined;
  readonly outcomes: ReadonlySet<string>;
  readonly version: string | undefined;
  /** Words that all occur in what a row says. */
  readonly text: string;
}

/** When a result holds; nothing where it always does. */
const condition = ({ contexts = [], versions = [], values = [] }: FieldResult): string =>
  [contexts, versions, values].flatMap((part) => (part.length === 0 ? [] : [part.join(', ')])).join(' · ');

/** The rows of some results of a table, in its order. */
export function coverageRows(kinds: readonly Kind[], filter: CoverageFilter): CoverageRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return kinds.flatMap(({ kind, fields }) => {
    if (filter.kind !== undefined && filter.kind !== kind) return [];
    return fields.flatMap(({ field, results }) =>
      results.flatMap((result, index): CoverageRow[] => {
        const { outcome, code, targets, versions } = result;
        if (filter.outcomes.size > 0 && !filter.outcomes.has(outcome)) return [];
        if (filter.version !== undefined && versions !== undefined && !versions.includes(filter.version)) return [];
        const row = {
          id: `${kind} ${field} ${index}`,
          kind,
          field: field.replace(/^spec\.?/, ''),
          when: condition(result),
          outcome,
          code,
          targets: targets.join('; '),
        };
        const said = `${kind} ${field} ${code ?? ''} ${row.targets} ${row.when}`.toLowerCase();
        return words.every((word) => said.includes(word)) ? [row] : [];
      }),
    );
  });
}
