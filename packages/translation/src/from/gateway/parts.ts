import type { EffectiveHttpRule, EffectiveMatch } from '@isthmus/istio';
import { child, descend, entries, type Field, items, text } from '../../field.ts';

/** What a rule says, by key; of a rule that came by delegation the delegate's word, else the root's. */
export type Parts = (key: string) => Field | undefined;

/** The parts of a rule as it is written. */
export const partsOf =
  (rule: Field): Parts =>
  (key) =>
    child(rule, key);

/** The parts of a rule that was merged with its root's. */
export const mergedParts =
  ({ settings }: EffectiveHttpRule): Parts =>
  (key) =>
    (settings as Readonly<Record<string, Field | undefined>>)[key];

/** What a match says: where it is written, its conditions, and those by name. */
export interface MatchParts {
  readonly field: Field;
  /** Every place that it is written at: of a merged match the delegate's and the root's. */
  readonly fields: readonly Field[];
  readonly part: Parts;
  named(key: string): readonly (readonly [name: string, condition: Field])[];
  readonly gateways: readonly Field<string>[];
}

/** A match as it is written. */
export const matchParts = (field: Field): MatchParts => ({
  field,
  fields: [field],
  part: partsOf(field),
  named: (key) => entries(child(field, key)),
  gateways: items(child(field, 'gateways')).flatMap((gateway) => text(gateway) ?? []),
});

/** A match of a delegate, with the conditions of the root where it has none of its own. */
export function mergedMatch(match: EffectiveMatch): MatchParts {
  const named: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
    ...match.named,
    sourceLabels: match.sourceLabels,
  };
  const single: Readonly<Record<string, Field | undefined>> = {
    ...match.text,
    ignoreUriCase: match.ignoreUriCase,
    port: match.port,
    sourceNamespace: match.sourceNamespace,
  };
  return {
    field: match.fields[0] as Field,
    fields: match.fields,
    part: (key) => single[key],
    named: (key) => Object.entries(named[key] ?? {}),
    gateways: match.gateways,
  };
}

/** The field at the end of several steps below a part. */
export const below = (parts: Parts, key: string, ...steps: readonly string[]): Field | undefined =>
  descend(parts(key), ...steps);
