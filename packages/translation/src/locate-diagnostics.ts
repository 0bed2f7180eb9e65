import type { Diagnostic, SubjectRef } from '@isthmus/diagnostics';
import type { Estate } from '@isthmus/istio';
import { locate, type Resource, type Source } from '@isthmus/kubernetes';
import type { Translation } from './translation.ts';

/** A field whose place in its file's text is wanted, and the diagnostic that is about it. */
export interface WantedPlace {
  readonly diagnostic: Diagnostic;
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

const lacksPlace = ({ file, line, column, path, resource }: Diagnostic): boolean =>
  file !== undefined && line !== undefined && path !== undefined && column === undefined && resource !== undefined;

/** The fields whose places diagnostics lack: so far these name the first line of their resource. */
export function wantedPlaces(estate: Estate, diagnostics: readonly Diagnostic[]): WantedPlace[] {
  const lacking = diagnostics.filter(lacksPlace);
  if (lacking.length === 0) return [];
  const resources = byPlace([...estate.istio, ...estate.context, ...estate.superseded.map(({ loser }) => loser)]);
  return lacking.flatMap((diagnostic): WantedPlace[] => {
    const { file = '', line = 0, path = '', resource } = diagnostic;
    const found = resources
      .get(file)
      ?.get(line)
      ?.find((one) => resource !== undefined && isOf(one, resource));
    return found === undefined ? [] : [{ diagnostic, source: found.source, path }];
  });
}

/** Diagnostics with the places that were found for them. */
export const withPlaces = (
  diagnostics: readonly Diagnostic[],
  found: ReadonlyMap<Diagnostic, FoundPlace>,
): Diagnostic[] =>
  diagnostics.map((diagnostic) => {
    const place = found.get(diagnostic);
    return place === undefined ? diagnostic : { ...diagnostic, ...place };
  });

/**
 * Refines the places of diagnostics from their resource's first line to the line and column of their field.
 * @param textOf text of an input file as `redact` gives it; undefined where it is not at hand
 */
export function locateDiagnostics(
  translation: Translation,
  textOf: (file: string) => string | undefined,
): Diagnostic[] {
  const { estate, diagnostics } = translation;
  const found = new Map<Diagnostic, FoundPlace>();
  for (const { diagnostic, source, path } of wantedPlaces(estate, diagnostics)) {
    const text = textOf(source.file);
    if (text !== undefined) found.set(diagnostic, locate(text, source, path));
  }
  return withPlaces(diagnostics, found);
}
