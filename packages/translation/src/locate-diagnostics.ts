import type { Diagnostic, SubjectRef } from '@isthmus/diagnostics';
import { locate, type Source } from '@isthmus/kubernetes';
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
const keyOf = (file: string, line: number, { kind, namespace, name }: SubjectRef): string =>
  `${file}\n${line}\n${kind}\n${namespace}\n${name}`;

/** The fields whose places the diagnostics of a translation lack: so far these name the first line of their resource. */
export function wantedPlaces({ estate, diagnostics }: Translation): WantedPlace[] {
  const sources = new Map<string, Source>();
  for (const resource of [...estate.istio, ...estate.context, ...estate.superseded.map(({ loser }) => loser)]) {
    const { source } = resource;
    const key = keyOf(source.file, source.line, resource);
    if (!sources.has(key)) sources.set(key, source);
  }
  const wanted: WantedPlace[] = [];
  for (const [index, { file, line, column, path, resource }] of diagnostics.entries()) {
    const lacks = file !== undefined && line !== undefined && path !== undefined && column === undefined;
    if (!lacks || resource === undefined) continue;
    const source = sources.get(keyOf(file, line, resource));
    if (source !== undefined) wanted.push({ index, source, path });
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
