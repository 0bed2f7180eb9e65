import type { PlanQuery } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';

/** What of the address changes the plan itself. */
export const planNames = ['order', 'most', 'namespaces', 'confidence', 'excluded', 'pinned'] as const;

/** How much evidence a call needs to order the waves; the first is the default. */
export const confidences = ['0.6', '0.9', '1', '0'] as const;

const service = /^[^/=,\s]+\/[^/=,\s]+$/;
const wave = /^[1-9]\d{0,4}$/;

/** The waves that services are pinned to, by service; what is none is left out. */
export function pinsOf({ pinned }: Search): ReadonlyMap<string, string> {
  return new Map(
    [...setOf(pinned)].flatMap((pin): [string, string][] => {
      const [id = '', number = '', ...rest] = pin.split('=');
      return rest.length === 0 && service.test(id) && wave.test(number) ? [[id, number]] : [];
    }),
  );
}

/** The services that stay; what is none is left out. */
export const excludedOf = ({ excluded }: Search): ReadonlySet<string> =>
  new Set([...setOf(excluded)].filter((id) => service.test(id)));

/** What an address asks the plan to keep to; what it says wrongly is left out. */
export function readPlanQuery(search: Search): PlanQuery {
  const { order, most, namespaces, confidence } = search;
  const excluded = [...excludedOf(search)].sort();
  const pinned = [...pinsOf(search)].map((pin) => pin.join('=')).sort();
  return {
    ...(order === 'callers-first' ? { order } : {}),
    ...(wave.test(most ?? '') ? { most: Number(most) } : {}),
    ...(namespaces === 'one' ? { oneNamespace: true } : {}),
    ...(confidences.some((one) => one === confidence) ? { confidence: Number(confidence) } : {}),
    ...(excluded.length === 0 ? {} : { excluded: excluded.join(',') }),
    ...(pinned.length === 0 ? {} : { pinned: pinned.join(',') }),
  };
}

/** What is chosen for a service: `` as planned, a wave, or `stays`. */
export function choiceOf(search: Search, id: string): string {
  return excludedOf(search).has(id) ? 'stays' : (pinsOf(search).get(id) ?? '');
}

/** The change of an address that chooses for a service. */
export function choose(search: Search, id: string, choice: string): Search {
  const excluded = new Set(excludedOf(search));
  const pins = new Map(pinsOf(search));
  excluded.delete(id);
  pins.delete(id);
  if (choice === 'stays') excluded.add(id);
  else if (choice !== '') pins.set(id, choice);
  const joined = (parts: string[]): string | undefined => (parts.length === 0 ? undefined : parts.sort().join(','));
  return { excluded: joined([...excluded]), pinned: joined([...pins].map((pin) => pin.join('='))) };
}
