import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { entries, type Field } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';

/** A setting of a sidecar that an annotation of its pod can say. */
export interface Carried {
  readonly field: Field;
  readonly annotation: string;
  readonly value: string;
  /** `drainDuration` is nearly the same: Envoy drains for that long, and kuma-dp waits as long for it. */
  readonly isExact: boolean;
}

/** Settings of a sidecar, sorted by what becomes of them. */
export interface ProxySettings {
  readonly carried: readonly Carried[];
  readonly variables: readonly { readonly name: string; readonly field: Field; readonly value: string }[];
  /** Variables for Istio's agent, which Kong Mesh's sidecar does not read. */
  readonly istios: readonly Field[];
  /** Variables that the annotation cannot hold. */
  readonly unwritable: readonly { readonly name: string; readonly field: Field }[];
  readonly lost: readonly { readonly name: string; readonly field: Field }[];
}

const annotations: Readonly<Record<string, { readonly annotation: string; readonly is: (value: string) => boolean }>> =
  {
    concurrency: { annotation: 'kuma.io/sidecar-proxy-concurrency', is: (value) => /^\d+$/.test(value) },
    holdApplicationUntilProxyStarts: {
      annotation: 'kuma.io/wait-for-dataplane-ready',
      is: (value) => value === 'true' || value === 'false',
    },
    terminationDrainDuration: { annotation: 'kuma.io/sidecar-drain-time', is: isDuration },
    drainDuration: { annotation: 'kuma.io/sidecar-drain-time', is: isDuration },
  };

/** Fields that hold the environment: of a MeshConfig and of pods, and of a ProxyConfig. */
const environments = new Set(['proxyMetadata', 'environmentVariables']);

/**
 * Reads settings of a sidecar (istio/api, mesh/v1alpha1/proxy.proto) for the annotations of Kong Mesh's (security.md 3.4 and 7).
 * A variable with `=` or `;` would make Kong Mesh refuse the pod (verified by running 2.14 and 3.0).
 */
export function readProxySettings(settings: Field | undefined): ProxySettings {
  const all = entries(settings);
  const hasTermination = all.some(([name]) => name === 'terminationDrainDuration');
  const found = { carried: [], variables: [], istios: [], unwritable: [], lost: [] } as {
    -readonly [Key in keyof ProxySettings]: ProxySettings[Key][number][];
  };
  for (const [name, field] of all) {
    if (environments.has(name)) {
      for (const [key, one] of entries(field)) {
        const value = typeof one.value === 'string' ? one.value : undefined;
        if (key.startsWith('ISTIO_META_')) found.istios.push(one);
        else if (value === undefined || /[=;]/.test(key + value)) found.unwritable.push({ name: key, field: one });
        else found.variables.push({ name: key, field: one, value });
      }
      continue;
    }
    const known = annotations[name];
    const value = String(field.value);
    if (known === undefined || !known.is(value) || (name === 'drainDuration' && hasTermination))
      found.lost.push({ name, field });
    else found.carried.push({ field, annotation: known.annotation, value, isExact: name !== 'drainDuration' });
  }
  return found;
}

/** Writes settings into the annotations of pods, and accounts for the fields; what is lost is left to the caller. */
export function annotate(
  context: Context,
  { carried, variables, istios, unwritable }: ProxySettings,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  for (const { field, annotation, value, isExact } of carried) {
    const written = isExact ? context.exact(field, value) : context.approximate(field, value, codes.workload.drain, {});
    for (const workload of workloads) patches.add(workload, 'annotations', annotation, written);
  }
  for (const { name, field } of unwritable) context.unsupported(field, codes.workload.variable, { name });
  for (const field of istios) context.unsupported(field, codes.workload.istioVariable, {});
  const [first] = variables;
  if (first === undefined) return;
  for (const { field } of variables) context.claim(field, 'approximate', codes.workload.variables);
  context.report(codes.workload.variables, {}, first.field);
  for (const workload of workloads)
    for (const { name, field, value } of variables) patches.addVariable(workload, name, value, field);
}
