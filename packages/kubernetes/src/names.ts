// FNV-1a over UTF-16 code units: a short stable name, not a safeguard.
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/**
 * A text as an RFC 1035 label, the strictest of the names that the targets demand: lower case, starting with a letter, at
 * most 63 characters. What had to be cut off is replaced by a hash, so that different texts stay different.
 */
export function dnsLabel(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const started = /^[a-z]/.test(plain) ? plain : `x-${plain}`.replace(/-+$/, '');
  return started.length <= 63 ? started : `${started.slice(0, 55).replace(/-+$/, '')}-${shortHash(text)}`;
}
