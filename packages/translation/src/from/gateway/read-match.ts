import { matchesLabels } from '@isthmus/kubernetes';
import { child, entries, type Field, flag, number, text } from '../../field.ts';
import { Unhandled } from '../../unhandled.ts';
import type { MatchParts } from './parts.ts';
import { isPortable, type PathForm, quote } from './path-form.ts';
import type { GatewayWorkload } from './workload.ts';

/** A condition on a header or a query parameter. */
export interface Condition {
  readonly field: Field;
  readonly name: string;
  readonly type: 'Exact' | 'RegularExpression';
  readonly value: string;
}

/** One entry of `match` of a rule, or the absence of any. */
export interface EdgeMatch {
  readonly field: Field;
  readonly uri: Field | undefined;
  readonly form: PathForm;
  readonly methodField: Field | undefined;
  readonly methods: readonly string[] | undefined;
  readonly headers: readonly Condition[];
  readonly queryParams: readonly Condition[];
  /** Gateways (`namespace/name`) that it is for; undefined: those of the VirtualService. */
  readonly gateways: readonly string[] | undefined;
  readonly port: Field<number> | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  /** Fields that decide where the match holds, and are settled by that. */
  readonly deciding: readonly Field[];
}

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const headerName = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
// Other characters make an expression that Kong's router cannot read (K-4).
const queryName = /^[A-Za-z0-9_.]+$/;

/** A StringMatch; undefined for `{}`, which means present. */
function readString(field: Field): { readonly type: 'exact' | 'prefix' | 'regex'; readonly value: string } | undefined {
  const found = entries(field);
  const [first] = found;
  if (first === undefined) {
    if (field.value === null || typeof field.value !== 'object') throw new Unhandled(field);
    return undefined;
  }
  const [type, part] = first;
  const value = text(part);
  if (found.length > 1 || value === undefined || (type !== 'exact' && type !== 'prefix' && type !== 'regex'))
    throw new Unhandled(field);
  if (type === 'regex' && !isPortable(value.value)) throw new Unhandled(part);
  return { type, value: value.value };
}

function readUri(field: Field, ignoreCase: boolean): PathForm {
  const found = readString(field);
  if (found === undefined) throw new Unhandled(field);
  const { type, value } = found;
  if (type === 'regex') return { kind: 'regex', value };
  if (type === 'prefix' && (value === '/' || value === '')) return { kind: 'all' };
  if (!value.startsWith('/')) throw new Unhandled(field);
  return { kind: type, value, ignoreCase };
}

function readMethods(field: Field): string[] {
  const found = readString(field);
  if (found === undefined) throw new Unhandled(field);
  const { type, value } = found;
  const accepts = (verb: string): boolean => {
    if (type === 'exact') return verb === value;
    if (type === 'prefix') return verb.startsWith(value);
    try {
      return new RegExp(`^(?:${value})$`).test(verb);
    } catch {
      throw new Unhandled(field);
    }
  };
  const methods = verbs.filter(accepts);
  if (methods.length === 0) throw new Unhandled(field);
  return methods;
}

function readCondition(name: string, field: Field): Condition {
  const found = readString(field);
  if (found === undefined) return { field, name, type: 'RegularExpression', value: '.*' };
  const { type, value } = found;
  if (type === 'exact' && value !== '') return { field, name, type: 'Exact', value };
  // Kong searches for an expression, Istio matches the whole value (edge.md V7).
  const expression = type === 'regex' ? `^(?:${value})$` : type === 'prefix' ? `^${quote(value)}` : '^$';
  return { field, name, type: 'RegularExpression', value: expression };
}

function readHeaders(list: readonly (readonly [string, Field])[]): Condition[] {
  return list.map(([name, header]) => {
    if (!headerName.test(name) || name.toLowerCase() === 'host') throw new Unhandled(header);
    return readCondition(name.toLowerCase(), header);
  });
}

