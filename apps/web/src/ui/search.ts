/** The query of an address: text by name; a name that has none is absent. */
export type Search = Readonly<Record<string, string | undefined>>;

export function parseSearch(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** Writes a query without escaping what addresses may hold as it is, such as `/`, `:` and `,`. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(search).flatMap(([name, value]) =>
    value === undefined || value === null || value === ''
      ? []
      : [
          `${encodeURIComponent(name)}=${encodeURIComponent(String(value)).replace(/%(2F|3A|2C)/g, decodeURIComponent)}`,
        ],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
