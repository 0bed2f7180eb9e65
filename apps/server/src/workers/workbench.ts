import { filesOf, formInBundle } from '@isthmus/bundle';
import type { FieldLink, Workbench } from '@isthmus/contract';
import { type Diagnostic, findCode } from '@isthmus/diagnostics';
import { type Json, locateAll, type Resource, writeYaml } from '@isthmus/kubernetes';
import type { OverrideRecord } from '@isthmus/store';
import { type Emitted, type LedgerField, subjectOfEmitted } from '@isthmus/translation';
import { overrideId } from '../override-record.ts';
import { type Acceptances, decisionOn } from './acceptances.ts';
import { digestOf, emissions, overriddenIn, presentOverride } from './overrides.ts';
import { createParts, type Part, type Places, spanOf, withContainers } from './places.ts';
import { addUp, keyOf, noOutcomes, type Translated } from './snapshot.ts';

// More than a person can read side by side; the view says how many are left out.
const mostDocuments = 200;
const mostFindings = 2000;
const longestExcerptLine = 400;
const mostElsewhere = 200;

interface Wanted {
  readonly service?: string;
  /** Its index, or what `nameIn` gives for it. */
  readonly resource?: string;
  readonly namespace?: string;
}

/** A resource in addresses: `Kind/namespace/name`, with the place of one that shares its name with others. */
function nameIn(istio: readonly Resource[], { kind, namespace, name, source }: Resource): string {
  const isSame = (one: Resource): boolean => one.kind === kind && one.namespace === namespace && one.name === name;
  const key = `${kind}/${namespace}/${name}`;
  return istio.filter(isSame).length === 1 ? key : `${key}@${source.file}:${source.line}`;
}

/** The resource that an address names; the first of a name where its place is another one now. */
function namedBy(istio: readonly Resource[], text: string): Resource | undefined {
  if (/^\d{1,9}$/.test(text)) return istio[Number(text)];
  const [, kind = '', namespace, name, place] = /^([^/]+)\/([^/]*)\/([^@]+)(?:@(.*))?$/s.exec(text) ?? [];
  const found = istio.filter((one) => one.kind === kind && one.namespace === namespace && one.name === name);
  return found.find(({ source }) => `${source.file}:${source.line}` === place) ?? found[0];
}

interface Chosen {
  readonly title: string;
  readonly indexes: readonly number[];
  /** What names it where it is one resource. */
  readonly resource?: string;
}