function readQuery(list: readonly (readonly [string, Field])[]): Condition[] {
  return list.map(([name, param]) => {
    if (!queryName.test(name)) throw new Unhandled(param);
    return readCondition(name, param);
  });
}

/** The full name of a gateway that a VirtualService speaks of (istio/pilot/pkg/model/virtualservice.go resolveGatewayName, 1.32). */
export function gatewayKey(name: string, namespace: string): string {
  if (name === 'mesh') return name;
  const slash = name.indexOf('/');
  if (slash >= 0) return name.slice(0, slash) === '.' ? `${namespace}${name.slice(slash)}` : name;
  const [own = '', owner] = name.split('.');
  return `${owner ?? namespace}/${own}`;
}

const known = new Set([
  'name',
  'statPrefix',
  'uri',
  'ignoreUriCase',
  'method',
  'headers',
  'queryParams',
  'gateways',
  'port',
  'scheme',
  'sourceLabels',
  'sourceNamespace',
]);

/**
 * Whether the pods of the gateway satisfy the conditions on the source, which Istio checks for gateways too unless the
 * match names its gateways (edge.md V11); throws where the import does not show them.
 */
function sourceHolds({ part, named, gateways }: MatchParts, workload: GatewayWorkload): boolean {
  if (gateways.length > 0) return true;
  const labels = named('sourceLabels');
  const wanted = Object.fromEntries(labels.map(([key, value]) => [key, String(value.value)]));
  if (!matchesLabels(wanted, workload.labels)) {
    const contradicts = Object.entries(wanted).some(
      ([key, value]) => Object.hasOwn(workload.labels, key) && workload.labels[key] !== value,
    );
    const [first] = labels;
    if (!workload.found && !contradicts && first !== undefined) throw new Unhandled(first[1]);
    return false;
  }
  const namespace = text(part('sourceNamespace'));
  if (namespace === undefined || namespace.value === '') return true;
  if (workload.namespace === undefined) throw new Unhandled(namespace);
  return workload.namespace === namespace.value;
}

/**
 * Reads one entry of `match` for the gateways on a workload; undefined where its source is another one. Throws `Unhandled`
 * at a condition that Gateway API and Kong cannot keep: a match without it would take more requests.
 */
export function readMatch(source: MatchParts, workload: GatewayWorkload, namespace: string): EdgeMatch | undefined {
  const { field, fields, part, named, gateways } = source;
  for (const one of fields)
    for (const [name, unknown] of entries(one)) if (!known.has(name)) throw new Unhandled(unknown);
  if (named('withoutHeaders')[0] !== undefined) throw new Unhandled(named('withoutHeaders')[0]?.[1] ?? field);
  if (!sourceHolds(source, workload)) return undefined;
  const uri = part('uri');
  const schemeField = part('scheme');
  const scheme = schemeField === undefined ? undefined : readString(schemeField);
  if (schemeField !== undefined && (scheme?.type !== 'exact' || !/^https?$/.test(scheme.value)))
    throw new Unhandled(schemeField);
  const methodField = part('method');
  return {
    field,
    uri,
    form: uri === undefined ? { kind: 'all' } : readUri(uri, flag(part('ignoreUriCase'))?.value === true),
    methodField,
    methods: methodField === undefined ? undefined : readMethods(methodField),
    headers: readHeaders(named('headers')),
    queryParams: readQuery(named('queryParams')),
    gateways: gateways.length === 0 ? undefined : gateways.map(({ value }) => gatewayKey(value, namespace)),
    port: number(part('port')),
    scheme: scheme?.value as 'http' | 'https' | undefined,
    deciding: fields.flatMap((one) => decidingKeys.flatMap((name) => child(one, name) ?? [])),
  };
}

const decidingKeys = [
  'name',
  'statPrefix',
  'ignoreUriCase',
  'gateways',
  'port',
  'scheme',
  'sourceLabels',
  'sourceNamespace',
];
