import type { Evidence } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import { annotationOf } from '../pods.ts';

/** One finding for each annotation of pods that is among the keys and whose value is asked for. */
export function annotated(
  facts: Facts,
  keys: readonly string[],
  isMeant: (value: string, key: string) => boolean = () => true,
): Evidence[] {
  return facts.pods.flatMap((pod) =>
    keys.flatMap((key): Evidence[] => {
      const at = annotationOf(pod, key);
      if (at === undefined || !isMeant(at.value, key)) return [];
      const value = at.value.length > 60 || at.value.includes('\n') ? '' : `: ${at.value}`;
      return [
        {
          found: `The pods of ${called(pod.resource)} have the annotation \`${key}${value}\`.`,
          at,
          services: facts.servicesOf(pod),
        },
      ];
    }),
  );
}
