import type { HeaderChanges } from '@isthmus/behavior';

interface Modifier {
  readonly set: { name: string; value: string }[];
  readonly add: { name: string; value: string }[];
  readonly remove: string[];
}

// The schema's limit of each list, and a name may stand once in a modifier (routing.md 2.3, validator items 7 and 13).
const most = 16;

/**
 * The filters that make these changes: a header that is both set and added to, or written and removed, needs several
 * (routing.md T31, T32); their order does not matter, as the proxy removes first, then sets, then adds.
 */
export function headerFilters(changes: HeaderChanges, side: 'Request' | 'Response'): object[] {
  if (changes.remove.length + changes.set.length + changes.add.length === 0) return [];
  const modifiers: { modifier: Modifier; names: Set<string> }[] = [];
  const place = (name: string, list: keyof Modifier): Modifier => {
    const lower = name.toLowerCase();
    const free = modifiers.find(({ modifier, names }) => !names.has(lower) && modifier[list].length < most);
    const used = free ?? { modifier: { set: [], add: [], remove: [] }, names: new Set<string>() };
    if (free === undefined) modifiers.push(used);
    used.names.add(lower);
    return used.modifier;
  };
  for (const name of changes.remove) place(name, 'remove').remove.push(name.toLowerCase());
  for (const [name, value] of changes.set) place(name, 'set').set.push({ name: name.toLowerCase(), value });
  for (const [name, value] of changes.add) place(name, 'add').add.push({ name: name.toLowerCase(), value });
  const key = side === 'Request' ? 'requestHeaderModifier' : 'responseHeaderModifier';
  return modifiers.map(({ modifier: { set, add, remove } }) => ({
    type: `${side}HeaderModifier`,
    [key]: {
      ...(set.length === 0 ? {} : { set }),
      ...(add.length === 0 ? {} : { add }),
      ...(remove.length === 0 ? {} : { remove }),
    },
  }));
}
