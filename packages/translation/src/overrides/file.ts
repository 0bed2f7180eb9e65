import {
  isList,
  isMap,
  type Json,
  type JsonObject,
  lineAndColumn,
  parseYaml,
  writeYaml,
  YamlError,
} from '@isthmus/kubernetes';
import { difference, keysOf, type Operation, patched } from './json-patch.ts';
import type { Override, OverrideSubject } from './override.ts';

/** Why a file of overrides cannot be read; `line` counts from 1, where the text itself is broken. */
export interface FileProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** More than this in one file is no work of people. */
const mostOverrides = 10_000;

const texts = (value: JsonObject, keys: readonly string[]): boolean =>
  keys.every((key) => value[key] === undefined || typeof value[key] === 'string');

const isFilled = (value: Json | undefined): value is string => typeof value === 'string' && value.trim() !== '';

function subjectIn(value: Json | undefined): OverrideSubject | string {
  if (!isMap(value)) return '`resource` must be a map of apiVersion, kind, namespace and name';
  const { apiVersion, kind, name, namespace = '', place, ...rest } = value;
  const [other] = Object.keys(rest);
  if (other !== undefined) return `\`resource\` has no field ${JSON.stringify(other)}`;
  if (!isFilled(apiVersion) || !isFilled(kind) || !isFilled(name) || typeof namespace !== 'string')
    return '`resource` must name apiVersion, kind and name';
  if (place !== undefined && (typeof place !== 'string' || !/^(?:global|zone\/.+)$/.test(place)))
    return '`place` must be `global` or `zone/<name>`';
  return { apiVersion, kind, namespace, name, ...(typeof place === 'string' ? { place } : {}) };
}

function isOperation(value: Json): value is JsonObject & Operation {
  if (!isMap(value) || typeof value.path !== 'string' || keysOf(value.path) === undefined) return false;
  return value.op === 'remove' ? true : (value.op === 'add' || value.op === 'replace') && value.value !== undefined;
}

/** One override as the file has it, or what is wrong with it. */
function overrideIn(value: Json): Override | string {
  if (!isMap(value)) return 'a map was expected';
  const { resource, change, reason, acceptsWidening, by, at, ground, patch, object, ...rest } = value;
  const [other] = Object.keys(rest);
  if (other !== undefined) return `there is no field ${JSON.stringify(other)}`;
  const subject = subjectIn(resource);
  if (typeof subject === 'string') return subject;
  if (!isFilled(reason)) return '`reason` must say why';
  if (!texts(value, ['acceptsWidening', 'by', 'at'])) return '`acceptsWidening`, `by` and `at` must be texts';
  const decision = {
    subject,
    reason: reason.trim(),
    ...(isFilled(acceptsWidening) ? { acceptsWidening: acceptsWidening.trim() } : {}),
    ...(isFilled(by) ? { by: by.trim() } : {}),
    ...(isFilled(at) ? { at } : {}),
  };
  switch (change) {
    case 'add':
      if (!isMap(object)) return '`object` must be the resource to add';
      return { ...decision, change, object };
    case 'leave-out':
      if (!isMap(ground)) return '`ground` must be what was emitted when it was decided';
      return { ...decision, change, ground };
    case 'edit': {
      if (!isMap(ground)) return '`ground` must be what was emitted when the edit was made';
      if (!isList(patch) || !patch.every(isOperation))
        return '`patch` must be a JSON Patch of `add`, `replace` and `remove`';
      const after = patched(ground, patch as readonly Operation[]);
      if (!isMap(after)) return '`patch` does not fit `ground`: items of lists are replaced, or their list as a whole';
      return { ...decision, change, ground, patch: difference(ground, after) };
    }
    default:
      return '`change` must be `edit`, `leave-out` or `add`';
  }
}

/** Reads a file of overrides, YAML or JSON: `overrides` and nothing else. What is wrong with it is said, not thrown. */
export function readOverrides(text: string): { overrides: Override[]; problems: FileProblem[] } {
  let value: Json;
  try {
    const [document, ...more] = parseYaml(text);
    if (more.length > 0) return { overrides: [], problems: [{ message: 'one YAML document was expected' }] };
    value = document?.value ?? null;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { overrides: [], problems: [{ message: error.message, ...lineAndColumn(text, error.offset) }] };
  }
  if (value === null) return { overrides: [], problems: [] };
  if (!isMap(value) || !isList(value.overrides) || Object.keys(value).length > 1)
    return { overrides: [], problems: [{ message: 'a map with the list `overrides` was expected' }] };
  if (value.overrides.length > mostOverrides)
    return { overrides: [], problems: [{ message: `at most ${mostOverrides} overrides were expected` }] };
  const overrides: Override[] = [];
  const problems: FileProblem[] = [];
  for (const [index, one] of value.overrides.entries()) {
    const read = overrideIn(one);
    if (typeof read === 'string') problems.push({ message: `overrides[${index}]: ${read}` });
    else overrides.push(read);
  }
  return { overrides, problems };
}

/** Writes overrides as a file that `readOverrides` reads. */
export function writeOverrides(overrides: readonly Override[]): string {
  const list = overrides.map(({ subject, change, reason, acceptsWidening, by, at, ...rest }) => ({
    resource: subject,
    change,
    reason,
    ...(acceptsWidening === undefined ? {} : { acceptsWidening }),
    ...(by === undefined ? {} : { by }),
    ...(at === undefined ? {} : { at }),
    ...rest,
  }));
  return writeYaml({ overrides: list } as unknown as Json);
}
