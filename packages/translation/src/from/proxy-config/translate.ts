import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, number, rootField, text } from '../../field.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';

/** ProxyConfigs: annotations of the pods that they are for; environment variables are those of kuma-dp (edge.md 3.11). */
export function translateProxyConfigs(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  const root = rootNamespaceOf(context);
  for (const resource of context.ofKind('ProxyConfig')) {
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) continue;
    const namespace = resource.namespace || 'default';
    const labels = entries(descend(spec, 'selector', 'matchLabels'));
    const wanted = Object.fromEntries(labels.map(([key, field]) => [key, String(field.value)]));
    const own = workloads.filter(
      (workload) => (namespace === root || workload.namespace === namespace) && matchesLabels(wanted, workload.labels),
    );
    for (const [, label] of labels) context.settled(label);
    const concurrency = number(child(spec, 'concurrency'));
    if (own.length === 0) {
      context.report(codes.workload.noPods, {}, spec);
      context.claim(spec, 'unsupported', codes.workload.noPods);
      continue;
    }
    if (concurrency !== undefined)
      for (const workload of own)
        patches.add(
          workload,
          'annotations',
          'kuma.io/sidecar-proxy-concurrency',
          context.exact(concurrency, String(concurrency.value)),
        );
    const variables = entries(child(spec, 'environmentVariables'));
    const written = variables.flatMap(([key, field]) => {
      const value = text(field);
      // Kong Mesh splits at these two characters, and refuses the pod otherwise (security.md 7).
      if (value !== undefined && !/[=;]/.test(key + value.value)) return [{ key, value }];
      context.unsupported(field, codes.workload.variable, { name: key });
      return [];
    });
    if (written.length > 0) {
      const pairs = written.map(({ key, value }) => `${key}=${value.value}`).join(';');
      for (const { value } of written) context.claim(value, 'approximate', codes.workload.variables);
      context.report(codes.workload.variables, {}, written[0]?.value);
      for (const workload of own)
        patches.add(
          workload,
          'annotations',
          'kuma.io/sidecar-env-vars',
          context.derived(
            written.map(({ value }) => value),
            pairs,
          ),
        );
    }
    const image = child(spec, 'image');
    if (image !== undefined) context.unsupported(image, codes.workload.image, {});
    for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'inert', codes.workload.unusedField);
  }
}
