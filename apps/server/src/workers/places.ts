import type { Span } from '@isthmus/contract';
import {
  formatPath,
  type Json,
  locateAll,
  type Span as Place,
  parsePath,
  type Resource,
  writeYaml,
} from '@isthmus/kubernetes';

/** The places of an object's fields by path: leaves, and the maps and lists above them. */
export type Places = ReadonlyMap<string, Place>;

const isBefore = (a: Place, b: Place): boolean =>
  a.keyLine < b.keyLine || (a.keyLine === b.keyLine && a.keyColumn < b.keyColumn);
const endsBefore = (a: Place, b: Place): boolean =>
  a.endLine < b.endLine || (a.endLine === b.endLine && a.endColumn < b.endColumn);

/** Adds to the leaves what stands above them: a map or list spans from the key of its first leaf to the end of its last. */
export function withContainers(leaves: Places): Places {
  const all = new Map(leaves);
  for (const [path, leaf] of leaves) {
    const steps = parsePath(path) ?? [];
    for (let depth = steps.length - 1; depth > 0; depth--) {
      const above = formatPath(steps.slice(0, depth));
      const known = all.get(above);
      const first =
        known !== undefined && isBefore(known, leaf) ? known : { ...leaf, line: leaf.keyLine, column: leaf.keyColumn };
      const last = known !== undefined && endsBefore(leaf, known) ? known : leaf;
      all.set(above, { ...first, endLine: last.endLine, endColumn: last.endColumn });
    }
  }
  return all;
}

/** A span within a text whose first line is `firstLine` of what the place speaks of. */
export const spanOf = (place: Place, firstLine: number): Span => ({
  line: place.line - firstLine + 1,
  column: place.column,
  endLine: place.endLine - firstLine + 1,
  endColumn: place.endColumn,
  keyColumn: place.keyLine === place.line ? place.keyColumn : place.column,
});

/** A resource's part of its file: the text, the line of the file that it begins on, and where its fields stand in the file. */
export interface Part {
  readonly line: number;
  readonly text: string;
  /** Whether the text is written anew because the file has it on one line with more than a person can read. */
  readonly rewritten: boolean;
  readonly places: Places;
}

/** A line that is longer is not for people: JSON without line breaks. */
const longestLine = 2000;

/** Cuts resources out of the texts of their files; a file is read and split once for all of its resources. */
export function createParts(textOf: (file: string) => string | undefined): (resource: Resource) => Part {
  const files = new Map<string, { text: string; lines: readonly string[] }>();
  const read = (file: string): { text: string; lines: readonly string[] } => {
    const text = textOf(file) ?? '';
    const found = { text, lines: text.split('\n') };
    files.set(file, found);
    return found;
  };
  return (resource) => {
    const { source } = resource;
    const { text, lines } = files.get(source.file) ?? read(source.file);
    const places = locateAll(text, source);
    let from = Math.min(source.line, lines.length) - 1;
    let end = from + 1;
    if (source.within !== undefined && places.size > 0) {
      const all = [...places.values()];
      from = all.reduce((least, { keyLine }) => Math.min(least, keyLine), Number.POSITIVE_INFINITY) - 1;
      end = all.reduce((most, { endLine }) => Math.max(most, endLine), 0);
    } else {
      while (end < lines.length && !/^---(?:\s|$)/.test(lines[end] as string)) end++;
      while (end > from + 1 && lines[end - 1]?.trim() === '') end--;
    }
    const part = lines.slice(from, end);
    if (part.some((line) => line.length > longestLine)) {
      const written = writeYaml(resource.object as Json);
      return {
        line: 1,
        text: written,
        rewritten: true,
        places: locateAll(written, { file: '', line: 1, document: 0 }),
      };
    }
    return { line: from + 1, text: `${part.join('\n')}\n`, rewritten: false, places };
  };
}
