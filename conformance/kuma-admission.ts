import { type Admission, checkAdmission, type TargetVersion } from '@isthmus/kong-mesh';
import { type Json, type JsonObject, stringifyJson } from '@isthmus/kubernetes';
import type { Comparison, Suite } from './suite.ts';

interface Recorded {
  readonly resource: JsonObject;
  readonly accepted: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly by?: 'schema' | 'webhook';
}

/** Messages were recorded up to this length. */
const longest = 600;

/**
 * A field without list indices, whatever the notation: Go's decoder names no index, and newer versions of it name the
 * struct that a backend's fields come from. The API server names no label and no annotation.
 */
const fieldOf = (path: string): string =>
  path
    .replace(/\.TargetRef(?=\.|$)/g, '')
    .replace(/\[\d+\]/g, '')
    .replace(/^(metadata\.(?:labels|annotations))\[.*/, '$1')
    .split(/[.[\]"]+/)
    .join('.');

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] as string);

/** The fields that a recorded message names; undefined where it names a value instead (durations), empty where neither. */
function fieldsOf(message: string): string[] | undefined {
  if (/unknown field/.test(message)) return all(message, /unknown field "([^"]+)"/g);
  if (/Go struct field/.test(message)) return all(message, /Go struct field \w+\.(\S+) of type/g);
  if (/ is invalid: /.test(message))
    return all(
      message,
      /(?:^|[[ ])([^\s:[\]<]+[^\s:]*): (?:Invalid value|Unsupported value|Required value|Too many|Too long|Duplicate value)/g,
    ).concat(all(message, /Checked value must be of type \w+ with format \w+ in (.+?)(?=, |\]?$)/g));
  if (/not allowed to mix/.test(message)) return ['spec.to'];
  if (/denied the request: time: /.test(message)) return undefined;
  const content = message.replace(/^.*denied the request: /s, '');
  return content.split('; ').flatMap((part) => /^((?:[^\s:"]|"[^"]*")+): /.exec(part)?.slice(1) ?? []);
}

function refusalAgrees(admission: Admission & { accepted: false }, { message = '', by }: Recorded): boolean {
  if (admission.by !== by) return false;
  const fields = fieldsOf(message);
  if (fields === undefined) {
    const value = /duration ("(?:[^"\\]|\\.)*")/.exec(message)?.[1] ?? '';
    return admission.violations.some((violation) => violation.message.includes(value));
  }
  const ours = new Set(admission.violations.map(({ path }) => fieldOf(path)));
  const theirs = new Set(fields.map(fieldOf));
  if ([...theirs].some((field) => !ours.has(field))) return false;
  if (fields.length === 0) return true;
  // Go's decoder stops at its first error, and a message that was cut names only its first fields.
  return /Go struct field/.test(message) || message.length >= longest || ours.size === theirs.size;
}

function labelsAgree({ labels = {} }: Recorded, computed: Readonly<Record<string, string>>): boolean {
  // The label of the mesh stands in the resource, except where Kuma adds it without recording.
  const { 'kuma.io/mesh': _, ...added } = computed;
  return stringifyJson(added, { sortKeys: true }) === stringifyJson(labels, { sortKeys: true });
}

const inWords = (accepted: boolean, detail: unknown): string =>
  `${accepted ? 'accepted' : 'refused'} ${JSON.stringify(detail)}`;

/** The suite of one version: whether it takes a resource, with which labels, or which fields it refuses. */
export function kumaAdmission(version: TargetVersion): Suite {
  function* compare(record: Json): Iterable<Comparison> {
    const recorded = record as unknown as Recorded;
    const { resource, accepted, labels, by, message } = recorded;
    const admission = checkAdmission(resource, version);
    const agrees =
      admission.accepted === accepted &&
      (admission.accepted ? labelsAgree(recorded, admission.labels) : refusalAgrees(admission, recorded));
    yield {
      case: stringifyJson(resource),
      agrees,
      expected: inWords(accepted, accepted ? labels : { by, message }),
      actual: inWords(admission.accepted, admission.accepted ? admission.labels : admission),
    };
  }
  return { file: `kuma-admission-${version}`, compare };
}
