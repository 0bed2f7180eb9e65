import { codes, diagnose } from '@isthmus/diagnostics';
import { clusterAnnotation, clusterOfPath } from './cluster.ts';
import { isList, isMap } from './json.ts';
import { join } from './path.ts';
import type { ReadingState } from './reading.ts';
import type { Json, JsonObject, Resource, Source } from './resource.ts';
import { isSecret, withoutValues } from './secrets.ts';

const nothing: Readonly<Record<string, string>> = Object.freeze({});

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'a map';
    case 'boolean':
      return `the boolean ${value}`;
    case 'string':
      return 'a text';
    default:
      return `the number ${value}`;
  }
}

function unexpected(state: ReadingState, source: Source, path: string, value: Json, expected: string): void {
  state.diagnostics.push(
    diagnose(
      codes.reading.unexpectedType,
      { path, found: typeName(value), expected },
      { file: state.file, line: source.line, path },
    ),
  );
}

/** A text of the metadata; other scalars are kept as what they read as, so that the object stays addressable. */
function text(state: ReadingState, source: Source, path: string, value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  unexpected(state, source, path, value, 'a text');
  return typeof value === 'object' ? '' : String(value);
}

function textMap(
  state: ReadingState,
  source: Source,
  path: string,
  value: Json | undefined,
): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return nothing;
  if (!isMap(value)) {
    unexpected(state, source, path, value, 'a map of texts');
    return nothing;
  }
  for (const key in value) {
    if (typeof value[key] === 'string') continue;
    const entries = Object.entries(value).map(([k, v]) => [k, text(state, source, join(path, k), v)] as const);
    return Object.fromEntries(entries);
  }
  return value as Readonly<Record<string, string>>;
}

function addUnidentified(state: ReadingState, source: Source, value: Json, reason: string, resource?: Resource): void {
  const kind = isMap(value) && typeof value.kind === 'string' ? value.kind : '';
  state.unidentified.push({ source, reason, kind, name: '', ...(resource === undefined ? {} : { resource }) });
}

const leftover =
  /\{\{-?\s*(?:\.(?:Values|Release|Chart|Files|Capabilities|Template)\b|(?:include|template|tpl|required|default)\s)/;

/** The first template text that quotes have carried into a value. */
function findLeftover(value: Json, path: string): { path: string; value: string } | undefined {
  if (typeof value === 'string') return leftover.test(value) ? { path, value } : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  const entries = isList(value) ? value.entries() : Object.entries(value);
  for (const [step, item] of entries) {
    const found = findLeftover(item, join(path, step));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A text for a message. */
export const shorten = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}...` : value);

/** Adds a value as a resource, or says why it is none. */
export function addObject(state: ReadingState, value: Json, source: Source, mayBeTemplate: boolean): void {
  if (!isMap(value)) {
    addUnidentified(state, source, value, `it is ${typeName(value)}, and a map was expected`);
    return;
  }
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    addUnidentified(
      state,
      source,
      value,
      apiVersion === undefined ? 'it has no apiVersion' : 'its apiVersion is no text',
    );
    return;
  }
  if (typeof kind !== 'string' || kind === '') {
    addUnidentified(state, source, value, kind === undefined ? 'it has no kind' : 'its kind is no text');
    return;
  }
  const isMetadata = isMap(metadata);
  if (!isMetadata && metadata !== undefined && metadata !== null) {
    unexpected(state, source, 'metadata', metadata, 'a map');
  }
  const fields: JsonObject = isMetadata ? metadata : {};
  const secret = isSecret(value);
  if (secret) state.secrets++;
  const object = secret ? withoutValues(value) : value;
  const kept = secret && isMap(object.metadata) ? object.metadata : fields;
  const slash = apiVersion.indexOf('/');
  const untagged: Resource = {
    apiVersion,
    group: slash === -1 ? '' : apiVersion.slice(0, slash),
    kind,
    namespace: text(state, source, 'metadata.namespace', fields.namespace),
    name: text(state, source, 'metadata.name', fields.name),
    labels: textMap(state, source, 'metadata.labels', kept.labels),
    annotations: textMap(state, source, 'metadata.annotations', kept.annotations),
    object,
    source,
  };
  const cluster = untagged.annotations[clusterAnnotation] || clusterOfPath(state.file);
  const resource = cluster === undefined ? untagged : { ...untagged, source: { ...source, cluster } };
  // `istioctl install -f` reads an IstioOperator without a name, and most are written so.
  const needsName = resource.group !== 'install.istio.io' && typeof fields.generateName !== 'string';
  if (resource.name === '' && needsName) {
    addUnidentified(state, source, value, 'it has no metadata.name', resource);
    // kustomization.yaml has no name by design, and it is no object of a cluster.
    if (resource.group !== 'kustomize.config.k8s.io') {
      state.diagnostics.push(diagnose(codes.reading.noName, { kind }, { file: state.file, line: source.line }));
    }
    return;
  }
  state.resources.push(resource);
  if (!mayBeTemplate || !resource.group.endsWith('istio.io')) return;
  const found = findLeftover(object, '');
  if (found === undefined) return;
  const { namespace, name } = resource;
  state.diagnostics.push(
    diagnose(
      codes.reading.templateText,
      { text: shorten(found.value) },
      { resource: { apiVersion, kind, namespace, name }, file: state.file, line: source.line, path: found.path },
    ),
  );
}
