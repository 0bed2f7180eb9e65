import { type Outcome, outcomes } from '../../ui/status.tsx';

// A line may hold fields of several outcomes: it carries the mark of the one that matters most.
const weight: Record<Outcome, number> = { inert: 0, exact: 1, approximate: 2, untranslated: 3, unsupported: 4 };

/** The outcomes from the one that matters most to a person to the one that matters least. */
export const byWeight: readonly Outcome[] = outcomes.toSorted((a, b) => weight[b] - weight[a]);

/** The outcome that matters most to a person; undefined of none. */
export function worst(found: Iterable<Outcome>): Outcome | undefined {
  const all = new Set(found);
  return byWeight.find((outcome) => all.has(outcome));
}

/** The outcomes of an address: a comma-separated list; undefined where none of them is one, which shows all. */
export function readOutcomes(text: string | undefined): ReadonlySet<Outcome> | undefined {
  const wanted = new Set(text?.split(','));
  const found = outcomes.filter((outcome) => wanted.has(outcome));
  return found.length === 0 ? undefined : new Set(found);
}
