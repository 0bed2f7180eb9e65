const scheme = 'spiffe://';

/**
 * Why a text is no SPIFFE ID, as go-spiffe v2 `spiffeid.FromString` decides; undefined where it is one. A trust domain
 * alone is one; a slash at the end is refused.
 */
export function spiffeIdProblem(text: string): string | undefined {
  if (!text.startsWith(scheme)) return `it must begin with ${scheme}`;
  const slash = text.indexOf('/', scheme.length);
  const domain = text.slice(scheme.length, slash < 0 ? undefined : slash);
  if (!/^[a-z0-9\-._]*$/.test(domain)) return 'a trust domain has only lower-case letters, digits, ., - and _';
  if (domain === '') return 'the trust domain is missing';
  if (slash < 0) return undefined;
  const segments = text.slice(slash + 1).split('/');
  if (segments.at(-1) === '') return 'the path must not end with a slash';
  for (const segment of segments) {
    if (segment === '') return 'the path must not have an empty segment';
    if (segment === '.' || segment === '..') return 'the path must not have a segment of dots';
    if (!/^[a-zA-Z0-9\-._]+$/.test(segment)) return 'a path segment has only letters, digits, ., - and _';
  }
  return undefined;
}
