import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';
import { defaultProviders, effectiveTrace, providersIn, type TraceSpec } from './effective.ts';
import { emit, isUsable, observe, reportOverlaps } from './emit.ts';
import { type Chain, type Level, type Levels, nameOf, targetOf } from './levels.ts';
import { addressOf, kindOf, olderTraceBackend, providerOf, traceBackend } from './providers.ts';

function tagsOf(context: Context, tags: Field | undefined): unknown[] {
  return entries(tags).flatMap(([name, tag]): unknown[] => {
    const literal = text(descend(tag, 'literal', 'value'));
    const header = text(descend(tag, 'header', 'name'));
    if (literal !== undefined) return [{ name, literal: context.exact(literal, literal.value) }];
    if (header !== undefined) {
      const value = text(descend(tag, 'header', 'defaultValue'));
      return [
        {
          name,
          header: {
            name: context.exact(header, header.value.toLowerCase()),
            ...(value === undefined ? {} : { default: context.exact(value, value.value) }),
          },
        },
      ];
    }
    context.unsupported(tag, codes.telemetry.tag, { name });
    return [];
  });
}

const isNumeric = (value: unknown): boolean => value !== '' && Number.isFinite(Number(value));

/** The share that istiod itself is told: by its environment, or by the installation's values. */
const istiodShare = oncePerContext((context): Field | undefined => {
  const root = rootNamespaceOf(context);
  const variables = context.estate.context
    .filter(
      (resource) => resource.kind === 'Deployment' && resource.namespace === root && resource.labels.app === 'istiod',
    )
    .flatMap((resource) => items(descend(rootField(resource), 'spec', 'template', 'spec', 'containers')))
    .flatMap((container) => items(child(container, 'env')))
    .filter((variable) => child(variable, 'name')?.value === 'PILOT_TRACE_SAMPLING')
    .map((variable) => child(variable, 'value'));
  const values = ['IstioOperator', 'Istio']
    .flatMap((kind) => context.ofKind(kind))
    .map((resource) => descend(rootField(resource), 'spec', 'values', 'pilot'))
    .flatMap((pilot) => [descend(pilot, 'env', 'PILOT_TRACE_SAMPLING'), child(pilot, 'traceSampling')]);
  return [...variables, ...values].find((field) => field !== undefined && isNumeric(field.value));
});

/** A share as a MeshTrace takes it: whole numbers, or decimals as texts (edge.md 1.5). */
const share = (value: number): number | string => (Number.isInteger(value) ? value : String(value));

/**
 * The share that Istio samples (istio/pilot/pkg/networking/core/tracing.go, 1.32): what the Telemetry says, else `defaultConfig`,
 * where 0 says nothing and more than 100 means 1, else istiod's own, else 1 %. Kong Mesh would trace everything.
 */
function sampling(context: Context, { sampling: own }: Pick<TraceSpec, 'sampling'>): unknown {
  if (own !== undefined) return context.exact(own, share(own.value));
  const [ofMesh] = meshSettings(context, 'defaultConfig', 'tracing', 'sampling').flatMap(
    (field) => number(field) ?? [],
  );
  if (ofMesh !== undefined && ofMesh.value !== 0)
    return context.exact(ofMesh, ofMesh.value > 100 ? 1 : share(ofMesh.value));
  context.settled(ofMesh);
  const ofIstiod = istiodShare(context);
  return ofIstiod === undefined ? 1 : context.exact(ofIstiod, share(Number(ofIstiod.value)));
}

/** Tags of a Telemetry, else those of `defaultConfig` (configureCustomTags). */
const tagsIn = (context: Context, own: Field | undefined): Field | undefined =>
  entries(own).length > 0 ? own : meshSettings(context, 'defaultConfig', 'tracing', 'customTags')[0];

/** How proxies trace, and whether clients and servers do alike; off where there is no provider that Istio traces with. */
interface Traces {
  readonly spec: TraceSpec;
  readonly isOn: boolean;
  readonly alike: boolean;
}

function tracesOf(context: Context, chain: Chain): Traces | undefined {
  const client = effectiveTrace(context, chain, 'CLIENT');
  const server = effectiveTrace(context, chain, 'SERVER');
  if (client === undefined || server === undefined) return undefined;
  const isOn = ({ named, disabled }: TraceSpec): boolean =>
    disabled?.value !== true && named !== undefined && kindOf(providerOf(context, named.value)).traces;
  const keyOf = (spec: TraceSpec): string =>
    isOn(spec) ? JSON.stringify([spec.named?.value, spec.tags?.value, spec.sampling?.value]) : 'off';
  return {
    spec: !isOn(client) && isOn(server) ? server : client,
    isOn: isOn(client) || isOn(server),
    alike: keyOf(client) === keyOf(server),
  };
}