function choose(snapshot: Translated, wanted: Wanted): Chosen | undefined {
  const { istio } = snapshot.translation.estate;
  if (wanted.service !== undefined) {
    const indexes = snapshot.concerns.get(wanted.service);
    return indexes && { title: wanted.service, indexes };
  }
  if (wanted.resource !== undefined) {
    const resource = namedBy(istio, wanted.resource);
    if (resource === undefined) return undefined;
    const { kind, namespace, name } = resource;
    const title = `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
    return { title, indexes: [istio.indexOf(resource)], resource: nameIn(istio, resource) };
  }
  if (wanted.namespace === undefined) return undefined;
  const { namespace } = wanted;
  const indexes = [...istio.keys()].filter((index) => (istio[index]?.namespace || 'default') === namespace);
  return indexes.length === 0 && !snapshot.services.some((service) => service.namespace === namespace)
    ? undefined
    : { title: namespace, indexes };
}

/** Lines around a place in a file, for findings whose document is not shown; none where nothing is left of it. */
function excerptOf(text: string | undefined, line: number | undefined): { line: number; text: string } | undefined {
  if (text === undefined || line === undefined) return undefined;
  const from = Math.max(line - 3, 0);
  const lines = text.split('\n').slice(from, line + 2);
  if (lines.every((one) => one.trim() === '')) return undefined;
  return { line: from + 1, text: lines.map((one) => one.slice(0, longestExcerptLine)).join('\n') };
}

interface Neighbourhood {
  readonly files: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  /** Emitted resources that are shown. */
  readonly emitted: ReadonlySet<string>;
}

/** Whether a finding of no shown document belongs to what was asked for: a broken document or another version beside it. */
function isNear(diagnostic: Diagnostic, wanted: Wanted, { files, subjects, emitted }: Neighbourhood): boolean {
  const { resource, file } = diagnostic;
  if (resource === undefined) return file !== undefined && files.has(file);
  if (subjects.has(keyOf(resource))) return true;
  if (file === undefined && emitted.has(keyOf(resource))) return true;
  if (resource.kind === 'Service' && wanted.service !== undefined)
    return `${resource.namespace || 'default'}/${resource.name}` === wanted.service;
  return wanted.namespace !== undefined && (resource.namespace || 'default') === wanted.namespace;
}

interface Shown {
  readonly resource: Resource;
  readonly part: Part;
}

/** The findings of the documents shown, in their order; then those of what is near them and not shown. */
function place(
  snapshot: Translated,
  wanted: Wanted,
  sources: readonly Shown[],
  accepted: Acceptances,
  emitted: ReadonlySet<string>,
): Workbench['findings'] {
  const documentOf = new Map(
    sources.map(({ resource }, position) => [keyOf(resource, resource.source.file), position]),
  );
  const others = new Set(snapshot.translation.estate.istio.map((one) => keyOf(one, one.source.file)));
  const neighbourhood: Neighbourhood = {
    files: new Set(sources.map(({ resource }) => resource.source.file)),
    subjects: new Set(sources.map(({ resource }) => keyOf(resource))),
    emitted,
  };
  const inside: Workbench['findings'] = [];
  const near: Workbench['findings'] = [];
  const texts = new Map<string, string | undefined>();
  const textOf = (file: string): string | undefined => {
    if (!texts.has(file)) texts.set(file, snapshot.textOf(file));
    return texts.get(file);
  };
  for (const diagnostic of snapshot.diagnostics) {
    const { related, line, column, ...words } = diagnostic;
    const rest = { ...decisionOn(diagnostic, accepted), ...words };
    const key = diagnostic.resource && keyOf(diagnostic.resource, diagnostic.file);
    const document = key === undefined ? undefined : documentOf.get(key);
    const part = document === undefined ? undefined : sources[document]?.part;
    const notes = related === undefined ? {} : { related: [...related] };
    if (document !== undefined && part !== undefined) {
      const span =
        part.rewritten && diagnostic.path !== undefined ? withContainers(part.places).get(diagnostic.path) : undefined;
      const at = part.rewritten ? span && { line: span.keyLine, column: span.keyColumn } : { line, column };
      inside.push({
        document,
        diagnostic: {
          ...rest,
          ...notes,
          ...(at?.line === undefined ? {} : { line: at.line - part.line + 1 }),
          ...(at?.column === undefined ? {} : { column: at.column }),
        },
      });
    } else if ((key === undefined || !others.has(key)) && isNear(diagnostic, wanted, neighbourhood)) {
      const excerpt = diagnostic.file === undefined ? undefined : excerptOf(textOf(diagnostic.file), line);
      near.push({
        diagnostic: {
          ...rest,
          ...notes,
          ...(line === undefined ? {} : { line }),
          ...(column === undefined ? {} : { column }),
        },
        ...(excerpt === undefined ? {} : { excerpt }),
      });
    }
  }
  return [...inside.sort((a, b) => (a.document ?? 0) - (b.document ?? 0)), ...near];
}

/** Emitted resources that the sources' fields went to, and those that are about the service asked for. */
function emittedBy(snapshot: Translated, wanted: Wanted, resources: readonly Resource[]): number[] {
  const emitted = new Set<number>();
  for (const resource of resources)
    for (const field of snapshot.entryOf.get(resource)?.fields ?? [])
      for (const target of field.targets) emitted.add(target.resource);
  if (wanted.service !== undefined)
    for (const [index, { services }] of snapshot.translation.emitted.entries())
      if (services.includes(wanted.service)) emitted.add(index);
  return [...emitted].sort((a, b) => a - b);
}

/** Resources that are not shown and yet went into what is, each once: the emitted resources know where all of them came from. */
function sourcesElsewhere(snapshot: Translated, emitted: readonly number[], shown: ReadonlySet<Resource>): Resource[] {
  const found = new Set<Resource>();
  for (const index of emitted)
    for (const { origin } of snapshot.translation.origins[index] ?? [])
      if (!shown.has(origin.resource)) found.add(origin.resource);
  return [...found];
}

/** Before and after of a service, a resource or a namespace; undefined where there is none of that name. */
export function workbench(
  snapshot: Translated,
  wanted: Wanted,
  accepted: Acceptances,
  overrides: readonly OverrideRecord[],
): Workbench | undefined {
  const chosen = choose(snapshot, wanted);
  if (chosen === undefined) return undefined;
  const { translation } = snapshot;
  const partOf = createParts(snapshot.textOf);
  const sources = chosen.indexes.slice(0, mostDocuments).flatMap((index) => {
    const resource = translation.estate.istio[index];
    return resource === undefined ? [] : [{ index, resource, part: partOf(resource) }];
  });
  const fileOf = filesOf(translation);
  const emissionOf = emissions(translation);
  const overridden = overriddenIn(snapshot).resources;
  const records = new Map(overrides.map((record) => [record.id, record]));
  /** What a person decided about an emitted resource, and what of its text that changed. */
  const decisionAbout = (one: Emitted, places: Places): Partial<Workbench['after'][number]> => {
    const subject = subjectOfEmitted(one);
    const { state, object } = emissionOf(subject);
    const record = state === undefined ? undefined : records.get(overrideId(subject));
    const spans = (one.override?.paths ?? []).flatMap((path) => {
      const place = places.get(path);
      return place === undefined ? [] : [spanOf(place, 1)];
    });
    return {
      ...(subject.place === undefined ? {} : { place: subject.place }),
      ...(object === undefined ? {} : { emitted: digestOf(object) }),
      ...(state === undefined || record === undefined
        ? {}
        : { override: { override: presentOverride(record, state), spans } }),
    };
  };
  const all = emittedBy(
    snapshot,
    wanted,
    sources.map(({ resource }) => resource),
  );
  const targets = all.slice(0, mostDocuments).flatMap((index) => {
    const one = translation.emitted[index];
    if (one === undefined) return [];
    const text = writeYaml(one.object as unknown as Json);
    return [{ index, one, text, places: withContainers(locateAll(text, { file: '', line: 1, document: 0 })) }];
  });
  const positionOf = new Map(targets.map(({ index }, position) => [index, position]));
  const outcomes = noOutcomes();
  const fields: FieldLink[] = [];
  const targetsOf = (field: LedgerField): FieldLink['targets'] =>
    field.targets.flatMap((target) => {
      const position = positionOf.get(target.resource);
      if (position === undefined) return [];
      const there = targets[position]?.places.get(target.path);
      return [
        {
          document: position,
          path: target.path,
          ...(there === undefined ? {} : { span: spanOf(there, 1) }),
          ...(target.overridden ? { overridden: true } : {}),
        },
      ];
    });
  for (const [document, { index, resource, part }] of sources.entries()) {
    addUp(outcomes, snapshot.outcomes[index] ?? noOutcomes());
    for (const field of snapshot.entryOf.get(resource)?.fields ?? []) {
      const at = part.places.get(field.path);
      fields.push({
        document,
        path: field.path,
        ...(at === undefined ? {} : { span: spanOf(at, part.line) }),
        outcome: field.outcome,
        ...(field.code === undefined ? {} : { code: field.code }),
        targets: targetsOf(field),
      });
    }
  }
  const others = sourcesElsewhere(
    snapshot,
    targets.map(({ index }) => index),
    new Set(sources.map(({ resource }) => resource)),
  );
  const indexOf = new Map(translation.estate.istio.map((resource, index) => [resource, index]));
  const contextOf = new Map(translation.context.map((entry) => [entry.resource, entry]));
  const elsewhere = others.slice(0, mostElsewhere).flatMap((resource): Workbench['elsewhere'] => {
    const { apiVersion, kind, namespace, name, source } = resource;
    const index = indexOf.get(resource);
    const { places } = partOf(resource);
    const entry = snapshot.entryOf.get(resource) ?? contextOf.get(resource);
    return (entry?.fields ?? []).flatMap((field) => {
      const went = targetsOf(field);
      if (went.length === 0) return [];
      return [
        {
          resource: { apiVersion, kind, namespace, name },
          ...(index === undefined ? {} : { index }),
          file: source.file,
          line: places.get(field.path)?.keyLine ?? source.line,
          path: field.path,
          outcome: field.outcome,
          targets: went,
        },
      ];
    });
  });
  const emitted = new Set(targets.map(({ one }) => keyOf(subjectOfEmitted(one))));
  const findings = place(snapshot, wanted, sources, accepted, emitted);
  const shownFindings = findings.slice(0, mostFindings);
  const codes = new Set([
    ...fields.flatMap(({ code }) => code ?? []),
    ...shownFindings.map(({ diagnostic }) => diagnostic.code),
  ]);
  return {
    title: chosen.title,
    ...(chosen.resource === undefined ? {} : { resource: chosen.resource }),
    before: sources.map(({ index, resource: { apiVersion, kind, namespace, name, source }, part }) => ({
      index,
      resource: { apiVersion, kind, namespace, name },
      file: source.file,
      line: part.line,
      text: part.text,
      rewritten: part.rewritten,
      overrides: [...(overridden.get(index) ?? [])],
    })),
    after: targets.map(({ index, one, text, places }) => ({
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
      ...(formInBundle(one, 'kubernetes', translation.settings) === 'universal' ? { form: 'universal' as const } : {}),
      ...decisionAbout(one, places),
    })),
    fields,
    elsewhere,
    omittedElsewhere: Math.max(0, others.length - mostElsewhere),
    findings: shownFindings,
    omittedFindings: findings.length - shownFindings.length,
    codes: [...codes].sort().map((code) => ({ code, title: findCode(code)?.title ?? code })),
    outcomes,
    omitted: chosen.indexes.length - sources.length + (all.length - targets.length),
  };
}
