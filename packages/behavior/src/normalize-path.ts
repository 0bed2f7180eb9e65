import { splitPath } from './request.ts';

const unreserved = /^[A-Za-z0-9\-._~]$/;

/**
 * The path as Envoy's `normalize_path` leaves it, which both meshes set: percent-encoded unreserved characters decoded, `.` and
 * `..` resolved, backslashes as slashes; double slashes and `%2F` stay (routing.md T20, verified by running 1.40).
 * Undefined where Envoy refuses the request (a path that climbs above the root).
 */
export function normalizePath(whole: string): string | undefined {
  const { path, query } = splitPath(whole);
  const decoded = path.replace(/\\/g, '/').replace(/%([0-9A-Fa-f]{2})/g, (encoded, hex) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(character) ? character : encoded.toUpperCase();
  });
  const result: string[] = [];
  const segments = decoded.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..' && result.pop() === undefined) return undefined;
      if (isLast) result.push('');
    } else result.push(segment);
  }
  return `/${result.join('/')}${query === undefined ? '' : `?${query}`}`;
}
