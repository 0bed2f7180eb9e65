import { splitPath } from './request.ts';

const unreserved = /^[A-Za-z0-9\-._~]$/;
const escaped = /%([0-9A-Fa-f]{2})/g;
/** What stands in no path as it is; brackets do. */
const unsafe = /[^!#-;=?-[\]_a-z~]/gu;
/** A dot segment with parameters, which are dropped; an escaped dot makes none. */
const withParameters = /^(\.{1,2});.*/s;

const encode = (character: string): string =>
  [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

/** A segment with unreserved characters decoded and unsafe ones encoded; other escapes stay as they are written. */
const canonical = (segment: string): string =>
  segment
    .replace(withParameters, '$1')
    .replace(escaped, (written, hex) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return unreserved.test(character) ? character : written;
    })
    .replace(unsafe, encode);

/**
 * The path as Envoy's `normalize_path` leaves it, which both meshes set: percent-encoded unreserved characters decoded, unsafe
 * characters encoded, `.` and `..` resolved (`..` at the root stays there; `..;x` is `..`), backslashes as slashes; double
 * slashes and `%2F` stay. routing.md T20; 2,413 paths of odd segments agree with Envoy 1.40.
 * Undefined where Envoy refuses the request with 400 (`%00`).
 */
export function normalizePath(whole: string): string | undefined {
  const { path, query } = splitPath(whole);
  if (path.includes('%00')) return undefined;
  const result: string[] = [];
  const segments = path.replace(/\\/g, '/').split('/').slice(1);
  for (const [index, written] of segments.entries()) {
    const segment = canonical(written);
    if (segment === '.' || segment === '..') {
      if (segment === '..') result.pop();
      if (index === segments.length - 1) result.push('');
    } else result.push(segment);
  }
  return `/${result.join('/')}${query === undefined ? '' : `?${query}`}`;
}

/** The path as Envoy's `merge_slashes` leaves it: a path of nothing but slashes keeps two (Envoy 1.40, as run). */
export function mergeSlashes(whole: string): string {
  const { path, query } = splitPath(whole);
  if (!path.includes('//')) return whole;
  const parts = path.split('/').filter((part) => part !== '');
  const merged = `/${parts.join('/')}${path.endsWith('/') ? '/' : ''}`;
  return `${merged}${query === undefined ? '' : `?${query}`}`;
}
