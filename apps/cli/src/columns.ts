// Two columns narrower than this are harder to read than two lists.
const narrowest = 40;
const gap = 3;

/** Breaks a line at spaces, with what follows indented as it is and two more; words that are too long are cut. */
function wrap(line: string, width: number): string[] {
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > indent.length ? space : width;
    lines.push(rest.slice(0, at));
    rest = `${indent}${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}

/** Two lists of lines side by side, or one below the other where there is no room. */
export function sideBySide(left: readonly string[], right: readonly string[], width: number): string[] {
  const column = Math.floor((width - gap) / 2);
  if (column < narrowest) return [...left, '', ...right];
  const [first, second] = [left, right].map((lines) => lines.flatMap((line) => wrap(line, column))) as [
    string[],
    string[],
  ];
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) =>
    `${(first[index] ?? '').padEnd(column)} │ ${second[index] ?? ''}`.trimEnd(),
  );
}
