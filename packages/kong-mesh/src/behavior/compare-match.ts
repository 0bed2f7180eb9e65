import type { RouteMatch } from './route-rule.ts';

const pathTypes = ['Exact', 'PathPrefix', 'RegularExpression'];
const encoder = new TextEncoder();
const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
};
/** Go counts bytes of UTF-8. */
const bytes = (text: string): number => (isAscii(text) ? text.length : encoder.encode(text).length);

function comparePaths(a: RouteMatch['path'], b: RouteMatch['path']): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (a.type !== b.type) return pathTypes.indexOf(a.type) - pathTypes.indexOf(b.type);
  return a.type === 'Exact' ? 0 : bytes(b.value) - bytes(a.value);
}

/**
 * Orders matches by what the proxy tries first (kuma, pkg/plugins/policies/meshhttproute/api/v1alpha1/compare.go
 * `CompareMatch`; equals keep their order): a path before none, exact before prefix before expression, the longer text of a
 * prefix or expression, a method before none, more headers, more query parameters.
 */
export const compareMatches = (a: RouteMatch, b: RouteMatch): number =>
  comparePaths(a.path, b.path) ||
  Number(a.method === undefined) - Number(b.method === undefined) ||
  (b.headers?.length ?? 0) - (a.headers?.length ?? 0) ||
  (b.queryParams?.length ?? 0) - (a.queryParams?.length ?? 0);

/** Whether a match is the one that makes the automatic route to the destination superfluous. */
export const isCatchAll = ({ path, method, headers, queryParams }: RouteMatch): boolean =>
  path?.type === 'PathPrefix' &&
  path.value === '/' &&
  method === undefined &&
  headers === undefined &&
  queryParams === undefined;
