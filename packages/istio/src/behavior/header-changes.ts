import { type HeaderChanges, noHeaderChanges } from '@isthmus/behavior';
import { child, entries, type Field, text } from '@isthmus/kubernetes';
import { textItems } from '../effective/fields.ts';

/** What `headers.request` or `headers.response` asks for, in Envoy's order: `set` by name, then `add` by name. */
interface HeaderOperations {
  readonly remove: readonly string[];
  readonly write: readonly { readonly name: string; readonly value: string; readonly append: boolean }[];
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isInternal = (name: string): boolean => name.startsWith(':') || name.toLowerCase() === 'host';
const isAuthority = (name: string): boolean => ['host', ':authority'].includes(name.toLowerCase());

const writesOf = (field: Field | undefined, append: boolean): HeaderOperations['write'] =>
  entries(field)
    // Writing an empty value does nothing (verified by running Envoy 1.40).
    .flatMap(([name, value]) =>
      isInternal(name) || !text(value)?.value ? [] : [{ name, value: String(value.value), append }],
    )
    .sort((a, b) => byCodeUnit(a.name, b.name));

type Side = 'request' | 'response';

/** Reads `headers.request` or `headers.response` (istio/pilot/pkg/networking/core/route/route.go TranslateHeadersOperations, 1.32). */
function headerOperations(headers: Field | undefined, side: Side): HeaderOperations {
  const changes = child(headers, side);
  return {
    remove: textItems(child(changes, 'remove')).flatMap(({ value }) => (isInternal(value) ? [] : [value])),
    write: [...writesOf(child(changes, 'set'), false), ...writesOf(child(changes, 'add'), true)],
  };
}

/** The authority that `headers.request` writes: that of `set`, else that of `add`. */
export function authorityFrom(headers: Field | undefined): string | undefined {
  const request = child(headers, 'request');
  if (request === undefined) return undefined;
  for (const key of ['set', 'add'] as const) {
    const found = entries(child(request, key)).find(([name]) => isAuthority(name));
    const value = text(found?.[1])?.value;
    if (value) return value;
  }
  return undefined;
}

/**
 * The changes that come of operations one after the other in one list of Envoy, which removes first and then writes in the
 * list's order: what is written before the last overwriting of a header is lost.
 */
function changesOf(operations: readonly HeaderOperations[]): HeaderChanges {
  const remove = [...new Set(operations.flatMap((operation) => operation.remove))];
  const set = new Map<string, readonly [string, string]>();
  const added = new Map<string, (readonly [string, string])[]>();
  for (const { name, value, append } of operations.flatMap(({ write }) => write)) {
    const key = name.toLowerCase();
    if (append) added.set(key, [...(added.get(key) ?? []), [name, value]]);
    else {
      set.set(key, [name, value]);
      added.delete(key);
    }
  }
  if (remove.length === 0 && set.size === 0 && added.size === 0) return noHeaderChanges;
  return { remove, set: [...set.values()], add: [...added.values()].flat() };
}

/** What the `headers` of a route and those of its only destination change together, in this order. */
export function headerChanges(headers: readonly (Field | undefined)[], side: Side): HeaderChanges {
  // Most routes say nothing of headers.
  if (headers.every((one) => one === undefined)) return noHeaderChanges;
  return changesOf(headers.flatMap((one) => (one === undefined ? [] : headerOperations(one, side))));
}
