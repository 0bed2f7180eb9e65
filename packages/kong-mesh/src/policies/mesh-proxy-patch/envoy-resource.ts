import {
  camelCase,
  isList,
  isMap,
  type Json,
  type JsonObject,
  join,
  parseDuration,
  parseYaml,
  YamlError,
} from '@isthmus/kubernetes';
import { otherTypes, types } from './generated/envoy.ts';

/** The resources of Envoy that a MeshProxyPatch adds or changes. */
export type EnvoyResource = 'Cluster' | 'Listener' | 'VirtualHost' | 'NetworkFilter' | 'HttpFilter';

const names: Readonly<Record<EnvoyResource, string>> = {
  Cluster: 'envoy.config.cluster.v3.Cluster',
  Listener: 'envoy.config.listener.v3.Listener',
  VirtualHost: 'envoy.config.route.v3.VirtualHost',
  NetworkFilter: 'envoy.config.listener.v3.Filter',
  HttpFilter: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
};

/** A type of Envoy's API: a message with its fields by both of their names, or an enum. */
type EnvoyType = { readonly fields: ReadonlyMap<string, string> } | { readonly values: ReadonlySet<string> };

interface EnvoyTypes {
  readonly all: readonly EnvoyType[];
  readonly byName: ReadonlyMap<string, EnvoyType>;
  readonly others: ReadonlySet<string>;
}

let read: EnvoyTypes | undefined;

function parseType(words: readonly string[]): EnvoyType {
  if (words[0] === '=') return { values: new Set(words.slice(1)) };
  const fields = words.map((word) => word.split(':') as [name: string, type: string]);
  return {
    fields: new Map(fields.flatMap(([name, type]) => [[name, type] as const, [camelCase(name), type] as const])),
  };
}

/** The types of the generated text, read when first needed. */
function envoyTypes(): EnvoyTypes {
  if (read !== undefined) return read;
  const lines = types.split('\n').map((line) => line.split(' ') as [name: string, ...rest: string[]]);
  const all = lines.map(([, ...words]) => parseType(words));
  const others = otherTypes.split('\n').flatMap((line) => {
    const [from, ...rest] = line.split(' ');
    return rest.map((name) => `${from}.${name}`);
  });
  read = {
    all,
    byName: new Map(lines.map(([name], index) => [name, all[index] as EnvoyType])),
    others: new Set(others),
  };
  return read;
}

type Report = (path: string, message: string) => void;

const integers: Readonly<Record<string, readonly [bigint, bigint]>> = {
  i: [-(2n ** 31n), 2n ** 31n - 1n],
  u: [0n, 2n ** 32n - 1n],
  I: [-(2n ** 63n), 2n ** 63n - 1n],
  U: [0n, 2n ** 64n - 1n],
};

