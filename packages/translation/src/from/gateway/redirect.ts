import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, entries, type Field, number, text } from '../../field.ts';
import { isServable } from './listeners.ts';
import type { Unit } from './units.ts';

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };
const known = new Set(['scheme', 'authority', 'uri', 'port', 'derivePort', 'redirectCode']);
const statuses = new Set([301, 302, 303, 307, 308]);

/** The scheme of the answer: what the rule says, else that of the request, which Kong does not know when it answers. */
function schemeOf(context: Context, redirect: Field, { listeners, redirects }: Unit): unknown {
  const own = text(child(redirect, 'scheme'));
  if (own !== undefined) return context.exact(own, own.value);
  const secure = listeners.some(({ protocol }) => protocol === 'HTTPS');
  const plain = listeners.some(({ protocol }) => protocol === 'HTTP');
  if (secure && plain && redirects === undefined) context.report(codes.gateway.redirectScheme, {}, redirect);
  return secure ? 'https' : 'http';
}

/**
 * The filter of a redirect. Kong needs host and scheme in it (edge.md 2.3), so that the host of the unit stands in where the
 * rule keeps the request's. A text instead of a filter says why there can be none.
 */
export function redirectFilter(context: Context, redirect: Field, unit: Unit): object | string {
  const given = text(child(redirect, 'authority'));
  const authority = given?.value === '' ? undefined : given;
  const [host = '*'] = unit.hosts;
  if (authority === undefined && host.includes('*')) return 'Kong cannot redirect a wildcard host to itself';
  const ownScheme = child(redirect, 'scheme');
  if (ownScheme !== undefined && !/^https?$/.test(String(ownScheme.value)))
    return 'Gateway API redirects to http and https only';
  const [name = '', explicit] = (authority?.value ?? host).split(':');
  if (isServable(name.toLowerCase()) === 'no' || name === '*') return 'Gateway API redirects to host names only';
  for (const [key, part] of entries(redirect))
    if (!known.has(key)) context.unsupported(part, codes.gateway.besideAnswer, { field: key });
  const uri = text(child(redirect, 'uri'));
  const code = number(child(redirect, 'redirectCode'));
  const portField = number(child(redirect, 'port'));
  const derive = child(redirect, 'derivePort');
  const scheme = schemeOf(context, redirect, unit);
  const plainScheme = String(text(child(redirect, 'scheme'))?.value ?? scheme);
  const asked = portField?.value || (explicit === undefined ? 0 : Number(explicit));
  const port = Number.isInteger(asked) && asked > 0 && asked < 65_536 ? asked : undefined;
  const written = port !== undefined && port !== defaultPorts[plainScheme] ? port : undefined;
  // Kong listens on ports of its own, so that the request's port is not taken over.
  if (derive?.value === 'FROM_REQUEST_PORT') context.unsupported(derive, codes.gateway.redirectPort, {});
  else context.settled(derive);
  context.settled(portField);
  if (authority === undefined) context.settled(given);
  if (uri !== undefined && uri.value.length > 1 && uri.value.endsWith('/'))
    context.approximate(uri, undefined, codes.gateway.redirectSlash, { uri: uri.value });
  const status = code !== undefined && statuses.has(code.value) ? context.exact(code, code.value) : 301;
  if (code !== undefined && !statuses.has(code.value))
    context.unsupported(code, codes.gateway.redirectCode, { code: code.value });
  return {
    type: 'RequestRedirect',
    requestRedirect: {
      scheme,
      hostname: authority === undefined ? name : context.exact(authority, name.toLowerCase()),
      port: written === undefined ? undefined : portField === undefined ? written : context.derived(portField, written),
      path: uri === undefined ? undefined : { type: 'ReplaceFullPath', replaceFullPath: context.exact(uri, uri.value) },
      statusCode: status,
    },
  };
}
