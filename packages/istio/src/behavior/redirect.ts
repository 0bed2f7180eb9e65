import type { PathRewrite, Redirect, TextMatch } from '@isthmus/behavior';
import { child, type Field, number, text } from '@isthmus/kubernetes';
import { given } from '../effective/fields.ts';

/** Codes that Istio knows; with another one the route has no action, and Envoy refuses the route table of the port. */
const codes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** How a path changes where Envoy replaces what the route matched: a prefix, else the whole path. */
export function replaceMatched(path: TextMatch | undefined, replacement: string): PathRewrite {
  if (path === undefined) return { kind: 'prefix', length: 1, replacement };
  return path.kind === 'prefix'
    ? { kind: 'prefix', length: path.value.length, replacement }
    : { kind: 'full', value: replacement };
}

/**
 * A redirect (istio/pilot/pkg/networking/core/route/route.go ApplyRedirect, 1.32); undefined for a status that Istio does not
 * know.
 * @param listenerPort the port that the client dialled, for `derivePort: FROM_REQUEST_PORT`
 */
export function redirectOf(redirect: Field, path: TextMatch | undefined, listenerPort: number): Redirect | undefined {
  const status = number(given(redirect, 'redirectCode'))?.value || 301;
  if (!codes.has(status)) return undefined;
  const host = text(child(redirect, 'authority'))?.value;
  const scheme = text(child(redirect, 'scheme'))?.value;
  const prefix = text(child(redirect, 'prefixRewrite'))?.value;
  const uri = text(child(redirect, 'uri'))?.value;
  const derived = text(child(redirect, 'derivePort'))?.value === 'FROM_REQUEST_PORT' ? listenerPort : undefined;
  const port = number(given(redirect, 'port'))?.value ?? derived ?? 0;
  // The scheme's own port is not written.
  const isDefault = (port === 80 && (scheme || 'http') === 'http') || (port === 443 && scheme === 'https');
  return {
    kind: 'redirect',
    status,
    ...(host ? { host } : {}),
    ...(scheme ? { scheme } : {}),
    ...(port === 0 || isDefault ? {} : { port }),
    ...(prefix
      ? { path: replaceMatched(path, prefix) }
      : uri
        ? { path: { kind: 'full', value: uri.startsWith('/') ? uri : `/${uri}` } }
        : {}),
  };
}
