import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { EVENT_ID } from 'js-yaml';
import { isList, isMap, JsonError, parseJsonPart } from './json.ts';
import { defaultLimits, formatBytes, type Limits } from './limits.ts';
import { join } from './path.ts';
import type { Json, JsonObject, Resource, Source } from './resource.ts';
import {
  applyHidden,
  type Hidden,
  hideAll,
  hideSecrets,
  holdsPrivateKey,
  isSecret,
  privateKeyAt,
  withoutValues,
} from './secrets.ts';
import { type Chunk, chunks, decode, lineAndColumn } from './text.ts';
import { buildYaml, eventStart, keyText, parseYamlEvents, skipNode, YamlError, type YamlEvents } from './yaml.ts';

/** A document, or an item of a List, that cannot be told apart by kind and name. */
export interface Unidentified {
  readonly source: Source;
  /** What it lacks: `it has no apiVersion`. */
  readonly reason: string;
  /** As far as they are known, for lists; `''` otherwise. */
  readonly kind: string;
  readonly name: string;
  /** The object where only its name is missing: it has fields to account for. Its name is `''`. */
  readonly resource?: Resource;
}

/** What one manifest file holds. Every document is in one of the three lists. */
export interface FileReading {
  readonly file: string;
  /** Documents that hold something, broken ones included. */
  readonly documents: number;
  /** In the file's order. */
  readonly resources: readonly Resource[];
  readonly unidentified: readonly Unidentified[];
  readonly diagnostics: readonly Diagnostic[];
  /** Parts of the text that must not be stored; `redact` applies them. */
  readonly hidden: readonly Hidden[];
}

interface State {
  readonly file: string;
  readonly limits: Limits;
  documents: number;
  /** Documents and items of Lists, against the limit. */
  objects: number;
  secrets: number;
  readonly resources: Resource[];
  readonly unidentified: Unidentified[];
  readonly diagnostics: Diagnostic[];
  readonly hidden: Hidden[];
}

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

function unexpected(state: State, source: Source, path: string, value: Json, expected: string): void {
  state.diagnostics.push(
    diagnose(
      codes.reading.unexpectedType,
      { path, found: typeName(value), expected },
      { file: state.file, line: source.line, path },
    ),
  );
}

/** A text of the metadata; other scalars are kept as what they read as, so that the object stays addressable. */
function text(state: State, source: Source, path: string, value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  unexpected(state, source, path, value, 'a text');
  return typeof value === 'object' ? '' : String(value);
}

