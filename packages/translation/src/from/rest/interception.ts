import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { descend, type Field, text } from '../../field.ts';
import { podMetadata, type WorkloadPatches } from './workloads.ts';

const prefix = 'traffic.sidecar.istio.io/';
const inbound = 'traffic.kuma.io/exclude-inbound-ports';

/** A longer range than this would make an annotation that nobody reads. */
const longestRange = 256;

const items = (value: string): string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** The ports of an item: itself, or those of a range, which 3.0 refuses; undefined where it is none. */
function portsOf(item: string): string[] | undefined {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(item) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [Number(from), Number(to)];
  if (first < 1 || last > 65_535 || first > last || last - first >= longestRange) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

const addressOf = (item: string): string[] | undefined =>
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)(?:\/\d{1,3})?$/.test(item) ? [item] : undefined;

/** Lists with a counterpart that takes the same items (security.md 7). */
const lists: readonly (readonly [key: string, annotation: string, read: (item: string) => string[] | undefined])[] = [
  ['excludeInboundPorts', inbound, portsOf],
  ['excludeOutboundPorts', 'traffic.kuma.io/exclude-outbound-ports', portsOf],
  ['excludeOutboundIPRanges', 'traffic.kuma.io/exclude-outbound-ips', addressOf],
];

/** What is not intercepted becomes a list of the ports that the containers declare (security.md 7). */
function excludeOthers(context: Context, field: Field<string>, workload: Workload, patches: WorkloadPatches): void {
  const included = new Set(items(field.value).map(Number));
  const declared = [...new Set(workload.containerPorts.map(({ port }) => port))].sort((a, b) => a - b);
  const excluded = declared.filter((port) => !included.has(port));
  const parameters = {
    ports: field.value.trim() === '' ? 'of none' : field.value,
    excluded: excluded.length === 0 ? 'none' : excluded.join(', '),
  };
  const written = context.approximate(field, excluded.join(','), codes.label.inboundPorts, parameters);
  if (excluded.length > 0) patches.add(workload, 'annotations', inbound, written);
}

/**
 * Ports and addresses that a pod's proxy takes or leaves alone. Istio reads what is excluded of incoming ports only where all
 * are taken (istio/tools/istio-iptables/pkg/capture/run.go handleInboundPortsInclude, 1.32).
 */
export function translateInterception(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  for (const workload of workloads) {
    const annotations = podMetadata(workload, 'annotations');
    const find = (key: string): Field<string> | undefined => {
      const field = text(descend(annotations, prefix + key));
      return field !== undefined && context.unclaimed(field).length > 0 ? field : undefined;
    };
    const included = find('includeInboundPorts');
    const isPartial = included !== undefined && included.value.trim() !== '*';
    if (isPartial) excludeOthers(context, included, workload, patches);
    else context.settled(included);
    for (const [key, annotation, read] of lists) {
      const field = find(key);
      if (field === undefined) continue;
      if (annotation === inbound && isPartial) {
        context.inert(field, codes.label.nothingToExclude, { key: prefix + key });
        continue;
      }
      const all = items(field.value);
      const wrong = all.filter((one) => read(one) === undefined);
      const right = all.flatMap((one) => read(one) ?? []);
      if (wrong.length > 0)
        context.unsupported(field, codes.label.wrongItems, { key: prefix + key, items: wrong.join(', ') });
      else context.settled(field);
      if (right.length > 0) patches.add(workload, 'annotations', annotation, context.derived(field, right.join(',')));
    }
  }
}