/** Says of the fields of a level's items what becomes of them beside the policy. */
function claimItems(context: Context, level: Level, alike: boolean): void {
  for (const item of items(child(level.spec, 'tracing'))) {
    for (const name of ['enableIstioTags', 'useRequestIdForTraceSampling', 'disableContextPropagation']) {
      const field = child(item, name);
      if (field !== undefined) context.unsupported(field, codes.telemetry.traceField, { field: name });
    }
    const mode = descend(item, 'match', 'mode');
    if (alike || mode === undefined) context.settled(mode);
    else context.unsupported(mode, codes.telemetry.traceDirection, {});
    const [first, ...others] = providersIn(item);
    for (const other of others) context.inert(other, codes.telemetry.oneTracer, {});
    if (first !== undefined && isUsable(context, first, kindOf(providerOf(context, first.value)).traces))
      context.settled(first);
    context.settled(child(item, 'disableSpanReporting'));
  }
}

function emitTraces(context: Context, levels: Levels, level: Level | undefined): void {
  const chain = level === undefined ? [] : levels.chainOf(level);
  const traces = tracesOf(context, chain);
  if (traces === undefined) return;
  const { spec, isOn, alike } = traces;
  const at = level === undefined ? spec.named : items(child(level.spec, 'tracing'))[0];
  if (level !== undefined) claimItems(context, level, alike);
  const isWidest = level === undefined || level.scope === 'mesh';
  const targetRef = targetOf(context, level);
  const name = `trace-${nameOf(level)}`;
  const turnOff = (): void => {
    observe(context, 'MeshTrace', level, []);
    if (!isWidest)
      emit(context, 'MeshTrace', name, {
        targetRef,
        default: { backends: context.derived(chain.at(-1)?.spec ?? [], []) },
      });
  };
  if (spec.named === undefined && spec.disabled?.value !== true && level !== undefined) {
    for (const item of items(child(level.spec, 'tracing'))) context.claim(item, 'inert', codes.telemetry.noTracer);
    context.report(codes.telemetry.noTracer, {}, at);
    return;
  }
  const provider = spec.named && providerOf(context, spec.named.value);
  if (!isOn || provider === undefined || spec.named === undefined) {
    turnOff();
    return;
  }
  const backend = traceBackend(context, provider, spec.named);
  if (backend === undefined) {
    context.claim(spec.named, 'unsupported', codes.telemetry.noBackend);
    for (const item of items(child(level?.spec, 'tracing')))
      context.claim(item, 'unsupported', codes.telemetry.noBackend);
    turnOff();
    return;
  }
  const tags = tagsOf(context, tagsIn(context, spec.tags));
  const random = sampling(context, spec);
  observe(context, 'MeshTrace', level, [backend], { random, collector: addressOf(context, provider)?.host });
  emit(context, 'MeshTrace', name, {
    targetRef,
    default: {
      backends: [context.exact(spec.named, backend)],
      sampling: { overall: 100, client: 100, random },
      ...(tags.length === 0 ? {} : { tags }),
    },
  });
  context.report(codes.telemetry.trace, {}, at);
}

/**
 * Traces as the older settings of the mesh say, which count where no Telemetry is for a proxy and no provider is the default: to
 * the tracer of `defaultConfig`, unless `enableTracing` is off (tracing.go configureTracingFromTelemetry, 1.32).
 */
function translateOlderTraces(context: Context): void {
  const [enabled] = meshSettings(context, 'enableTracing');
  context.settled(enabled);
  if (enabled?.value === false) return;
  for (const tracing of meshSettings(context, 'defaultConfig', 'tracing')) {
    const found = olderTraceBackend(context, tracing);
    if (found === undefined) continue;
    const tags = tagsOf(context, tagsIn(context, undefined));
    const random = sampling(context, { sampling: undefined });
    observe(context, 'MeshTrace', undefined, [found.backend], { random, collector: found.host });
    emit(context, 'MeshTrace', 'trace-mesh', {
      targetRef: { kind: 'Mesh' },
      default: {
        backends: [found.backend],
        sampling: { overall: 100, client: 100, random },
        ...(tags.length === 0 ? {} : { tags }),
      },
    });
    context.report(codes.telemetry.trace, {}, tracing);
  }
}

/** Traces: a MeshTrace for each level that says something of them. */
export function translateTraces(context: Context, levels: Levels): void {
  const speaking = levels.used.filter(({ spec }) => items(child(spec, 'tracing')).length > 0);
  const isSaidForAll = speaking.some(({ scope }) => scope === 'mesh');
  for (const level of isSaidForAll ? speaking : [undefined, ...speaking]) {
    emitTraces(context, levels, level);
    const section = child(level?.spec, 'tracing');
    if (level !== undefined && section !== undefined) reportOverlaps(context, levels, level, section);
  }
  const [first, ...others] = defaultProviders(context, 'tracing');
  for (const other of others) context.inert(other, codes.telemetry.oneTracer, {});
  if (first !== undefined && isUsable(context, first, kindOf(providerOf(context, first.value)).traces))
    context.settled(first);
  if (!isSaidForAll && first === undefined) translateOlderTraces(context);
  else {
    context.settled(meshSettings(context, 'enableTracing')[0]);
    for (const name of ['zipkin', 'datadog', 'lightstep', 'stackdriver', 'openCensusAgent'])
      for (const field of meshSettings(context, 'defaultConfig', 'tracing', name)) {
        context.report(codes.telemetry.olderIdle, { field: `defaultConfig.tracing.${name}` }, field);
        context.claim(field, 'inert', codes.telemetry.olderIdle);
      }
  }
}
