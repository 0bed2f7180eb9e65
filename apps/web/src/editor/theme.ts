/** The tokens that the editor and the diagrams take their colours from. */
export const tokenNames = [
  'ground',
  'panel',
  'sunk',
  'text',
  'muted',
  'border',
  'border-strong',
  'source',
  'target',
  'focus',
  'approximate',
  'unsupported',
] as const;

export type TokenName = (typeof tokenNames)[number];
export type Tokens = Readonly<Record<TokenName, string>>;

/** The tokens of the colour scheme that is shown now. */
export function readTokens(element: Element = document.documentElement): Tokens {
  const style = getComputedStyle(element);
  const entries = tokenNames.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Tokens;
}

export const isDark = (element: Element = document.documentElement): boolean =>
  element.getAttribute('data-mantine-color-scheme') === 'dark';

/** Calls back after the colour scheme has changed. Returns what ends that. */
export function watchColorScheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
  return () => observer.disconnect();
}
