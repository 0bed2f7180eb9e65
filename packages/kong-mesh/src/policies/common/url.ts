import { compileExpression } from '@isthmus/behavior';
import { isIpv6 } from './addresses.ts';

/** The parts of a URL that rules look at. */
export interface GoUrl {
  readonly scheme: string;
  /** The rest of a URL whose scheme no slash follows. */
  readonly opaque: string;
  /** Whether there is a user, be it an empty one. */
  readonly user: boolean;
  /** With the port; without the user. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

const goodEscapes = (text: string): boolean => !/%(?![0-9a-fA-F]{2})/.test(text);

function splitScheme(text: string): [scheme: string, rest: string] | undefined {
  const match = /^([a-zA-Z][a-zA-Z0-9+\-.]*):/.exec(text);
  if (match !== null) return [(match[1] as string).toLowerCase(), text.slice(match[0].length)];
  return text.startsWith(':') ? undefined : ['', text];
}

function isHost(host: string, scheme: string): boolean {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    const inside = host.slice(1, end).split('%25')[0] as string;
    return end > 0 && !host.includes('[', 1) && /^(?::\d*)?$/.test(host.slice(end + 1)) && isIpv6(inside);
  }
  // Other schemes may have colons before the one of the port.
  const colon = scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
  const name = colon < 0 ? host : host.slice(0, colon);
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return false;
  // In a host only bytes outside ASCII may be escaped; the other signs are those of RFC 3986, 3.2.2, and " < >.
  return goodEscapes(name) && !/%[0-7]/.test(name) && /^(?:\P{ASCII}|[a-zA-Z0-9\-_.~!$&'()*+,;=:\]<>"%])*$/u.test(name);
}

/**
 * Parses what the `Parse` of Go's `net/url` (1.26) accepts; with `request`, what `ParseRequestURI` does: an absolute URL or path, without
 * a fragment. Undefined where Go returns an error.
 */
export function parseGoUrl(text: string, { request = false } = {}): GoUrl | undefined {
  const hash = request ? -1 : text.indexOf('#');
  const whole = hash < 0 ? text : text.slice(0, hash);
  const fragment = hash < 0 ? '' : text.slice(hash + 1);
  if (/\p{Cc}/u.test(text.replace(/[\u0080-\u009f]/g, '')) || !goodEscapes(fragment) || (request && text === ''))
    return undefined;
  const split = splitScheme(whole);
  if (split === undefined) return undefined;
  const [scheme, after] = split;
  const question = after.indexOf('?');
  let rest = question < 0 ? after : after.slice(0, question);
  const query = question < 0 ? '' : after.slice(question + 1);
  const none = { scheme, opaque: '', user: false, host: '', path: '', query, fragment };
  if (text === '*') return { ...none, path: '*' };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...none, opaque: rest };
    if (request || /^[^/]*:/.test(rest)) return undefined;
  }
  let user = false;
  let host = '';
  if ((scheme !== '' || (!request && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    const authority = rest.slice(2, slash < 0 ? undefined : slash);
    rest = slash < 0 ? '' : rest.slice(slash);
    const at = authority.lastIndexOf('@');
    user = at >= 0;
    host = authority.slice(at + 1);
    const userInfo = authority.slice(0, Math.max(0, at));
    if (!goodEscapes(userInfo) || !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userInfo) || !isHost(host, scheme))
      return undefined;
  }
  return goodEscapes(rest) ? { ...none, user, host, path: rest } : undefined;
}

const letters = 'a-zA-Z\\x{00a1}-\\x{ffff}';
const simple = '[a-zA-Z0-9]';
const ipv4 =
  '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])(?:\\.(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])){2}\\.(?:[0-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])';
const subdomain = `(?:www\\.|${simple}+(?:[-_.]?${simple})*${simple}\\.${simple}+)`;
const prefix = `(?:${simple}(?:[-a-zA-Z0-9_]+)?${simple}(?:[-.]${simple}+)*|${subdomain}?)`;
const name = `${prefix}?(?:[${letters}0-9]+-?-?)*[${letters}0-9]+(?:\\.[${letters}]+)?`;
const ipv6InBrackets = '\\[[0-9a-fA-F]*:[0-9a-fA-F:.]*\\]';
const pattern = `(?:(?:ftp|tcp|udp|wss?|https?)://)?(?:\\S+(?::\\S*)?@)?(?:${ipv4}|${ipv6InBrackets}|${name})\\.?(?::\\d{1,5})?(?:[/?#]\\S*)?`;

/**
 * Whether govalidator's `IsURL` (a9d515a0) takes a text: a URL, or a host with a port and a path. The bracketed addresses
 * that Go's parser takes stand for govalidator's own list of forms.
 */
export function isUrl(text: string): boolean {
  if (text.startsWith('.') || [...text].length >= 2083 || new TextEncoder().encode(text).length <= 3) return false;
  const parsed = parseGoUrl(text.includes(':') && !text.includes('://') ? `http://${text}` : text);
  if (parsed === undefined || parsed.host.startsWith('.')) return false;
  if (parsed.host === '' && parsed.path !== '' && !parsed.path.includes('.')) return false;
  return compileExpression(pattern).matches(text);
}

/** An absolute path of a file, on Unix or Windows (govalidator's `IsFilePath`, a9d515a0). */
export function isFilePath(text: string): boolean {
  return /^(?:\/[^/\0]*)+\/?$/.test(text) || /^[a-zA-Z]:\\(?:[^\\/:*?"<>|\r\n]+\\)*[^\\/:*?"<>|\r\n]*$/.test(text);
}
