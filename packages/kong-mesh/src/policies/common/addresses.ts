import { isDnsName } from './names.ts';

const byte = /^(?:0|[1-9]\d{0,2})$/;
const group = /^[0-9a-fA-F]{1,4}$/;

/** Four decimal bytes without leading zeros, as Go's `net.ParseIP` takes them. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => byte.test(part) && Number(part) <= 255);
}

/** An IPv6 address without a zone, as Go's `net.ParseIP` takes it. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const compressed = halves.length === 2;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) as string[];
  const mapped = last.at(-1) !== undefined && isIpv4(last.at(-1) as string);
  if (mapped) last.splice(-1, 1, '0', '0');
  const all = groups.flat();
  return all.every((part) => group.test(part)) && (compressed ? all.length <= 7 : all.length === 8);
}

/** An IP address in text form (Go's `net.ParseIP`). */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** An IP address with a prefix length (Go's `net.ParseCIDR`). */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0 || !/^\d+$/.test(text.slice(slash + 1))) return false;
  const address = text.slice(0, slash);
  const length = Number(text.slice(slash + 1));
  return isIpv4(address) ? length <= 32 : isIpv6(address) && length <= 128;
}

/** A host name, and no IP address (govalidator's `IsDNSName`). */
export function isHostname(text: string): boolean {
  return !isIpAddress(text) && isDnsName(text);
}

/** Whether a text is `host:port`, in Go's notation: an IPv6 host stands in brackets (`net.SplitHostPort`). */
export function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return false;
  if (text.startsWith('['))
    return text.indexOf(']') === colon - 1 && !/[[\]]/.test(text.slice(1, colon - 1) + text.slice(colon));
  return !/[:[\]]/.test(text.slice(0, colon)) && !/[[\]]/.test(text.slice(colon));
}

/** A port of TCP. */
export function isPort(value: number | bigint): boolean {
  return value >= 1 && value <= 65535;
}