function isInteger(value: Json, [least, most]: readonly [bigint, bigint]): boolean {
  if (typeof value === 'string') return /^-?\d{1,20}$/.test(value) && isInteger(BigInt(value), [least, most]);
  if (typeof value === 'bigint') return value >= least && value <= most;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

const isNumber = (value: Json): boolean =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  (typeof value === 'string' && /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/.test(value));

function checkScalar(value: Json, type: string, path: string, report: Report): void {
  const range = integers[type];
  if (range !== undefined) {
    if (!isInteger(value, range)) report(path, `must be an integer from ${range[0]} to ${range[1]}`);
  } else if (type === 'b' && typeof value !== 'boolean') report(path, 'must be true or false');
  else if (type === 'd' && !isNumber(value)) report(path, 'must be a number');
  else if ((type === 's' || type === 'y') && typeof value !== 'string') report(path, 'must be a string');
  else if (type === 'D' && (typeof value !== 'string' || parseDuration(value) === undefined))
    report(path, 'must be a duration such as 5s');
  else if (type === 'S' && !isMap(value)) report(path, 'must be an object');
}

/** A message of any type, which it names. What the types of its fields are is known for the most usual only. */
function checkAny(value: Json, path: string, report: Report): void {
  const url = isMap(value) ? value['@type'] : undefined;
  if (typeof url !== 'string') {
    report(path, 'must be an object with an @type');
    return;
  }
  const name = url.slice(url.lastIndexOf('/') + 1);
  const { byName, others } = envoyTypes();
  const type = byName.get(name);
  if (type !== undefined && 'fields' in type) checkMessage(value, type.fields, path, report);
  else if (!others.has(name) && !/^(?:google\.protobuf|xds|udpa)\./.test(name))
    report(path, `has the unknown type ${url}`);
}

function checkOne(value: Json, type: string, path: string, report: Report): void {
  if (value === null || type === '?') return;
  if (type === 'A') checkAny(value, path, report);
  else if (!type.startsWith('#')) checkScalar(value, type, path, report);
  else {
    const target = envoyTypes().all[Number(type.slice(1))] as EnvoyType;
    if ('fields' in target) checkMessage(value, target.fields, path, report);
    else if (
      !(typeof value === 'string' && target.values.has(value)) &&
      !(typeof value === 'number' && Number.isInteger(value))
    )
      report(path, `must be one of ${[...target.values].join(', ')}`);
  }
}

function checkField(value: Json, type: string, path: string, report: Report): void {
  if (value === null) return;
  if (type.startsWith('*')) {
    if (!isList(value)) report(path, 'must be a list');
    else for (const [index, item] of value.entries()) checkOne(item, type.slice(1), `${path}[${index}]`, report);
  } else if (type.startsWith('%')) {
    if (!isMap(value)) report(path, 'must be an object');
    else for (const [key, item] of Object.entries(value)) checkOne(item, type.slice(1), join(path, key), report);
  } else checkOne(value, type, path, report);
}

function checkMessage(value: Json, fields: ReadonlyMap<string, string>, path: string, report: Report): void {
  if (!isMap(value)) {
    report(path, 'must be an object');
    return;
  }
  // Unknown fields are passed over, here and by Kuma.
  for (const [key, item] of Object.entries(value)) {
    const type = fields.get(key);
    if (type !== undefined) checkField(item, type, join(path, key), report);
  }
}

/** What Envoy's own rules ask of a resource that is added, as far as names go. */
function checkWhole(value: JsonObject, resource: EnvoyResource, report: Report): void {
  if (resource !== 'Listener' && (value.name ?? '') === '') report('name', 'must be set');
  if (resource === 'VirtualHost' && (!isList(value.domains) || value.domains.length === 0))
    report('domains', 'must have an item');
}

/** The value that Kuma reads: YAML, or what is JSON only. Undefined where it is neither. */
function parseValue(text: string): Json | undefined {
  try {
    return parseYaml(text)[0]?.value ?? null;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Why the value of a modification is no resource of Envoy, or no part of one; undefined where it is. Fields are looked into
 * as golang/protobuf's jsonpb does (kuma, pkg/core/resources/apis/mesh/validators.go `ValidateResourceYAML`): unknown ones
 * pass. Of Envoy's own rules for a whole resource only those about names are known here.
 */
export function envoyProblem(text: string, resource: EnvoyResource, extent: 'whole' | 'part'): string | undefined {
  const value = parseValue(text);
  if (value === undefined) return 'it must be YAML';
  if (value === null) return extent === 'part' ? undefined : 'it must not be empty';
  let problem: string | undefined;
  const report: Report = (path, message) => {
    problem ??= path === '' ? `it ${message}` : `its ${path} ${message}`;
  };
  const type = envoyTypes().byName.get(names[resource]) as EnvoyType & { fields: ReadonlyMap<string, string> };
  checkMessage(value, type.fields, '', report);
  if (extent === 'whole' && isMap(value)) checkWhole(value, resource, report);
  return problem;
}
