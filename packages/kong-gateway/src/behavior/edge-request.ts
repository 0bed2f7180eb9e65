/** A request as it comes in at a Kong Gateway. */
export interface EdgeRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The Host header, with the port where the client wrote one. */
  readonly host: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The name that the client asked for when it set TLS up. */
  readonly sni?: string;
}

const reserved = new Set("!*'();:@&=+$,/?%#[]");

/** Percent-decodes what is not reserved (kong/tools/uri.lua normalize_decode). */
function decode(path: string): string {
  if (!path.includes('%')) return path;
  const bytes: number[] = [];
  for (let index = 0; index < path.length; ) {
    const encoded = /^%([0-9a-fA-F]{2})/.exec(path.slice(index, index + 3));
    if (encoded === null) {
      const point = path.codePointAt(index) as number;
      const character = String.fromCodePoint(point);
      bytes.push(...new TextEncoder().encode(character));
      index += character.length;
      continue;
    }
    const byte = Number.parseInt(encoded[1] as string, 16);
    if (reserved.has(String.fromCharCode(byte))) bytes.push(...new TextEncoder().encode(encoded[0].toUpperCase()));
    else bytes.push(byte);
    index += 3;
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** The path that predicates see: decoded, dot segments removed, slashes merged (kong/tools/uri.lua normalize). */
export function normalisePath(path: string): string {
  const kept: string[] = [];
  const segments = decode(path).split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment === '.' || segment === '..') {
      if (last) kept.push('');
    } else if (segment !== '' || last) kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** The path as it goes upstream: what is not safe is encoded again (kong/tools/uri.lua escape). */
export const escapePath = (path: string): string =>
  path.replace(/[^!#$&'()*+,/:;=?@[\]A-Za-z\d\-_.~%]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );

/** Path and query of what a client sent; no query: undefined. */
export function splitTarget(target: string): { readonly path: string; readonly query: string | undefined } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: undefined } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** The Host header without its port. */
export const hostOf = (host: string): string => host.replace(/:\d+$/, '');

/** All values of a header; `-` and `_` are the same in names. */
export function headerValues({ headers }: EdgeRequest, name: string): readonly string[] {
  return Object.entries(headers).flatMap(([key, value]) =>
    key.toLowerCase().replaceAll('_', '-') === name ? value : [],
  );
}
