import { compareDiagnostics, type Diagnostic } from '@isthmus/diagnostics';
import type { Estate } from '@isthmus/istio';
import { type FoundPlace, wantedPlaces } from '@isthmus/translation';
import type { SideWork } from './side-work.ts';

/** Finds where the fields stand that findings are about, while other work goes on. */
export interface Places {
  /** Asks for the places of findings that it was not asked for yet. */
  ask(estate: Estate, diagnostics: readonly Diagnostic[]): void;
  /** What was found for all that it was asked for. Rejects as the side's work does. */
  found(): Promise<ReadonlyMap<Diagnostic, FoundPlace>>;
}

/** @param textOf text of an input file as `redact` gives it; undefined where it is not at hand */
export function createPlaces(work: Pick<SideWork, 'locate'>, textOf: (file: string) => string | undefined): Places {
  const asked = new Set<Diagnostic>();
  const found = new Map<Diagnostic, FoundPlace>();
  const answers: Promise<void>[] = [];
  return {
    ask(estate, diagnostics) {
      // Sorted: a text, and a document of it, is taken apart once where its fields are asked for one after the other.
      const others = diagnostics.filter((one) => !asked.has(one)).sort(compareDiagnostics);
      for (const one of others) asked.add(one);
      const wanted = wantedPlaces(estate, others);
      if (wanted.length === 0) return;
      const answer = work.locate(wanted, textOf).then((places) => {
        for (const [index, { diagnostic }] of wanted.entries()) found.set(diagnostic, places[index]);
      });
      // Waited for later; until then it may fail without anybody looking.
      answer.catch(() => {});
      answers.push(answer);
    },
    async found() {
      await Promise.all(answers);
      return found;
    },
  };
}
