import {
  formatPath,
  isMap,
  type Json,
  lineAndColumn,
  locate,
  parsePath,
  parseYaml,
  YamlError,
} from '@isthmus/kubernetes';
import type { EmittedObject } from '../emitted.ts';
import { objectionsTo } from '../objection.ts';
import type { Settings } from '../settings.ts';
import type { OverrideSubject } from './override.ts';

/** Something against a text that somebody writes; lines and columns count from 1. */
export interface EditProblem {
  readonly line: number;
  readonly column: number;
  /** In the resource; empty where the text is not one. */
  readonly path: string;
  readonly message: string;
}

/** What somebody wrote, as the resource that it is. Without problems there is an object. */
export interface Edit {
  readonly object?: EmittedObject;
  readonly problems: readonly EditProblem[];
}

/** Characters of one resource; the API server itself takes no more than 1.5 MB (etcd's limit of a request). */
export const longestEdit = 1_000_000;

/** Where a path stands in a text, or what it stands in where it is missing. */
function placeOf(text: string, path: string): { line: number; column: number } {
  const steps = parsePath(path) ?? [];
  for (let length = steps.length; length >= 0; length--) {
    const found = locate(text, { file: '', line: 1, document: 0 }, formatPath(steps.slice(0, length)));
    if (found !== undefined) return found;
  }
  return { line: 1, column: 1 };
}

function problemsOfIdentity(object: Readonly<Record<string, Json>>, subject: OverrideSubject | undefined) {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = isMap(metadata) ? metadata : {};
  const found: { path: string; message: string }[] = [];
  const expect = (path: string, value: Json | undefined, wanted: string): void => {
    if ((value ?? '') !== wanted)
      found.push({
        path,
        message: `An edit keeps ${path}${wanted === '' ? ' absent' : `: ${JSON.stringify(wanted)} was expected`}.`,
      });
  };
  if (subject !== undefined) {
    expect('apiVersion', apiVersion, subject.apiVersion);
    expect('kind', kind, subject.kind);
    expect('metadata.name', name, subject.name);
    expect('metadata.namespace', namespace, subject.namespace);
    return found;
  }
  for (const [path, value] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
    ['metadata.name', name],
  ] as const)
    if (typeof value !== 'string' || value === '') found.push({ path, message: `${path} is required.` });
  if (namespace !== undefined && typeof namespace !== 'string')
    found.push({ path: 'metadata.namespace', message: 'A text was expected.' });
  if (kind === 'Secret') found.push({ path: 'kind', message: 'Isthmus keeps no Secrets: apply it yourself.' });
  return found;
}

/** A message as a sentence. */
const sentence = (text: string): string => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};

/**
 * Reads a resource as somebody writes it, and says all that is against it: broken YAML, another name than that of what is edited,
 * and what the target version refuses.
 * @param subject what is edited; absent where a resource is added
 * @param isApplied false for patches of objects, which are none and get no admission
 */
export function readEdit(
  text: string,
  subject: OverrideSubject | undefined,
  settings: Pick<Settings, 'target' | 'systemNamespace'>,
  isApplied = true,
): Edit {
  const at = (line: number, column: number, message: string): Edit => ({
    problems: [{ line, column, path: '', message }],
  });
  if (text.length > longestEdit) return at(1, 1, `The text is longer than ${longestEdit} characters.`);
  let documents: ReturnType<typeof parseYaml>;
  try {
    documents = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { line, column } = lineAndColumn(text, error.offset);
    const message = error.kind === 'duplicate' ? `The key ${error.message} stands here twice` : error.message;
    return at(line, column, sentence(message));
  }
  const [document, other] = documents.filter(({ value }) => value !== null);
  if (other !== undefined) {
    const { line, column } = lineAndColumn(text, other.start);
    return at(line, column, 'One resource was expected; a second one begins here.');
  }
  const value = document?.value;
  if (!isMap(value)) return at(1, 1, 'A Kubernetes resource was expected, which is a map.');
  const object = value as unknown as EmittedObject;
  const identity = problemsOfIdentity(value, subject);
  const objections = identity.length > 0 || !isApplied ? [] : objectionsTo(object, settings);
  const problems = [...identity, ...objections].map(
    ({ path, message }): EditProblem => ({
      ...placeOf(text, path),
      path,
      message: sentence(message),
    }),
  );
  return { ...(identity.length === 0 ? { object } : {}), problems };
}
