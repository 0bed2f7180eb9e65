import type { Context } from '../../context.ts';
import { child, entries, type Field, items, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import type { Counterpart } from './counterpart.ts';
import { type Patch, part, partNames } from './patch.ts';

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
