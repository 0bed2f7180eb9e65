import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import { untrace } from '../../trace.ts';
import type { Observed } from './at-gateways.ts';
import { type Level, type Levels, overlaps } from './levels.ts';
import { providerOf } from './providers.ts';

/** What the policies of each level say, for the gateways that are none of their Dataplanes. */
export const observedIn = oncePerContext((): Observed[] => []);

/** Notes what a level's policies say. */
export function observe(
  context: Context,
  kind: Observed['kind'],
  level: Level | undefined,
  backends: readonly unknown[],
  traces?: { readonly random: unknown; readonly collector: string | undefined },
): void {
  const plain = (value: unknown): unknown => untrace(value, '', () => undefined);
  const more = traces === undefined ? {} : { ...traces, random: plain(traces.random) as number | string };
  observedIn(context).push({ kind, level, backends: backends.map(plain), ...more });
}

/** Emits a policy about what is observed. */
export function emit(context: Context, kind: string, name: string, spec: Record<string, unknown>): void {
  context.emit({
    role: 'resource',
    stage: 'mesh',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind,
      metadata: {
        name: dnsLabel(name),
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone' },
      },
      spec,
    },
    services: [],
  });
}

/** Says of a provider's name what Istio makes of it: whether it is used at all. */
export function isUsable(context: Context, name: Field<string>, does: boolean): boolean {
  const provider = providerOf(context, name.value);
  if (provider === undefined) context.unsupported(name, codes.telemetry.unknownProvider, { name: name.value });
  else if (!does) context.inert(name, codes.telemetry.otherPurpose, { name: name.value, kind: provider.kind });
  return provider !== undefined && does;
}

/** Says where the pods of a level have several Telemetries of which none takes over from the others. */
export function reportOverlaps(context: Context, { used }: Levels, level: Level, section: Field): void {
  if (level.scope !== 'workload') return;
  const key = section.path.slice(section.path.lastIndexOf('.') + 1);
  const others = used.filter(
    (one) =>
      one.scope === 'workload' &&
      one.namespace === level.namespace &&
      (one.spec.value as Record<string, unknown>)[key] !== undefined &&
      overlaps(context, one, level),
  );
  const [other] = others;
  if (other === undefined) return;
  context.claim(section, 'approximate', codes.telemetry.overlap);
  context.report(codes.telemetry.overlap, { others: others.map(({ resource }) => resource.name).join(', ') }, section);
}