function textMap(
  state: State,
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

function addUnidentified(state: State, source: Source, value: Json, reason: string, resource?: Resource): void {
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

const shorten = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}...` : value);

function addObject(state: State, value: Json, source: Source, mayBeTemplate: boolean): void {
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
  const resource: Resource = {
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

/** Line of each item of a List, counted from the chunk's first line; undefined where the items are not written out. */
function itemLines(parsed: YamlEvents, list: number): { lines: number[]; events: number[] } | undefined {
  const { text: source, events } = parsed;
  if (events[list]?.type !== EVENT_ID.MAPPING) return undefined;
  for (let i = list + 1; events[i] !== undefined && events[i]?.type !== EVENT_ID.POP; i = skipNode(events, i + 1)) {
    const event = events[i];
    const next = events[i + 1];
    if (event === undefined || keyText(source, event) !== 'items' || next?.type !== EVENT_ID.SEQUENCE) continue;
    const result = { lines: [] as number[], events: [] as number[] };
    let line = 0;
    let from = 0;
    for (
      let item = i + 2;
      events[item] !== undefined && events[item]?.type !== EVENT_ID.POP;
      item = skipNode(events, item)
    ) {
      const start = eventStart(events[item] as (typeof events)[number]);
      for (let at = source.indexOf('\n', from); at !== -1 && at < start; at = source.indexOf('\n', at + 1)) {
        line++;
        from = at + 1;
      }
      result.lines.push(line);
      result.events.push(item);
    }
    return result;
  }
  return undefined;
}

/** Items of a List and of a typed list (`ServiceList`), which the API server's clients take apart alike. */
function listItems(value: Json): readonly Json[] | undefined {
  if (!isMap(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List') || !isList(value.items))
    return undefined;
  return value.items;
}

/** Items of a typed list may lack what the list says (k8s.io/apimachinery, `unstructured/helpers.go`). */
function completeItem(list: JsonObject, item: Json): Json {
  const kind = (list.kind as string).slice(0, -4);
  if (kind === '' || !isMap(item) || item.kind !== undefined || typeof list.apiVersion !== 'string') return item;
  return { apiVersion: list.apiVersion, kind, ...item };
}

function addDocument(
  state: State,
  value: Json,
  source: Source,
  mayBeTemplate: boolean,
  position?: { parsed: YamlEvents; event: number; chunkLine: number },
): void {
  const items = listItems(value);
  if (items === undefined) {
    if (++state.objects === state.limits.documents + 1) {
      const at = { file: state.file, line: source.line };
      state.diagnostics.push(diagnose(codes.reading.tooManyDocuments, { limit: state.limits.documents }, at));
    }
    if (state.objects <= state.limits.documents) addObject(state, value, source, mayBeTemplate);
    return;
  }
  const places = position === undefined ? undefined : itemLines(position.parsed, position.event);
  items.forEach((item, index) => {
    const within = join(source.within === undefined ? 'items' : `${source.within}.items`, index);
    const line = places?.lines[index];
    const place: Source = {
      ...source,
      line: line === undefined || position === undefined ? source.line : position.chunkLine + line,
      within,
    };
    const event = places?.events[index];
    const inner = event === undefined || position === undefined ? undefined : { ...position, event };
    addDocument(state, completeItem(value as JsonObject, item), place, mayBeTemplate, inner);
  });
}

function lineAt(chunk: Chunk, offset: number): { line: number; column: number } {
  const { line, column } = lineAndColumn(chunk.text, Math.max(offset, 0));
  return { line: chunk.line + line - 1, column };
}

const maybeSecret = /\bkind["']?\s*:\s*["']?Secret\b/;

function addBroken(state: State, chunk: Chunk, error: YamlError): void {
  state.documents++;
  state.objects++;
  // What cannot be parsed cannot be cut out either.
  if (maybeSecret.test(chunk.text) || privateKeyAt(chunk.text) !== -1)
    state.hidden.push(hideAll(chunk.text, chunk.start));
  const { file, limits } = state;
  const at = { file, ...lineAt(chunk, error.offset) };
  const template = /^(?![ \t]*#).*\{\{.*$/m.exec(chunk.text);
  if (template !== null && error.kind === 'syntax') {
    const offset = template.index + template[0].indexOf('{{');
    const shown = shorten(template[0].slice(template[0].indexOf('{{')).replace(/(\}\}).*$/, '$1'));
    state.diagnostics.push(diagnose(codes.reading.template, { text: shown }, { file, ...lineAt(chunk, offset) }));
    return;
  }
  switch (error.kind) {
    case 'syntax':
      state.diagnostics.push(diagnose(codes.reading.brokenYaml, { reason: error.message }, at));
      break;
    case 'duplicate': {
      const first = lineAt(chunk, error.first ?? error.offset);
      const related = [{ file, ...first, message: `'${shorten(error.message)}' stands here first.` }];
      const parameters = { key: shorten(error.message), first: first.line };
      state.diagnostics.push(diagnose(codes.reading.duplicateKey, parameters, { ...at, related }));
      break;
    }
    case 'depth':
      state.diagnostics.push(diagnose(codes.reading.tooDeep, { limit: limits.depth }, at));
      break;
    case 'aliases':
      state.diagnostics.push(diagnose(codes.reading.tooManyAliases, { limit: limits.aliasExpansion }, at));
      break;
  }
}

interface Parsed {
  readonly documents: readonly { readonly value: Json; readonly start: number }[];
  readonly parsed?: YamlEvents;
}

/** JSON values one after the other, as kubectl reads them; undefined where the text is not that. */
function parseJsonStream(source: string, depth: number): Parsed | undefined {
  const documents: { value: Json; start: number }[] = [];
  for (
    let at = source.startsWith('---') ? 3 : 0;
    /\S/.test(source.slice(at, at + 64)) || source.slice(at).trim() !== '';
  ) {
    const part = parseJsonPart(source, at, depth);
    documents.push({ value: part.value, start: part.start });
    at = part.end;
  }
  return { documents };
}

function parseChunk(chunk: Chunk, limits: Limits): Parsed {
  const isJson = /^(?:---)?\s*\{/.test(chunk.text);
  try {
    const parsed = parseYamlEvents(chunk.text, limits);
    return { documents: buildYaml(parsed, limits, isJson), parsed };
  } catch (error) {
    if (!isJson || !(error instanceof YamlError) || error.kind !== 'syntax') throw error;
    try {
      return parseJsonStream(chunk.text, limits.depth) as Parsed;
    } catch (jsonError) {
      if (!(jsonError instanceof JsonError)) throw jsonError;
      if (jsonError.first === undefined) throw error;
      throw new YamlError('duplicate', jsonError.message, jsonError.offset, jsonError.first);
    }
  }
}

function readChunk(state: State, chunk: Chunk, suspicious: boolean, templates: boolean): void {
  let result: Parsed;
  try {
    result = parseChunk(chunk, state.limits);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    addBroken(state, chunk, error);
    if (suspicious) reportPrivateKey(state, chunk);
    return;
  }
  const { parsed } = result;
  const documents = result.documents.filter((document) => document.start >= 0);
  const secretsBefore = state.secrets;
  const before = state.resources.length;
  const unidentifiedBefore = state.unidentified.length;
  const diagnosticsBefore = state.diagnostics.length;
  let event = 0;
  for (const document of result.documents) {
    const root = event + 1;
    if (parsed !== undefined) event = skipNode(parsed.events, root) + 1;
    if (document.start < 0) continue;
    const source: Source = { file: state.file, line: lineAt(chunk, document.start).line, document: state.documents++ };
    const position = parsed === undefined ? undefined : { parsed, event: root, chunkLine: chunk.line };
    addDocument(state, document.value, source, templates, position);
  }
  const hasSecrets =
    state.secrets > secretsBefore || state.unidentified.slice(unidentifiedBefore).some((u) => u.kind === 'Secret');
  const hidden = !hasSecrets
    ? []
    : parsed === undefined
      ? [hideAll(chunk.text, chunk.start)]
      : hideSecrets(parsed, documents, chunk.start);
  if (!suspicious || !exposesKey(state, chunk, documents, hidden, before, unidentifiedBefore)) {
    state.hidden.push(...hidden);
    return;
  }
  state.resources.length = before;
  state.unidentified.length = unidentifiedBefore;
  state.diagnostics.length = diagnosticsBefore;
  state.secrets = secretsBefore;
  state.hidden.push(hideAll(chunk.text, chunk.start));
  reportPrivateKey(state, chunk, documents[0]?.start);
}

/** Whether a private key is left once the Secrets of a chunk are without values: in the text or in a value. */
function exposesKey(
  state: State,
  chunk: Chunk,
  documents: Parsed['documents'],
  hidden: readonly Hidden[],
  resourcesBefore: number,
  unidentifiedBefore: number,
): boolean {
  const local = hidden.map((part) => ({ ...part, start: part.start - chunk.start, end: part.end - chunk.start }));
  if (privateKeyAt(applyHidden(chunk.text, local)) !== -1) return true;
  if (state.resources.slice(resourcesBefore).some((resource) => holdsPrivateKey(resource.object))) return true;
  return (
    state.unidentified.length > unidentifiedBefore &&
    documents.some(({ value }) => !isSecret(value) && listItems(value) === undefined && holdsPrivateKey(value))
  );
}

function reportPrivateKey(state: State, chunk: Chunk, start = 0): void {
  const offset = privateKeyAt(chunk.text);
  if (offset === -1 && start === 0) return;
  const at = { file: state.file, ...lineAt(chunk, offset === -1 ? start : offset) };
  state.diagnostics.push(diagnose(codes.reading.privateKey, {}, at));
}

/**
 * Reads one manifest file: YAML with any number of documents, or JSON; Lists are taken apart. Values come out as
 * sigs.k8s.io/yaml reads them, except that equal keys are an error. What cannot be read becomes a diagnostic with its
 * place while the other documents go on. Values of Secrets and documents with private keys are in none of the results.
 * @param file path as reports name it
 */
export function readManifest(file: string, bytes: Uint8Array, limits: Limits = defaultLimits): FileReading {
  const state: State = {
    file,
    limits,
    documents: 0,
    objects: 0,
    secrets: 0,
    resources: [],
    unidentified: [],
    diagnostics: [],
    hidden: [],
  };
  const content = bytes.length > limits.fileBytes ? undefined : decode(bytes);
  if (content === undefined) {
    const sizes = { size: formatBytes(bytes.length), limit: formatBytes(limits.fileBytes) };
    state.diagnostics.push(diagnose(codes.reading.fileTooLarge, sizes, { file }));
  } else if ('reason' in content) {
    const { reason, ...place } = content;
    state.diagnostics.push(diagnose(codes.reading.notText, { reason }, { file, ...place }));
  } else {
    const suspicious = content.text.includes('-----BEGIN') || content.text.includes('LS0tLS1CRUdJTi');
    const templates = content.text.includes('{{');
    for (const chunk of chunks(content.text)) {
      readChunk(state, chunk, suspicious, templates);
      if (state.objects > limits.documents) {
        state.hidden.push(
          hideAll(content.text.slice(chunk.start + chunk.text.length), chunk.start + chunk.text.length),
        );
        break;
      }
    }
    if (state.secrets > 0)
      state.diagnostics.push(diagnose(codes.reading.secretValues, { count: state.secrets }, { file }));
  }
  const { documents, resources, unidentified, diagnostics, hidden } = state;
  return { file, documents, resources, unidentified, diagnostics, hidden };
}

/**
 * The text of a file as it may be stored and shown: line by line the same, without the values of Secrets and without
 * documents that hold private keys. Empty for what is no text.
 * @param reading what `readManifest` made of the same bytes
 */
export function redact(bytes: Uint8Array, reading: FileReading): string {
  const content = decode(bytes);
  return 'reason' in content ? '' : applyHidden(content.text, reading.hidden);
}

/** Refuses a file that is no manifest and holds a private key; undefined where it holds none. */
export function checkOtherFile(file: string, bytes: Uint8Array): Diagnostic | undefined {
  const content = decode(bytes);
  const source = 'reason' in content ? new TextDecoder('latin1').decode(bytes) : content.text;
  const offset = privateKeyAt(source);
  if (offset === -1) return undefined;
  return diagnose(codes.reading.privateKey, {}, { file, ...lineAndColumn(source, offset) });
}
