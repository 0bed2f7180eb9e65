const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Somebody else's text, or a number, as text of an HTML page or of an attribute in quotes. */
export const htmlText = (value: string | number): string =>
  String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? '');
