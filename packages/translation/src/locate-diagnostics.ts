import type { Diagnostic, SubjectRef } from '@isthmus/diagnostics';
import { locate, type Resource, type Source } from '@isthmus/kubernetes';
import type { Translation } from './translation.ts';

/** A field whose place in its file's text is wanted, and the index of the diagnostic that is about it. */
export interface WantedPlace {
  readonly index: number;
  readonly source: Source;
  readonly path: string;
}

/** Where a field stands; undefined where that cannot be told. */
export type FoundPlace = { readonly line: number; readonly column: number } | undefined;

// A List on one line has all of its items there, so that the line alone would not tell them apart.
const isOf = (one: Resource, { kind, namespace, name }: SubjectRef): boolean =>
  one.name === name && one.namespace === namespace && one.kind === kind;

/** Resources by the file and the line that they begin in. */
function byPlace(resources: readonly Resource[]): ReadonlyMap<string, ReadonlyMap<number, readonly Resource[]>> {
  const found = new Map<string, Map<number, Resource[]>>();
  for (const resource of resources) {
    const { file, line } = resource.source;
    const inFile = found.get(file) ?? new Map<number, Resource[]>();
    found.set(file, inFile);
    const there = inFile.get(line);
    if (there === undefined) inFile.set(line, [resource]);
    else there.push(resource);
  }
  return found;
}

/** The fields whose places the diagnostics of a translation lack: so far these name the first line of their resource. */
export function wantedPlaces({ estate, diagnostics }: Translation): WantedPlace[] {
  const resources = byPlace([...estate.istio, ...estate.context, ...estate.superseded.map(({ loser }) => loser)]);
  const wanted: WantedPlace[] = [];
  for (const [index, { file, line, column, path, resource }] of diagnostics.entries()) {
    const lacks = file !== undefined && line !== undefined && path !== undefined && column === undefined;
    if (!lacks || resource === undefined) continue;
    const found = resources
      .get(file)
      ?.get(line)
      ?.find((one) => isOf(one, resource));
    if (found !== undefined) wanted.push({ index, source: found.source, path });
  }
  return wanted;
}

/** Gives each diagnostic the place that was found for it; `found` is in the order of `wanted`. */
export function withPlaces(
  diagnostics: readonly Diagnostic[],
  wanted: readonly WantedPlace[],
  found: readonly FoundPlace[],
): Diagnostic[] {
  const result = [...diagnostics];
  for (const [position, { index }] of wanted.entries())
    result[index] = { ...(diagnostics[index] as Diagnostic), ...found[position] };
  return result;
}

/**
 * Refines the places of diagnostics from their resource's first line to the line and column of their field.
 * @param textOf text of an input file as `redact` gives it; undefined where it is not at hand
 */
export function locateDiagnostics(
  translation: Translation,
  textOf: (file: string) => string | undefined,
): Diagnostic[] {
  const wanted = wantedPlaces(translation);
  const found = wanted.map(({ source, path }): FoundPlace => {
    const text = textOf(source.file);
    return text === undefined ? undefined : locate(text, source, path);
  });
  return withPlaces(translation.diagnostics, wanted, found);
}
