import { fillOperators } from './command-operators.ts';
import type { Decision, Forward, HeaderChanges, PathRewrite, Redirect } from './decision.ts';
import { compileExpression } from './regular-expression.ts';
import { type Request, splitPath } from './request.ts';

/** The path after a rewrite, with the query. */
export function rewritePath(rewrite: PathRewrite | undefined, whole: string): string {
  if (rewrite === undefined) return whole;
  const { path, query } = splitPath(whole);
  const suffix = query === undefined ? '' : `?${query}`;
  switch (rewrite.kind) {
    case 'prefix':
      return `${rewrite.replacement}${path.slice(rewrite.length)}${suffix}`;
    case 'full':
      return `${rewrite.value}${suffix}`;
    case 'regex':
      return `${compileExpression(rewrite.pattern).replaceAll(path, rewrite.substitution)}${suffix}`;
  }
}

/**
 * The headers after changes, one set of changes after the other: what is removed goes first; then what is written is filled
 * in from the headers that are left, all before any is written; what comes out empty is not written (Envoy 1.40,
 * source/common/router/header_parser.cc evaluateHeaders).
 */
export function changeHeaders(
  headers: Readonly<Record<string, readonly string[]>>,
  changes: readonly HeaderChanges[],
): Record<string, readonly string[]> {
  const result: Record<string, readonly string[]> = { ...headers };
  for (const { remove, set, add } of changes) {
    for (const name of remove) delete result[name.toLowerCase()];
    const fill = ([name, value]: readonly [string, string]): (readonly [string, string])[] => {
      const filled = fillOperators(value, (header) => result[header]?.join(','));
      return filled === '' ? [] : [[name.toLowerCase(), filled]];
    };
    const [overwritten, added] = [set.flatMap(fill), add.flatMap(fill)];
    for (const [name, value] of overwritten) result[name] = [value];
    for (const [name, value] of added) result[name] = [...(result[name] ?? []), value];
  }
  return result;
}

/** What the destination sees of a forwarded request, the part that no weight decides. */
export interface Upstream {
  readonly path: string;
  readonly authority: string;
}

/** The request as its destination sees it. */
export function upstreamOf(forward: Forward, request: Request): Upstream {
  return { path: rewritePath(forward.rewrite, request.path), authority: forward.authority ?? request.authority };
}

/** The Location of a redirect (envoy/source/common/router/config_impl.cc newUri, 1.40). */
export function locationOf(redirect: Redirect, request: Request): string {
  const scheme = redirect.scheme ?? request.scheme ?? 'http';
  const separator = request.authority.search(/:\d+$/);
  const ownHost = separator < 0 ? request.authority : request.authority.slice(0, separator);
  const ownPort = separator < 0 ? '' : request.authority.slice(separator);
  const host = redirect.host ?? ownHost;
  // A scheme that changes drops the port that was the default of the other one.
  const changed = redirect.scheme !== undefined && redirect.scheme !== (request.scheme ?? 'http');
  const dropped = changed && ((ownPort === ':80' && scheme === 'https') || (ownPort === ':443' && scheme === 'http'));
  const port =
    redirect.port !== undefined ? `:${redirect.port}` : redirect.host !== undefined || dropped ? '' : ownPort;
  const full = redirect.path?.kind === 'full' && redirect.path.value.includes('?') ? redirect.path.value : undefined;
  return `${scheme}://${host}${port}${full ?? rewritePath(redirect.path, request.path)}`;
}

/** Whether a decision lets the request go on to a destination. */
export const isForward = (decision: Decision): decision is Forward => decision.kind === 'forward';
