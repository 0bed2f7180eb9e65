import { layOut } from '@isthmus/bundle';
import type { FieldLink, Span, Workbench } from '@isthmus/contract';
import { type Json, locateAll, type Span as Place, type Source, writeYaml } from '@isthmus/kubernetes';
import { addUp, keyOf, noOutcomes, type Translated } from './snapshot.ts';

// More than a person can read side by side; the view says how many are left out.
const mostDocuments = 200;

interface Wanted {
  readonly service?: string;
  readonly resource?: number;
  readonly namespace?: string;
}

function choose(snapshot: Translated, wanted: Wanted): { title: string; indexes: readonly number[] } | undefined {
  const { istio } = snapshot.translation.estate;
  if (wanted.service !== undefined) {
    const indexes = snapshot.concerns.get(wanted.service);
    return indexes && { title: wanted.service, indexes };
  }
  if (wanted.resource !== undefined) {
    const resource = istio[wanted.resource];
    return resource && { title: `${resource.kind} ${resource.name}`, indexes: [wanted.resource] };
  }
  if (wanted.namespace === undefined) return undefined;
  const { namespace } = wanted;
  const indexes = [...istio.keys()].filter((index) => (istio[index]?.namespace || 'default') === namespace);
  return indexes.length === 0 && !snapshot.services.some((service) => service.namespace === namespace)
    ? undefined
    : { title: namespace, indexes };
}

const spanOf = (place: Place, firstLine: number): Span => ({
  line: place.line - firstLine + 1,
  column: place.column,
  endLine: place.endLine - firstLine + 1,
  endColumn: place.endColumn,
});

/** The document that a source speaks of, and the line of the file that it begins on. */
function cut(text: string, source: Source): { line: number; text: string } {
  const lines = text.split('\n');
  const from = Math.min(source.line, lines.length) - 1;
  let end = from + 1;
  while (end < lines.length && !/^---(?:\s|$)/.test(lines[end] as string)) end++;
  while (end > from + 1 && lines[end - 1]?.trim() === '') end--;
  return { line: from + 1, text: `${lines.slice(from, end).join('\n')}\n` };
}

/** Before and after of a service, a resource or a namespace; undefined where there is none of that name. */
export function workbench(snapshot: Translated, wanted: Wanted): Workbench | undefined {
  const chosen = choose(snapshot, wanted);
  if (chosen === undefined) return undefined;
  const { translation } = snapshot;
  const indexes = chosen.indexes.slice(0, mostDocuments);
  const sources = indexes.flatMap((index) => {
    const resource = translation.estate.istio[index];
    if (resource === undefined) return [];
    const text = snapshot.textOf(resource.source.file) ?? '';
    return [{ index, resource, text, ...{ part: cut(text, resource.source) } }];
  });
  const emitted = new Set<number>();
  for (const { resource } of sources)
    for (const field of snapshot.entryOf.get(resource)?.fields ?? [])
      for (const target of field.targets) emitted.add(target.resource);
  if (wanted.service !== undefined)
    for (const [index, { services }] of translation.emitted.entries())
      if (services.includes(wanted.service)) emitted.add(index);
  const { fileOf } = layOut(translation);
  const all = [...emitted].sort((a, b) => a - b);
  const shown = all.slice(0, mostDocuments);
  const targets = shown.flatMap((index) => {
    const one = translation.emitted[index];
    if (one === undefined) return [];
    const text = writeYaml(one.object as unknown as Json);
    return [{ index, one, text, places: locateAll(text, { file: '', line: 1, document: 0 }) }];
  });
  const positionOf = new Map(targets.map(({ index }, position) => [index, position]));
  const outcomes = noOutcomes();
  const fields: FieldLink[] = [];
  for (const [document, { index, resource, text, part }] of sources.entries()) {
    addUp(outcomes, snapshot.outcomes[index] ?? noOutcomes());
    const places = locateAll(text, resource.source);
    for (const field of snapshot.entryOf.get(resource)?.fields ?? []) {
      const place = places.get(field.path);
      fields.push({
        document,
        path: field.path,
        ...(place === undefined ? {} : { span: spanOf(place, part.line) }),
        outcome: field.outcome,
        ...(field.code === undefined ? {} : { code: field.code }),
        targets: field.targets.flatMap((target) => {
          const position = positionOf.get(target.resource);
          if (position === undefined) return [];
          const at = targets[position]?.places.get(target.path);
          return [{ document: position, path: target.path, ...(at === undefined ? {} : { span: spanOf(at, 1) }) }];
        }),
      });
    }
  }
  const documentOf = new Map(
    sources.map(({ resource }, position) => [keyOf(resource, resource.source.file), position]),
  );
  return {
    title: chosen.title,
    before: sources.map(({ index, resource: { apiVersion, kind, namespace, name, source }, part }) => ({
      index,
      resource: { apiVersion, kind, namespace, name },
      file: source.file,
      ...part,
    })),
    after: targets.map(({ index, one, text }) => ({
      index,
      resource: {
        apiVersion: one.object.apiVersion,
        kind: one.object.kind,
        namespace: one.object.metadata.namespace ?? '',
        name: one.object.metadata.name,
      },
      role: one.role,
      ...(one.role === 'draft' ? { why: one.why } : {}),
      file: fileOf[index] ?? '',
      text,
    })),
    fields,
    findings: snapshot.diagnostics.flatMap((diagnostic) => {
      if (diagnostic.resource === undefined) return [];
      const document = documentOf.get(keyOf(diagnostic.resource, diagnostic.file));
      const start = document === undefined ? undefined : sources[document]?.part.line;
      if (document === undefined || start === undefined) return [];
      const { related, line, ...rest } = diagnostic;
      return [
        {
          document,
          diagnostic: {
            ...rest,
            ...(line === undefined ? {} : { line: line - start + 1 }),
            ...(related === undefined ? {} : { related: [...related] }),
          },
        },
      ];
    }),
    outcomes,
    omitted: chosen.indexes.length - sources.length + (all.length - targets.length),
  };
}
