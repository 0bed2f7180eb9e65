import type { Diagnostic } from '@isthmus/diagnostics';
import { locate, type Resource } from '@isthmus/kubernetes';
import type { Translation } from './translation.ts';

/**
 * Refines the places of diagnostics from their resource's first line to the line and column of their field.
 * @param textOf text of an input file as `redact` gives it; undefined where it is not at hand
 */
export function locateDiagnostics(
  translation: Translation,
  textOf: (file: string) => string | undefined,
): Diagnostic[] {
  const { istio, context, superseded } = translation.estate;
  const byPlace = new Map<string, Resource[]>();
  for (const resource of [...istio, ...context, ...superseded.map(({ loser }) => loser)]) {
    const key = `${resource.source.file}\n${resource.source.line}`;
    const others = byPlace.get(key);
    if (others === undefined) byPlace.set(key, [resource]);
    else others.push(resource);
  }
  return translation.diagnostics.map((diagnostic) => {
    const { file, line, path, resource: subject } = diagnostic;
    if (file === undefined || path === undefined || diagnostic.column !== undefined) return diagnostic;
    const resource = byPlace
      .get(`${file}\n${line}`)
      ?.find((one) => one.kind === subject?.kind && one.name === subject.name && one.namespace === subject.namespace);
    const text = resource && textOf(file);
    if (resource === undefined || text === undefined) return diagnostic;
    return { ...diagnostic, ...locate(text, resource.source, path) };
  });
}
