import type { RoutePath } from '@isthmus/kong-gateway';

/** The path condition of a match as Istio has it. */
export type PathForm =
  | { readonly kind: 'all' }
  | { readonly kind: 'exact' | 'prefix'; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: 'regex'; readonly value: string };

/** A text as a regular expression that matches just it; the same in RE2 and in Rust's `regex`, which Kong uses. */
export const quote = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

// What RE2 takes and Rust's `regex` does not: quoted passages, single bytes, octal escapes. Look-around is in neither.
const unportable = /\\[QEC]|\\[0-7]{1,3}|\(\?P[=>]/;

/** Whether an expression of RE2 means the same in Rust's `regex` crate (its documentation of syntax; RE2's wiki). */
export function isPortable(expression: string): boolean {
  return !unportable.test(expression);
}

/** Whether an expression has groups that capture, which would shift the numbers of those added to it. */
export const capturesGroups = (expression: string): boolean => /(?:^|[^\\])\((?!\?)|\(\?P?</.test(expression);

// Gateway API's rules for plain paths (HTTPPathMatch, 1.6).
const plainPath = /^\/(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/;
const twisted = /\/\/|\/\.\.?(?:\/|$)|%2[fF]/;

function insensitive(value: string): string {
  return value.startsWith('/') ? `/(?i)${quote(value.slice(1))}` : `(?i)${quote(value)}`;
}

// Istio matches the whole path, Kong from its start only; the start holds for the first alternative alone without a group.
function whole(expression: string, end: string): string {
  const inner = expression.replace(/^\^/, '').replace(/((?:^|[^\\])(?:\\\\)*)\$$/, '$1');
  return inner.startsWith('/') && !inner.includes('|') ? `${inner}${end}$` : `(?:${inner})${end}$`;
}

/** A path as a regular expression of Kong; with `capture` its first group is what follows the matched part. */
export function asExpression(form: PathForm, capture: boolean): string {
  switch (form.kind) {
    case 'all':
      return capture ? '/(.*)' : '/.*';
    case 'exact':
      return `${form.ignoreCase ? insensitive(form.value) : quote(form.value)}${capture ? '()' : ''}$`;
    case 'prefix':
      return `${form.ignoreCase ? insensitive(form.value) : quote(form.value)}${capture ? '(.*)' : '.*'}`;
    case 'regex':
      return whole(form.value, capture ? '()' : '');
  }
}

/**
 * A path in its plainest form. Istio's prefix is one of the text, so that it is an expression in Gateway API, whose prefix
 * ends at a slash (edge.md V4).
 */
export function asPath(form: PathForm): RoutePath {
  if (form.kind === 'all') return { type: 'PathPrefix', value: '/' };
  if (form.kind === 'exact' && !form.ignoreCase && plainPath.test(form.value) && !twisted.test(form.value))
    return { type: 'Exact', value: form.value };
  return { type: 'RegularExpression', value: asExpression(form, false) };
}
