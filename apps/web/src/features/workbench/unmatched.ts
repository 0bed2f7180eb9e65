import type { Workbench } from '@isthmus/contract';
import type { Outcome } from '../../ui/status.tsx';
import { byWeight } from './outcomes.ts';

type Field = Workbench['fields'][number];

/** Fields that went nowhere for one reason. */
export interface UnmatchedGroup {
  readonly outcome: Outcome;
  readonly code?: string;
  readonly reason: string;
  /** Indexes into the workbench's `fields`. */
  readonly fields: readonly number[];
}

/** Why a field without a code has no counterpart, by its outcome. */
export const withoutCode: Readonly<Record<Outcome, string>> = {
  exact: 'Kong Mesh does the same without a field for it',
  approximate: 'Kong Mesh does nearly the same without a field for it',
  unsupported: 'Kong Mesh cannot express it',
  inert: 'Istio ignores it too',
  untranslated: 'Isthmus does not translate it yet',
};

/** The fields without a counterpart, by outcome and reason; those that matter most first. */
export function groupUnmatched(
  { fields, codes }: Pick<Workbench, 'fields' | 'codes'>,
  shown?: ReadonlySet<Outcome>,
): UnmatchedGroup[] {
  const titles = new Map(codes.map(({ code, title }) => [code, title]));
  const groups = new Map<string, { outcome: Outcome; code?: string; reason: string; fields: number[] }>();
  const isUnmatched = ({ targets, outcome }: Field): boolean =>
    targets.length === 0 && (shown === undefined || shown.has(outcome));
  for (const [index, field] of fields.entries()) {
    if (!isUnmatched(field)) continue;
    const { outcome, code } = field;
    const key = `${outcome} ${code ?? ''}`;
    const known = groups.get(key);
    if (known !== undefined) known.fields.push(index);
    else {
      const reason = (code === undefined ? undefined : titles.get(code)) ?? withoutCode[outcome];
      groups.set(key, { outcome, ...(code === undefined ? {} : { code }), reason, fields: [index] });
    }
  }
  return [...groups.values()].sort(
    (a, b) => byWeight.indexOf(a.outcome) - byWeight.indexOf(b.outcome) || b.fields.length - a.fields.length,
  );
}

/** Documents that have at least one field of the outcomes shown; all of them where none is chosen. */
export function documentsShown(
  { before, fields }: Pick<Workbench, 'before' | 'fields'>,
  shown?: ReadonlySet<Outcome>,
): ReadonlySet<number> {
  if (shown === undefined) return new Set(before.keys());
  return new Set(fields.filter(({ outcome }) => shown.has(outcome)).map(({ document }) => document));
}
