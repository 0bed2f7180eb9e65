const operator = /%%|%REQ\(([^)?]+)(?:\?([^)]+))?\)(?::(\d+))?%/g;

/**
 * A header value with Envoy's command operators filled in: `%REQ(x)%` is the request header `x` (`%REQ(x?y)%`: else `y`; `:5`
 * behind: its first five bytes), empty where the request has none; `%%` is a percent sign. Operators on what a request does
 * not tell (`%PROTOCOL%`, addresses) stay as they are (routing.md 3.3, verified by running Envoy 1.40).
 * @param header the value of a request header by lower-case name
 */
export function fillOperators(text: string, header: (name: string) => string | undefined): string {
  return text.replace(operator, (found: string, name?: string, other?: string, length?: string) => {
    if (name === undefined) return found === '%%' ? '%' : found;
    const value = header(name.toLowerCase()) ?? (other === undefined ? undefined : header(other.toLowerCase())) ?? '';
    return length === undefined ? value : value.slice(0, Number(length));
  });
}
