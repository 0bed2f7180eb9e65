import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { JsonError, parseJsonPart } from './json.ts';
import { defaultLimits, formatBytes, type Limits } from './limits.ts';
import { addDocument, listItems } from './read-document.ts';
import { shorten } from './read-object.ts';
import type { FileReading, ReadingState } from './reading.ts';
import type { Json, Source } from './resource.ts';
import { applyHidden, type Hidden, hideAll, hideSecrets, holdsPrivateKey, isSecret, privateKeyAt } from './secrets.ts';
import { type Chunk, chunks, decode, lineAndColumn } from './text.ts';
import { buildYaml } from './yaml.ts';
import { parseYamlEvents, skipNode, YamlError, type YamlEvents } from './yaml-events.ts';

function lineAt(chunk: Chunk, offset: number): { line: number; column: number } {
  const { line, column } = lineAndColumn(chunk.text, Math.max(offset, 0));
  return { line: chunk.line + line - 1, column };
}

/** The lines of offsets that grow, without counting from the chunk's beginning each time. */
function createLineCounter(chunk: Chunk): (offset: number) => number {
  let { line } = chunk;
  let at = chunk.text.indexOf('\n');
  return (offset) => {
    for (; at !== -1 && at < offset; at = chunk.text.indexOf('\n', at + 1)) line++;
    return line;
  };
}

const maybeSecret = /\bkind["']?\s*:\s*["']?Secret\b/;

function addBroken(state: ReadingState, chunk: Chunk, error: YamlError): void {
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

// What stands in every private key: PEM, PEM as base64, JSON Web Keys.
const marksOfKeys = ['-----BEGIN', 'LS0tLS1CRUdJTi', 'kty'];

function readChunk(state: ReadingState, chunk: Chunk, suspicious: boolean, templates: boolean): void {
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
  const secretsBefore = state.secrets;
  const before = state.resources.length;
  const unidentifiedBefore = state.unidentified.length;
  const diagnosticsBefore = state.diagnostics.length;
  let event = 0;
  const lineOf = createLineCounter(chunk);
  for (const document of result.documents) {
    const root = event + 1;
    if (parsed !== undefined) event = skipNode(parsed.events, root) + 1;
    if (document.start < 0) continue;
    const source: Source = { file: state.file, line: lineOf(document.start), document: state.documents++ };
    const position = parsed === undefined ? undefined : { parsed, event: root, chunkLine: chunk.line };
    addDocument(state, document.value, source, templates, position);
  }
  const hasSecrets =
    state.secrets > secretsBefore || state.unidentified.slice(unidentifiedBefore).some((u) => u.kind === 'Secret');
  if (!hasSecrets && !suspicious) return;
  const documents = result.documents.filter((document) => document.start >= 0);
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
  state: ReadingState,
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

function reportPrivateKey(state: ReadingState, chunk: Chunk, start = 0): void {
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
  const state: ReadingState = {
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
    const suspicious = marksOfKeys.some((mark) => content.text.includes(mark));
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
