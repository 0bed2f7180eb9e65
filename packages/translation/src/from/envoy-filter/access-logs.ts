import { effectiveNamespace, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';
import type { Counterpart } from './counterpart.ts';
import { isForSidecars, narrowing, type Patch, part, partNames, patchesOf } from './patch.ts';

/** The format of a line; undefined where Kong Mesh writes none like it. */
function formatOf(format: Field | undefined): Record<string, unknown> | undefined {
  const plain =
    text(part(format, 'text_format'))?.value ?? text(part(format, 'text_format_source', 'inline_string'))?.value;
  // Kong Mesh ends lines by itself.
  if (plain !== undefined && plain.trim() !== '') return { type: 'Plain', plain: plain.replace(/\n$/, '') };
  const json = entries(part(format, 'json_format')).map(([key, field]) => ({ key, value: text(field)?.value }));
  // Kong Mesh puts keys and values between quotes as they are (edge.md V-MAL-8), and knows no maps in maps.
  const isFlat =
    json.length > 0 &&
    json.every(({ key, value }) => value !== undefined && value !== '' && !/["\\]/.test(key + value));
  return isFlat ? { type: 'Json', json } : undefined;
}

/** Whether something else has the same proxies write logs: of two lists of backends one takes the other's place. */
const logsOtherwise = (context: Context): boolean =>
  context.ofKind('Telemetry').length > 0 ||
  meshSettings(context, 'defaultProviders', 'accessLogging').length > 0 ||
  meshSettings(context, 'accessLogFile').some(({ value }) => value !== '');

/** A patch of the connection manager that has it write a log to a file (edge.md 3.9); undefined where it is another one. */
export function accessLogsOf(context: Context, { applyTo, operation, config, sides }: Patch): Counterpart | undefined {
  const [side, another] = sides;
  if (applyTo !== 'NETWORK_FILTER' || operation !== 'MERGE' || side === undefined || another !== undefined)
    return undefined;
  if (partNames(config).join() !== 'access_log' || logsOtherwise(context)) return undefined;
  const logs = part(config, 'access_log') as Field;
  const backends = items(logs).map((log) => {
    const typed = part(log, 'typed_config');
    const path = text(child(typed, 'path'))?.value;
    const isFile = text(child(typed, '@type'))?.value.endsWith('.file.v3.FileAccessLog') === true;
    const format = formatOf(part(typed, 'log_format'));
    const isWhole = partNames(log).every((name) => name === 'name' || name === 'typed_config');
    return isFile && isWhole && path !== undefined && format !== undefined
      ? { type: 'File', file: { path, format } }
      : undefined;
  });
  return backends.length === 0 || backends.includes(undefined)
    ? undefined
    : { kind: 'MeshAccessLog', side, conf: { backends }, from: logs, difference: 'the same lines to the same file' };
}

/** All patches that become policies of logs. */
const logPatches = oncePerContext((context) =>
  context
    .ofKind('EnvoyFilter')
    .filter(isForSidecars)
    .flatMap(patchesOf)
    .filter((patch) => narrowing(context, patch) === undefined && accessLogsOf(context, patch) !== undefined),
);

/** Whether some proxy may be selected by both, by their namespaces and labels. */
function mayMeet(context: Context, { resource: a }: Patch, { resource: b }: Patch): boolean {
  const [namespace, other] = [a, b].map(effectiveNamespace);
  const everywhere = rootNamespaceOf(context);
  if (namespace !== other && namespace !== everywhere && other !== everywhere) return false;
  const labelsOf = (resource: Resource): [string, Field][] =>
    entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels'));
  const asked = new Map(labelsOf(a).map(([key, { value }]) => [key, value]));
  return labelsOf(b).every(([key, { value }]) => !asked.has(key) || asked.get(key) === value);
}

/**
 * The EnvoyFilters whose logs some proxies write beside those of a patch. A MERGE appends to a list, so that Istio writes all of
 * them; of policies with `to`, and before 2.14 of those with `rules`, the list of one takes the place of the others'.
 */
export function logsBeside(context: Context, patch: Patch): readonly string[] {
  const [side] = patch.sides;
  if (side === 'inbound' && context.settings.target !== '2.13') return [];
  const others = logPatches(context).filter(
    (other) => other.field.path !== patch.field.path || other.resource !== patch.resource,
  );
  const meeting = others.filter((other) => other.sides[0] === side && mayMeet(context, patch, other));
  return [...new Set(meeting.map(({ resource }) => `${effectiveNamespace(resource)}/${resource.name}`))];
}
