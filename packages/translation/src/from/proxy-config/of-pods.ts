import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { isMap, type JsonObject, parseYaml } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, type Field, text } from '../../field.ts';
import { podMetadata, type WorkloadPatches } from '../rest/workloads.ts';
import { readProxySettings } from './read.ts';

/** The fields of the annotation; undefined where it holds none of them. */
function contentOf(annotation: string): JsonObject | undefined {
  try {
    const value = parseYaml(annotation)[0]?.value ?? {};
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The settings that pods bring for their proxies in `proxy.istio.io/config`: they win over every ProxyConfig
 * (istio/pilot/pkg/model/proxy_config.go EffectiveProxyConfig, 1.32). The annotation is one field: what is lost of it is named.
 */
export function translatePodProxyConfigs(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  for (const workload of workloads) {
    const field = text(descend(podMetadata(workload, 'annotations'), 'proxy.istio.io/config'));
    if (field === undefined || context.unclaimed(field).length === 0) continue;
    const value = contentOf(field.value);
    if (value === undefined) {
      context.unsupported(field, codes.workload.unusable, {});
      continue;
    }
    const settings: Field = { ...field, value };
    const { carried, variables, istios, unwritable, lost } = readProxySettings(settings);
    for (const one of carried) patches.add(workload, 'annotations', one.annotation, context.derived(field, one.value));
    for (const one of variables) patches.addVariable(workload, one.name, one.value, field);
    if (variables.length > 0) context.approximate(field, undefined, codes.workload.variables, {});
    if (istios.length > 0) context.approximate(field, undefined, codes.workload.istioVariable, {});
    if (carried.some(({ isExact }) => !isExact)) context.approximate(field, undefined, codes.workload.drain, {});
    for (const { name } of unwritable) context.approximate(field, undefined, codes.workload.variable, { name });
    const names = lost.map(({ name }) => name).join(', ');
    if (lost.length > 0) context.approximate(field, undefined, codes.label.proxyConfig, { fields: names });
    context.settled(field);
  }
}
